import CSystem
import Testing
import WSTransport

/// N-12.
@Suite("Unix-domain sockets")
struct UnixSocketTests {
    @Test(arguments: BackendKind.allCases)
    func `a path connects and carries bytes`(kind: BackendKind) throws {
        let directory = try TemporaryDirectory()
        let world = try World(kind)
        let path = directory.path("echo.sock")
        let acceptor = try world.listen(.unix(path: path))
        #expect(acceptor.listener.address == .unix(path))
        acceptor.onAccept = { $0.echoes = true }
        let (client, server) = try world.pair(acceptor)
        client.send("over a path")
        try world.run { client.text == "over a path" }
        #expect(client.transport.remoteAddress == .unix(path))
        #expect(client.transport.localAddress?.host == "" && client.transport.localAddress?.family == nil)
        #expect(server.transport.localAddress == .unix(path))
        client.end()
        try world.run { server.hasEnded }
    }

    @Test(arguments: BackendKind.allCases)
    func `nobody at a path is an error that names it`(kind: BackendKind) throws {
        let directory = try TemporaryDirectory()
        let world = try World(kind)
        let path = directory.path("missing.sock")
        let client = Peer(world.backend.connect(to: .unix(path: path)))
        #expect(client.connectFailure == nil)
        try world.run { client.connectFailure != nil }
        #expect(client.connectFailure?.description == "connect ENOENT \(path)")
    }

    @Test(arguments: BackendKind.sockets)
    func `the path goes with its listener`(kind: BackendKind) throws {
        let directory = try TemporaryDirectory()
        let world = try World(kind)
        let path = directory.path("short-lived.sock")
        let listener = try world.backend.listen(on: .unix(path: path))
        #expect(directory.contains("short-lived.sock"))
        listener.close()
        #expect(!directory.contains("short-lived.sock"))
        _ = try world.backend.listen(on: .unix(path: path))
    }

    @Test(arguments: BackendKind.sockets)
    func `a file that is there is not ours to remove`(kind: BackendKind) throws {
        let directory = try TemporaryDirectory()
        let world = try World(kind)
        try directory.write("taken")
        let path = directory.path("taken")
        let error = #expect(throws: TransportError.self) { _ = try world.backend.listen(on: .unix(path: path)) }
        #expect(error?.description == "listen EADDRINUSE: address already in use \(path)")
        #expect(directory.contains("taken"))
    }

    @Test(arguments: BackendKind.sockets)
    func `a file put in the place of ours stays when the listener closes`(kind: BackendKind) throws {
        let directory = try TemporaryDirectory()
        let world = try World(kind)
        let listener = try world.backend.listen(on: .unix(path: directory.path("moved.sock")))
        try directory.remove("moved.sock")
        try directory.write("moved.sock")
        listener.close()
        #expect(directory.contains("moved.sock"))
    }

    @Test(arguments: BackendKind.sockets)
    func `a path that cannot be is an error, and never another path`(kind: BackendKind) throws {
        let directory = try TemporaryDirectory()
        let world = try World(kind)
        let fits = directory.path(String(repeating: "a", count: 107 - directory.path("").utf8.count))
        #expect(fits.utf8.count == 107)
        let listener = try world.backend.listen(on: .unix(path: fits))
        #expect(listener.address == .unix(fits))
        let client = Peer(world.backend.connect(to: .unix(path: fits)))
        try world.run { client.isConnected }

        let table: [(path: String, code: String)] = [
            (fits + "b", "ENAMETOOLONG"), (String(repeating: "x", count: 5000), "ENAMETOOLONG"), ("", "EINVAL"),
            ("a\0b", "EINVAL"), ("\0", "EINVAL"), (directory.path("no/such/directory"), "ENOENT"),
        ]
        for (path, code) in table {
            let error = #expect(throws: TransportError.self) { _ = try world.backend.listen(on: .unix(path: path)) }
            #expect(error?.code == code && error?.operation == .listen)
            let client = Peer(world.backend.connect(to: .unix(path: path)))
            try world.run { client.connectFailure != nil }
            #expect(client.connectFailure?.code == code && client.connectFailure?.operation == .connect)
        }
    }

    @Test(arguments: BackendKind.sockets)
    func `an abstract name needs no file`(kind: BackendKind) throws {
        let directory = try TemporaryDirectory()
        let world = try World(kind)
        let name = "\0" + directory.path("abstract")
        let acceptor = try world.listen(.unix(path: name))
        #expect(acceptor.listener.address == .unix(name))
        let (client, server) = try world.pair(acceptor)
        client.send("x")
        try world.run { server.text == "x" }
        #expect(!directory.contains("abstract"))
        acceptor.listener.close()
    }
}
