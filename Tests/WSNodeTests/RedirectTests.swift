import Testing
import WSNode

@Suite("Behaviours §5: redirects")
struct RedirectTests {
    /// A way over servers: what each of them was asked, in order, and what the client saw.
    private final class Way {
        var requests: [RawRequest] = []
        let journal = Journal()
        /// The client's, until it was open or closed.
        var lines: [String] = []
        var url: String?
    }

    private static func answer(_ status: Int, _ location: String) -> String {
        "HTTP/1.1 \(status) Elsewhere\r\nLocation: \(location)\r\nContent-Length: 4\r\n\r\nbody"
    }

    /// Connects to the first of some servers. Each answers its requests in turn: with a redirect to the location given, or,
    /// when it has none left, with an upgrade. In a location, `$0` is the port of the first server, and so on.
    private func follow(
        _ environment: Environment, _ servers: [[String]], status: Int = 302, path: String = "/",
        userInfo: String = "", _ change: @escaping (inout ClientOptions) -> Void = { _ in },
        on redirect: ((OutgoingRequest) -> Void)? = nil
    ) throws -> Way {
        let way = Way()
        try withLoop(environment) { loop in
            var ports: [UInt16] = []
            for locations in servers {
                var rest = locations
                let server = try loop.makeRawServer { peer, request in
                    way.requests.append(request)
                    guard !rest.isEmpty else { return peer.write(request.upgrade()) }
                    var location = rest.removeFirst()
                    for (index, port) in ports.enumerated() {
                        location = location.split(separator: "$\(index)", omittingEmptySubsequences: false)
                            .joined(separator: "\(port)")
                    }
                    peer.write(Self.answer(status, location))
                }
                ports.append(server.port)
            }
            let options = ClientOptions {
                $0.followRedirects = true
                change(&$0)
            }
            let client = try WebSocket(
                "ws://\(userInfo)127.0.0.1:\(ports[0])\(path)", options: options, on: loop.events)
            loop.track(client)
            way.journal.watch(client, as: "")
            if let redirect {
                client.on(.redirect) { url, request in
                    #expect(url == client.url)
                    #expect(client.readyState == .connecting)
                    way.journal.note("redirect")
                    redirect(request)
                }
            }
            try loop.run { way.journal.has("close") || client.readyState == .open }
            way.lines = way.journal.lines
            way.url = client.url?.replacing("127.0.0.1:\(ports[0])", with: "first")
            if ports.count > 1 { way.url = way.url?.replacing("127.0.0.1:\(ports[1])", with: "second") }
        }
        return way
    }

    private static let credentials = try? HeaderFields(validating: [
        ("Authorization", "Basic Zm9vOmJhcg=="), ("Cookie", "foo=bar"), ("Host", "foo"), ("X-Other", "kept"),
    ])

    /// The fields that belong to one server, as a request has them.
    private func secrets(_ request: RawRequest) -> [String?] {
        [request.field("Authorization"), request.field("Cookie"), request.field("X-Other")]
    }

    // B-RED-001
    @Test(arguments: Environment.allCases)
    func `nothing is followed unless it is asked for`(environment: Environment) throws {
        let way = try follow(environment, [["/foo"]]) { $0.followRedirects = false }
        #expect(way.requests.count == 1)
        #expect(way.lines == ["error Error: Unexpected server response: 302", "close 1006"])
    }

    // B-RED-002, B-RED-003, B-RED-020, B-RED-024, X-1, X-2, X-4
    @Test(arguments: Environment.allCases, [300, 301, 302, 303, 307, 308])
    func `each status of a redirect leads on, relative to the address before`(
        environment: Environment, status: Int
    ) throws {
        let way = try follow(
            environment, [["b?x=1", "http://127.0.0.1:$0/dir/../c"]], status: status, path: "/dir/a", on: { _ in })
        #expect(way.requests.map(\.line) == ["/dir/a", "/dir/b?x=1", "/dir/../c"].map { "GET \($0) HTTP/1.1" })
        #expect(way.url == "ws://first/dir/../c")
        #expect(way.lines == ["redirect", "redirect", "upgrade 101", "open"])
        #expect(Set(way.requests.compactMap { $0.field("Sec-WebSocket-Key") }).count == 3)
    }

    // B-RED-019, W-19
    @Test(arguments: Environment.allCases, [304, 305, 399, 200, 404])
    func `other statuses lead nowhere, whatever Location says`(environment: Environment, status: Int) throws {
        let way = try follow(environment, [["/foo"]], status: status)
        #expect(way.lines == ["error Error: Unexpected server response: \(status)", "close 1006"])
    }

    // B-RED-019
    @Test(arguments: Environment.allCases)
    func `a redirect without a Location is an unexpected response`(environment: Environment) throws {
        let way = try follow(environment, [[""]])
        #expect(way.lines == ["error Error: Unexpected server response: 302", "close 1006"])
    }

    // B-RED-004, X-3
    @Test(arguments: Environment.allCases, [0, 1, 10])
    func `at most maxRedirects`(environment: Environment, limit: Int) throws {
        let way = try follow(environment, [Array(repeating: "/", count: 20)]) { $0.maxRedirects = limit }
        #expect(way.requests.count == limit + 1)
        #expect(way.lines == ["error Error: Maximum redirects exceeded", "close 1006"])
    }

    // B-RED-005, B-RED-006, X-2, X-8
    @Test(
        arguments: Environment.allCases,
        [
            ("ws://", "Invalid URL: ws://"),
            (
                "bad-scheme://localhost",
                #"The URL's protocol must be one of "ws:", "wss:", "http:", "https:", or "ws+unix:""#
            ),
            ("/foo#bar", "The URL contains a fragment identifier"),
        ])
    func `a Location that is no address`(environment: Environment, location: (value: String, message: String)) throws {
        let way = try follow(environment, [[location.value]])
        #expect(way.lines == ["error SyntaxError: \(location.message)", "close 1006"])
    }

    // B-RED-007
    @Test(arguments: Environment.allCases)
    func `the credentials of the first address stay, those of a redirect do not replace them`(
        environment: Environment
    ) throws {
        let way = try follow(environment, [["ws://baz:qux@127.0.0.1:$0/foo"]], userInfo: "foo:bar@")
        #expect(way.requests.map { $0.field("Authorization") } == ["Basic Zm9vOmJhcg==", "Basic Zm9vOmJhcg=="])
        #expect(way.url == "ws://baz:qux@first/foo")
    }

    // B-RED-011, B-RED-012, X-5
    @Test(arguments: Environment.allCases)
    func `another port is another server: credentials stay behind`(environment: Environment) throws {
        let byOption = try follow(environment, [["ws://127.0.0.1:$1/"], []]) { $0.auth = "foo:bar" }
        #expect(byOption.requests.map { $0.field("Authorization") } == ["Basic Zm9vOmJhcg==", nil])
        let headers = try #require(Self.credentials)
        let byHeaders = try follow(environment, [["ws://127.0.0.1:$1/"], []]) { $0.headers = headers }
        #expect(byHeaders.requests.map(secrets) == [["Basic Zm9vOmJhcg==", "foo=bar", "kept"], [nil, nil, "kept"]])
        #expect(byHeaders.requests[0].field("Host") == "foo")
        #expect(byHeaders.requests[1].field("Host")?.hasPrefix("127.0.0.1:") == true)
    }

    // B-RED-016
    @Test(arguments: Environment.allCases)
    func `who listens to redirect decides, so nothing is dropped`(environment: Environment) throws {
        let headers = try #require(Self.credentials)
        let way = try follow(
            environment, [["ws://127.0.0.1:$1/"], []], { $0.headers = headers },
            on: { request in
                #expect(request.getHeader("authorization") == "Basic Zm9vOmJhcg==")
                #expect(request.getHeader("Cookie") == "foo=bar")
                #expect(request.host == "foo")
            })
        #expect(way.requests.map(secrets).areAll(["Basic Zm9vOmJhcg==", "foo=bar", "kept"]))
        #expect(way.requests[1].field("Host") == "foo")
    }

    // B-RED-021, X-7, W-16
    @Test(arguments: Environment.allCases)
    func `what was dropped stays dropped, also back at the first server`(environment: Environment) throws {
        let headers = try #require(Self.credentials)
        let way = try follow(
            environment, [["/", "ws://127.0.0.1:$1/"], ["/", "ws://a:b@127.0.0.1:$0/"]]
        ) { $0.headers = headers }
        #expect(way.requests.map { $0.field("Authorization") != nil } == [true, true, false, false, false])
        #expect(way.requests.map { $0.field("Cookie") != nil } == [true, true, false, false, false])
    }

    // B-RED-023
    @Test(arguments: Environment.allCases)
    func `credentials in the address of another server are not sent either`(environment: Environment) throws {
        let way = try follow(environment, [["ws://a:b@127.0.0.1:$1/"], []])
        #expect(way.requests.map { $0.field("Authorization") } == [nil, nil])
    }

    // B-RED-017
    @Test(arguments: Environment.allCases)
    func `a listener that gives the new request up`(environment: Environment) throws {
        let way = try follow(environment, [["/foo"]], on: { $0.abort() })
        #expect(way.requests.count == 1)
        #expect(way.lines == ["redirect", "error Error: socket hang up [ECONNRESET]", "close 1006"])
    }

    // B-RED-018
    @Test(arguments: Environment.allCases)
    func `a listener that changes the new request`(environment: Environment) throws {
        let headers = try #require(Self.credentials)
        let way = try follow(
            environment, [["ws://127.0.0.1:$1/"], []], { $0.headers = headers },
            on: { request in
                request.removeHeader("authorization")
                request.removeHeader("COOKIE")
                request.removeHeader("Sec-WebSocket-Key")
                #expect(throws: WebSocketError.self) { try request.setHeader("Upgrade", "h2c") }
                #expect(throws: WebSocketError.self) { try request.setHeader("X", "a\r\nb") }
                #expect((try? request.setHeader("X-New", "1")) != nil)
            })
        #expect(way.requests.map(secrets) == [["Basic Zm9vOmJhcg==", "foo=bar", "kept"], [nil, nil, "kept"]])
        #expect(way.requests[1].field("X-New") == "1")
        #expect(way.journal.has("open"))
    }

    // B-CLOSE-005, B-TERM-004
    @Test(arguments: Environment.allCases, [false, true])
    func `closing in a redirect listener`(environment: Environment, terminates: Bool) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeRawServer { peer, _ in peer.write(Self.answer(302, "/foo")) }
            let client = try loop.makeClient(at: server.port) { $0.followRedirects = true }
            let journal = Journal(client)
            client.on(.redirect) { _, _ in terminates ? client.terminate() : client.close() }
            try loop.run { journal.has("close") }
            loop.watch()
            #expect(
                journal.lines == [
                    "error Error: WebSocket was closed before the connection was established", "close 1006",
                ])
        }
    }

    // B-RED-013, B-RED-014, B-RED-015
    @Test(arguments: Environment.allCases)
    func `unix sockets are servers of their own`(environment: Environment) throws {
        let headers = try #require(Self.credentials)
        try withLoop(environment) { loop in
            let paths = [temporaryPath("a"), temporaryPath("b")]
            var requests: [RawRequest] = []
            var locations: [String] = []
            let answer = { (peer: RawPeer, request: RawRequest) in
                requests.append(request)
                peer.write(
                    locations.isEmpty ? request.upgrade() : Array(Self.answer(302, locations.removeFirst()).utf8))
            }
            let tcp = try loop.makeRawServer(answer)
            for path in paths {
                loop.track(RawServer(try loop.events.backend.listen(on: .unix(path: path)), answer))
            }
            let tcpAddress = "ws://127.0.0.1:\(tcp.port)/"
            for (start, end, host) in [
                (tcpAddress, "ws+unix:\(paths[0])", "localhost"),
                ("ws+unix:\(paths[0])", "ws+unix:\(paths[1])", "localhost"),
                ("ws+unix:\(paths[0])", tcpAddress, "127.0.0.1:\(tcp.port)"),
            ] {
                requests = []
                locations = [end]
                let options = ClientOptions {
                    $0.followRedirects = true
                    $0.headers = headers
                }
                let client = try WebSocket(start, options: options, on: loop.events)
                loop.track(client)
                try loop.run { client.readyState == .open }
                #expect(requests.map(secrets) == [["Basic Zm9vOmJhcg==", "foo=bar", "kept"], [nil, nil, "kept"]])
                #expect(requests.map { $0.field("Host") } == ["foo", host])
                #expect(client.url == end)
            }
        }
    }

    // X-9: one deadline for all of it.
    @Test(arguments: [Environment.pipe])
    func `the handshake timeout counts over all redirects`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeRawServer { peer, _ in
                loop.events.setTimeout(.seconds(3)) { peer.write(Self.answer(302, "/again")) }
            }
            let client = try loop.makeClient(at: server.port) {
                $0.followRedirects = true
                $0.handshakeTimeout = .seconds(10)
            }
            let journal = Journal(client)
            let start = loop.events.now
            try loop.run { journal.has("close") }
            #expect(loop.events.now - start == .seconds(10))
            #expect(journal.lines == ["error Error: Opening handshake has timed out", "close 1006"])
        }
    }

    // X-10
    @Test(arguments: Environment.allCases)
    func `the connection that redirected is closed, its body unread`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeRawServer { peer, request in
                if request.line.contains("/foo") { return peer.write(request.upgrade()) }
                peer.write("HTTP/1.1 302 Found\r\nLocation: /foo\r\nContent-Length: 1000000\r\n\r\n")
            }
            let client = try loop.makeClient(at: server.port) { $0.followRedirects = true }
            try loop.run { client.readyState == .open }
            try loop.run { server.peers[0].isOver }
            #expect(!server.peers[1].isOver)
        }
    }
}
