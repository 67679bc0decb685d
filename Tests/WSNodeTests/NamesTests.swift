import Testing
import WSNode

@Suite("Seeds: the names and forms that users of Node's ws know")
struct NamesTests {
    // S-77, S-101
    @Test func `one import gives the three names, and the older one of the server`() throws {
        try withLoop(.pipe) { loop in
            let server = try WebSocket.Server(ServerOptions { $0.noServer = true }, on: loop.events)
            loop.track(server)
            let same: WebSocketServer = server
            #expect(same === server)
            let pair = try loop.makePair()
            let stream = createWebSocketStream(pair.client)
            let seen = Journal()
            pair.accepted.on(.message) { message in seen.note(message.text) }
            stream.write("through the stream")
            try loop.run { seen.has("through the stream") }
        }
    }

    // S-99, S-138
    @Test func `two forms of listener on one socket, with text as a string and as bytes`() throws {
        try withLoop(.pipe) { loop in
            let pair = try loop.makePair()
            let seen = Journal()
            pair.accepted.on(.message) { message in seen.note("text \(message.text)") }
            pair.accepted.on(.message) { data, isBinary in seen.note("bytes \(Array(data.bytes)) \(isBinary)") }
            pair.client.send("hi")
            try loop.run { seen.lines.count == 2 }
            #expect(seen.lines == ["text hi", "bytes [104, 105] false"])
        }
    }
}
