import Testing

@testable import WSNode

@Suite("Node API §4: sockets as event targets")
struct EventTargetTests {
    /// An object that is a listener.
    private final class Recorder: EventListenerObject {
        var types: [String] = []
        var onEvent: (() -> Void)?

        func handleEvent(_ event: SocketEvent) {
            types.append(event.type)
            onEvent?()
        }
    }

    // B-ET-001
    @Test
    func `the properties are empty at first, read back what was set, and can be emptied`() throws {
        try withLoop(.pipe) { loop in
            let client = try loop.makePair().client
            #expect(client.onopen == nil && client.onmessage == nil && client.onclose == nil && client.onerror == nil)
            var calls = 0
            client.onopen = { _ in calls += 1 }
            client.onmessage = { _ in calls += 1 }
            client.onclose = { _ in calls += 1 }
            client.onerror = { _ in calls += 1 }
            client.onopen?(SocketEvent("open"))
            client.onmessage?(MessageEvent("message"))
            client.onclose?(CloseEvent("close"))
            client.onerror?(ErrorEvent("error"))
            #expect(calls == 4)
            client.onopen = nil
            client.onmessage = nil
            client.onclose = nil
            client.onerror = nil
            #expect(client.onopen == nil && client.onmessage == nil && client.onclose == nil && client.onerror == nil)
            #expect(client.listenerCount(.open) == 0)
            #expect(client.listenerCount(.message) == 0)
            #expect(client.listenerCount(.close) == 0)
            #expect(client.listenerCount(.error) == 0)
        }
    }

    // B-ET-002, B-ET-014, B-ET-017, B-CLOSE-023
    @Test(arguments: Environment.allCases)
    func `the properties are told what happens`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            server.on(.connection) { socket, _ in socket.on(.message) { socket.send($0) } }
            let client = try loop.makeClient(of: server)
            let journal = Journal()
            client.onopen = { event in
                #expect(event.type == "open")
                #expect(event.target === client)
                client.send("foo")
            }
            client.onmessage = { event in
                #expect(event.type == "message")
                #expect(event.target === client)
                journal.note("message \(event.data?.text ?? "")")
                client.close()
            }
            client.onclose = { event in
                #expect(event.type == "close")
                #expect(event.target === client)
                journal.note("close \(event.wasClean) \(event.code.rawValue) '\(event.reason)'")
            }
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["message foo", "close true 1005 ''"])
        }
    }

    // B-ET-003, B-ET-010
    @Test
    func `the properties do not show other listeners`() throws {
        try withLoop(.pipe) { loop in
            let client = try loop.makePair().client
            client.on(.open) {}
            client.addEventListener(.open) { _ in }
            #expect(client.onopen == nil)
        }
    }

    // B-ET-004, B-ET-008, B-ET-011
    @Test
    func `a property is independent of the other listeners`() throws {
        try withLoop(.pipe) { loop in
            let client = try loop.makePair().client
            var calls: [String] = []
            let listener = EventListener { (_: CloseEvent) in calls.append("listener") }
            client.on(.close) { _, _ in calls.append("on") }
            client.onclose = listener.handle
            client.addEventListener(.close, listener)
            #expect(client.listenerCount(.close) == 3)
            client.onclose = { _ in calls.append("property") }
            #expect(client.listenerCount(.close) == 3)
            client.terminate()
            try loop.run { !calls.isEmpty }
            // B-ET-022: a property that is set again moves to the end.
            #expect(calls == ["on", "listener", "property"])
        }
    }

    // B-ET-006, B-ET-007
    @Test
    func `a listener is there once, and one for one call is gone while it runs`() throws {
        try withLoop(.pipe) { loop in
            let (client, peer) = try loop.openClient()
            let recorder = Recorder()
            client.addEventListener(.message, recorder, once: true)
            client.addEventListener(.message, recorder)
            #expect(client.listenerCount(.message) == 1)
            recorder.onEvent = { #expect(client.listenerCount(.message) == 0) }
            peer.write(Wire.text("a", masked: false) + Wire.text("b", masked: false))
            let listener = EventListener { (_: SocketEvent) in }
            client.addEventListener(.open, listener)
            client.addEventListener(.open, listener)
            #expect(client.listenerCount(.open) == 1)
            try loop.run { !recorder.types.isEmpty }
            loop.watch()
            #expect(recorder.types == ["message"])
            // Gone, it can be added again.
            recorder.onEvent = nil
            client.addEventListener(.message, recorder)
            #expect(client.listenerCount(.message) == 1)
            client.removeAllListeners(.message)
            client.addEventListener(.message, recorder)
            #expect(client.listenerCount(.message) == 1)
        }
    }

    @Test func `listeners for one call leave nothing behind`() throws {
        try withLoop(.pipe) { loop in
            let pair = try loop.makePair()
            var count = 0
            for number in 1...100 {
                pair.client.addEventListener(.message, once: true) { _ in count += 1 }
                pair.accepted.send("\(number)")
                try loop.run { count == number }
            }
            #expect(pair.client.rareListeners?.eventTarget?.listenerCount == 0)
        }
    }

    // B-ET-009, B-ET-022
    @Test
    func `listeners of all kinds are called in the order they were added`() throws {
        try withLoop(.pipe) { loop in
            let server = try loop.makeServer()
            server.on(.connection) { socket, _ in socket.send("") }
            let client = try loop.makeClient(of: server)
            var calls: [String] = []
            client.onopen = { _ in calls.append("open property") }
            client.addEventListener(.open) { _ in calls.append("open listener") }
            client.on(.open) { calls.append("open on") }
            client.addEventListener(.message) { calls.append("message listener '\($0.data?.text ?? "?")'") }
            client.on(.message) { _ in calls.append("message on") }
            client.onmessage = { calls.append("message property '\($0.data?.text ?? "?")'") }
            try loop.run { calls.count == 6 }
            #expect(
                calls == [
                    "open property", "open listener", "open on", "message listener ''", "message on",
                    "message property ''",
                ])
        }
    }

    // B-ET-012, B-ET-013
    @Test
    func `only what was added so is removed`() throws {
        try withLoop(.pipe) { loop in
            let client = try loop.makePair().client
            let listener = EventListener { (_: MessageEvent) in }
            let recorder = Recorder()
            client.on(.message) { _ in }
            client.onmessage = listener.handle
            client.removeEventListener(.message, listener)
            client.removeEventListener(.message, recorder)
            #expect(client.listenerCount(.message) == 2)
            for once in [false, true] {
                client.addEventListener(.message, listener, once: once)
                client.addEventListener(.message, recorder, once: once)
                #expect(client.listenerCount(.message) == 4)
                client.removeEventListener(.message, EventListener { (_: MessageEvent) in })
                client.removeEventListener(.message, Recorder())
                #expect(client.listenerCount(.message) == 4)
                client.removeEventListener(.message, listener)
                client.removeEventListener(.message, recorder)
                #expect(client.listenerCount(.message) == 2)
            }
            #expect(client.onmessage != nil)
        }
    }

    // B-ET-015, B-ET-016
    @Test(arguments: Environment.allCases, [(1000, ""), (4000, "some daft reason")])
    func `a close event has the code and the reason`(environment: Environment, close: (code: UInt16, reason: String))
        throws
    {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            var seen: CloseEvent?
            pair.client.addEventListener(.close) { seen = $0 }
            try pair.accepted.close(CloseCode(close.code), close.reason)
            try loop.run { seen != nil }
            #expect(seen?.code == CloseCode(close.code))
            #expect(seen?.reason == close.reason)
            #expect(seen?.wasClean == true)
            #expect(seen?.type == "close")
        }
    }

    // B-ET-021
    @Test(arguments: Environment.allCases)
    func `terminate is not clean, at either end`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            var seen: [CloseEvent] = []
            pair.client.onclose = { seen.append($0) }
            pair.accepted.onclose = { seen.append($0) }
            pair.client.terminate()
            try loop.run { seen.count == 2 }
            #expect(seen.map(\.wasClean) == [false, false])
            #expect(seen.map(\.code.rawValue) == [1006, 1006])
        }
    }

    // B-ET-017
    @Test(arguments: Environment.allCases)
    func `an error event has the error and its message`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient()
            var seen: ErrorEvent?
            client.addEventListener(.error) { seen = $0 }
            peer.write([0x85, 0x00])
            try loop.run { seen != nil }
            #expect(seen?.type == "error")
            #expect(seen?.target === client)
            #expect(seen?.message == "Invalid WebSocket frame: invalid opcode 5")
            #expect(seen?.error?.code == "WS_ERR_INVALID_OPCODE")
        }
    }

    // B-ATTR-001, B-ATTR-002, B-ATTR-003, B-ET-018, B-ET-019, B-ET-020, B-RECV-049, B-RECV-050
    @Test(arguments: Environment.allCases)
    func `binaryType is the form of binary messages`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient()
            #expect(client.binaryType == .nodebuffer)
            var seen: [String] = []
            let kinds: [BinaryType] = [.arraybuffer, .fragments, .blob, .nodebuffer]
            var rest = kinds
            client.onmessage = { event in
                switch event.data {
                case .text(let text): seen.append("text \(text)")
                case .bytes(let bytes): seen.append("bytes \(hex(bytes))")
                case .array(let array): seen.append("array \(hex(array))")
                case .fragments(let fragments): seen.append("fragments \(fragments.map { hex($0) })")
                case .blob(let blob): seen.append("blob \(blob.size)")
                case nil: seen.append("nothing")
                }
                guard !rest.isEmpty else { return }
                client.binaryType = rest.removeFirst()
                #expect(client.binaryType.rawValue == "\(client.binaryType)")
            }
            let binary = Wire.frame(0x82, [1, 2], masked: false)
            peer.write(binary + binary + binary + binary + Wire.frame(0x82, masked: false))
            peer.write(Wire.frame(0x02, [1], masked: false) + Wire.frame(0x80, [2], masked: false))
            try loop.run { seen.count == 6 }
            #expect(
                seen == [
                    "bytes 0102", "array 0102", #"fragments ["0102"]"#, "blob 2", "bytes ", "bytes 0102",
                ])
            for kind in kinds {
                client.binaryType = kind
                peer.write(Wire.text("t", masked: false) + Wire.frame(0x82, masked: false))
                try loop.run { seen.count.isMultiple(of: 2) && seen.count > 6 }
                #expect(seen[6] == "text t")
                seen.removeLast(2)
            }
        }
    }

    // B-RECV-051, B-SEND-011, B-SNDR-013, B-SNDR-017
    @Test(arguments: Environment.allCases)
    func `blobs are received and sent`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient()
            client.binaryType = .blob
            client.onmessage = { event in
                guard case .blob(let blob) = event.data else { return }
                #expect(blob.size == 75_688 + 2_688 + 46_753)
                #expect(blob.bytes().count == blob.size)
                client.send(Blob([1, 2]))
                client.send(Blob([3]))
                try? client.ping(Blob([4]).bytes())
                try? client.pong(Blob([5]).bytes())
                client.close()
            }
            for (first, count) in [(0x02, 75_688), (0x00, 2_688), (0x80, 46_753)] as [(UInt8, Int)] {
                peer.write(Wire.frame(first, [UInt8](repeating: 7, count: count), masked: false))
            }
            try loop.run { peer.frames.count == 5 }
            #expect(peer.frames.map(\.first) == [0x82, 0x82, 0x89, 0x8A, 0x88])
            #expect(peer.frames.map(\.payload) == [[1, 2], [3], [4], [5], []])
        }
    }

    // B-RECV-068
    @Test
    func `an empty message has no fragments`() {
        guard case .fragments(let none) = MessageData(Message(bytes: Bytes(), isBinary: true), as: .fragments) else {
            Issue.record("not fragments")
            return
        }
        #expect(none.isEmpty)
    }

    @Test
    func `listeners go with the connection, and do not keep the socket`() throws {
        try withLoop(.pipe) { loop in
            weak var gone: WebSocket?
            do {
                let pair = try loop.makePair()
                gone = pair.client
                pair.client.onclose = { [client = pair.client] _ in _ = client.readyState }
                pair.client.addEventListener(.message) { [client = pair.client] _ in _ = client.readyState }
                pair.client.terminate()
                pair.accepted.terminate()
            }
            loop.watch()
            loop.forgetSockets()
            #expect(gone == nil)
        }
    }
}

@Suite("Node API §4: event objects")
struct EventObjectTests {
    // B-EVC-001, B-EVC-002, B-EVC-003, B-EVC-004
    @Test
    func `an event has a type, and no target yet`() {
        let event = SocketEvent("foo")
        #expect(event.type == "foo")
        #expect(event.target == nil)
    }

    // B-EVC-005, B-EVC-006, B-EVC-007, B-EVC-008, B-EVC-009, B-EVC-010, B-EVC-011, B-EVC-012, B-EVC-013
    @Test
    func `a close event`() {
        let event: SocketEvent = CloseEvent("close", code: CloseCode(1000), reason: "foo", wasClean: true)
        #expect(event.type == "close")
        let close = event as? CloseEvent
        #expect(close?.code == CloseCode(1000))
        #expect(close?.reason == "foo")
        #expect(close?.wasClean == true)
        let plain = CloseEvent("close")
        #expect(plain.code.rawValue == 0)
        #expect(plain.reason == "")
        #expect(!plain.wasClean)
    }

    // B-EVC-014, B-EVC-015, B-EVC-016, B-EVC-017, B-EVC-018, B-EVC-019, B-EVC-020
    @Test
    func `an error event`() {
        let error = WebSocketError("Oops")
        let event: SocketEvent = ErrorEvent("error", error: error, message: error.message)
        #expect(event.type == "error")
        #expect((event as? ErrorEvent)?.error == error)
        #expect((event as? ErrorEvent)?.message == "Oops")
        #expect(ErrorEvent("error").error == nil)
        #expect(ErrorEvent("error").message == "")
    }

    // B-EVC-021, B-EVC-022, B-EVC-023, B-EVC-024, B-EVC-025
    @Test
    func `a message event`() {
        let event: SocketEvent = MessageEvent("message", data: .text("foo"))
        #expect(event.type == "message")
        #expect((event as? MessageEvent)?.data?.text == "foo")
        #expect(MessageEvent("message").data == nil)
    }
}
