import WSConnection
import WSHandshake

/// The server's side of the opening handshake: parse, validate, accept, serialise.
enum HandshakeOperations {
    private static let request = Array(
        """
        GET /chat?room=1 HTTP/1.1\r
        Host: server.example:8080\r
        Connection: Upgrade\r
        Pragma: no-cache\r
        Cache-Control: no-cache\r
        User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r
        Upgrade: websocket\r
        Origin: http://server.example:8080\r
        Sec-WebSocket-Version: 13\r
        Accept-Encoding: gzip, deflate\r
        Accept-Language: en-GB,en;q=0.9\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        \r

        """.utf8)

    static var all: [Operation] { [machine, connection] }

    /// The handshake machine alone.
    private static var machine: Operation {
        Operation("handshake machine") { times in
            var byteCount = 0
            for _ in 0..<times {
                var handshake = ServerHandshake()
                var consumed = 0
                guard case .upgrade(let asked) = handshake.receive(request.span.bytes, consumed: &consumed),
                    let answer = try? asked.response().serialized()
                else { preconditionFailure("the sample is a valid request") }
                byteCount += answer.count
            }
            Opaque.keep(byteCount)
        }
    }

    /// A connection from its making to its being open, its answer taken out.
    private static var connection: Operation {
        let shared = ConnectionConfiguration.Shared(ConnectionConfiguration())
        let bytes = Bytes(request)
        return Operation("connection, opened") { times in
            var byteCount = 0
            var spare: OutputBuffer? = OutputBuffer()
            for _ in 0..<times {
                var connection = Connection(server: shared, now: .zero)
                connection.lend(&spare)
                connection.receive(bytes, now: .zero)
                while let event = connection.nextEvent(now: .zero) {
                    if case .upgradeRequested(let asked) = event { try? connection.accept(asked, now: .zero) }
                }
                connection.withNextOutput { first, second in
                    byteCount += first.count
                    return first.count + second.count
                }
                spare = connection.reclaimOutputBuffer()
                precondition(connection.state == .open, "the sample is a valid request")
            }
            Opaque.keep(byteCount)
        }
    }
}
