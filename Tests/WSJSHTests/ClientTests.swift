import Testing
import WSJSH
import class WSNode.EventLoop

@Suite("JSH profile: clients")
struct ClientTests {
    // B-JSH-001
    @Test
    func `an address that is no string`() throws {
        try withBench(.pipe) { bench in
            for (value, type) in [(nil, "undefined"), (5, "number"), (true, "boolean"), ([1], "object")]
                as [(Any?, String)]
            {
                #expect(throws: WebSocketError("URL must be a string, got \(type)", name: "TypeError")) {
                    try WebSocket(arguments: value, on: bench.loop)
                }
            }
        }
    }

    // B-JSH-002
    @Test
    func `subprotocols that are neither a string nor a list`() throws {
        try withBench(.pipe) { bench in
            let error = WebSocketError("Protocols must be a string or an array of strings", name: "TypeError")
            #expect(throws: error) { try WebSocket(arguments: bench.url(), 5, on: bench.loop) }
            var offered: [String] = []
            let server = try WebSocketServer(.init(server: bench.http))
            server.on(.connection) { _, request in offered.append(request.getHeader("Sec-WebSocket-Protocol")) }
            for protocols in ["a", ["b", 5, "c"]] as [Any] {
                let socket = try WebSocket(arguments: bench.url(), protocols, on: bench.loop)
                // Nothing is chosen, so the client fails.
                var isOver = false
                socket.on(.error) { _ in isOver = true }
                try bench.run { isOver }
            }
            #expect(offered == ["a", "b,c"])
        }
    }

    // B-JSH-003, B-JSH-004, B-JSH-007, B-JSH-010, B-CLOSE-025
    @Test(arguments: Bench.Kind.allCases)
    func `three texts come back, and the states pass`(kind: Bench.Kind) throws {
        try withBench(kind) { bench in
            let server = try WebSocketServer(.init(server: bench.http))
            server.on(.connection) { socket, _ in
                socket.on(.message) { evt in socket.send(evt.data.text ?? "") }
            }
            let socket = WebSocket(bench.url(), on: bench.loop)
            #expect(socket.url == bench.url())
            #expect(socket.readyState == WebSocket.CONNECTING && socket.protocol == "")
            var log: [String] = []
            socket.on(.open) {
                log.append("open \(socket.readyState)")
                for text in ["one", "two", "three"] { socket.send(text) }
            }
            socket.on(.message) { evt in
                log.append("\(evt.data)")
                guard log.count == 4 else { return }
                socket.close()
                log.append("state \(socket.readyState)")
                socket.close()
            }
            socket.on(.close) { log.append("close \(socket.readyState)") }
            try bench.run { log.count == 6 }
            bench.watch()
            socket.close()
            bench.watch()
            #expect(log == ["open 1", "one", "two", "three", "state 2", "close 3"])
        }
    }

    // B-JSH-005, B-JSH-006, B-SEND-022
    @Test(arguments: Bench.Kind.allCases)
    func `a server that cannot be reached is an error, and nothing else`(kind: Bench.Kind) throws {
        try withBench(kind) { bench in
            let url = bench.url()
            bench.http.close()
            let socket = WebSocket(url, on: bench.loop)
            var log: [String] = []
            socket.on(.error) { log.append($0.message) }
            socket.on(.close) { log.append("close") }
            socket.send("early")
            try bench.run { log.count == 2 }
            bench.watch()
            #expect(log.first == "websocket is not open")
            #expect(log.last?.contains("ECONNREFUSED") == true)
            #expect(socket.readyState == WebSocket.CONNECTING)
            socket.send("late")
            try bench.run { log.count == 3 }
            #expect(log.last == "websocket is not open")
            socket.close()
            #expect(socket.readyState == WebSocket.CLOSING)
            try bench.run { log.last == "close" }
            #expect(socket.readyState == WebSocket.CLOSED)
        }
    }

    @Test
    func `an address that cannot be used is an error, and one nobody hears is reported`() throws {
        try withBench(.pipe) { bench in
            let socket = WebSocket("foo", on: bench.loop)
            var errors: [WebSocketError] = []
            socket.on(.error) { errors.append($0) }
            try bench.run { !errors.isEmpty }
            #expect(errors.map(\.description) == ["SyntaxError: Invalid URL: foo"])
            let silent = WebSocket("bar", on: bench.loop)
            try bench.run { !bench.reports.isEmpty }
            #expect(bench.reports == ["SyntaxError: Invalid URL: bar"])
            #expect(silent.readyState == WebSocket.CONNECTING)
        }
    }

    // B-JSH-006, B-CLOSE-025
    @Test(arguments: Bench.Kind.allCases)
    func `close while connecting ends in close, without an error`(kind: Bench.Kind) throws {
        try withBench(kind) { bench in
            for turns in 0...1 {
                let socket = WebSocket(bench.url(), on: bench.loop)
                var log: [String] = []
                socket.on(.error) { log.append($0.message) }
                socket.on(.close) { log.append("close") }
                if turns == 1 {
                    var isOver = false
                    bench.loop.setImmediate { isOver = true }
                    try bench.run { isOver }
                }
                socket.close()
                try bench.run { !log.isEmpty }
                socket.send("late")
                bench.watch()
                #expect(log == ["close"])
                #expect(bench.reports.last == "Error: websocket is not open")
            }
        }
    }

    // B-JSH-008
    @Test(arguments: Bench.Kind.allCases)
    func `messages have a type and data`(kind: Bench.Kind) throws {
        try withBench(kind) { bench in
            let server = try WebSocketServer(.init(server: bench.http))
            var events: [MessageEvent] = []
            server.on(.connection) { socket, _ in socket.on(.message) { events.append($0) } }
            let client = try bench.nodeClient()
            client.on(.open) {
                client.send("text")
                client.send([1, 2, 3])
            }
            try bench.run { events.count == 2 }
            #expect(events[0].type == WebSocket.TextMessage)
            #expect(events[0].data == .text("text"))
            #expect(events[1].type == WebSocket.BinaryMessage)
            #expect(events[1].data.bytes == [1, 2, 3])
            #expect(WebSocket.TextMessage == 1 && WebSocket.BinaryMessage == 2)
        }
    }

    // B-JSH-009
    @Test
    func `the same listener added twice is called twice`() throws {
        try withBench(.pipe) { bench in
            _ = try WebSocketServer(.init(server: bench.http))
            let socket = WebSocket(bench.url(), on: bench.loop)
            var count = 0
            let listener = { count += 1 }
            socket.on(.open, listener)
            socket.addListener(.open, listener)
            try bench.run { socket.readyState == WebSocket.OPEN }
            #expect(count == 2)
        }
    }
}
