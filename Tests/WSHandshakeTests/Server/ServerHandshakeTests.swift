import Testing
import WSHandshake

@Suite("RFC 6455 §4.2.1 What a server reads")
struct ServerHandshakeTests {
    // R-4.2.1-14, H-36
    @Test func `a handshake is the same however it is cut, and frames after it are left over`() throws {
        let frames = "\u{81}\u{85}\u{37}\u{FA}\u{21}\u{3D}\u{7F}\u{9F}\u{4D}\u{51}\u{58}"
        let reading = feedEveryWay(octets(SampleRequest().text + frames), { serverMachine() })
        guard case .upgrade(let request) = reading.answer else {
            Issue.record("\(String(describing: reading.answer))")
            return
        }
        #expect(text(reading.leftOver) == frames)
        #expect(request.key == SampleRequest.key)
        #expect(request.version == .rfc6455)
        #expect(request.subprotocols == ["chat", "superchat"])
        #expect(request.origin == "http://example.com")
        #expect(request.extensionsField == nil)
        #expect(request.resourceName == "/chat")
        #expect(request.host == "server.example.com")
        #expect(request.head.method == "GET")
    }

    @Test func `a decision once made is repeated and takes no more bytes`() {
        var handshake = ServerHandshake()
        var consumed = 0
        let bytes = octets(SampleRequest().text)
        let outcome = handshake.receive(bytes.span.bytes, consumed: &consumed)
        #expect(consumed == bytes.count)
        #expect(handshake.receive(bytes.span.bytes, consumed: &consumed) == outcome)
        #expect(consumed == 0)
    }

    // R-4.2.1-2, B-ABORT-001
    @Test(arguments: ["POST", "get", "Get", "HEAD", "OPTIONS", "CONNECT", "PUT", "FOO", "GETT"])
    func `another method than GET is answered with 405`(method: String) {
        let refusal = SampleRequest(line: "\(method) /chat HTTP/1.1").refusal
        #expect(refusal?.reason == .method(method))
        #expect(refusal?.status == 405)
        #expect(refusal?.body == "Invalid HTTP method")
        #expect(refusal?.fields["Allow"] == "GET")
    }

    // R-4.2.1-2, H-26, W-10
    @Test func `an upgrade in HTTP 1.0 is refused`() {
        let refusal = SampleRequest(line: "GET /chat HTTP/1.0").refusal
        #expect(refusal?.reason == .httpVersion(.http10))
        #expect(refusal?.status == 400)
        #expect(SampleRequest(line: "GET /chat HTTP/1.0").without("Host").refusal?.status == 400)
    }

    // R-4.2.1-2, H-8
    @Test func `a higher minor version is accepted, another major version is not`() {
        #expect(SampleRequest(line: "GET /chat HTTP/1.2").upgrade != nil)
        #expect(SampleRequest(line: "GET /chat HTTP/2.0").refusal?.status == 505)
        #expect(SampleRequest(line: "GET /chat HTTP/0.9").refusal?.status == 505)
    }

    // R-4.2.1-3, H-11, U-7
    @Test(arguments: [
        ("/", "/", "server.example.com"), ("/chat?a=b", "/chat?a=b", "server.example.com"),
        ("//x/y", "//x/y", "server.example.com"),
        ("http://h/p", "/p", "h"), ("https://h:8443/p?q", "/p?q", "h:8443"), ("HTTP://H", "/", "H"),
        ("http://h?q", "/?q", "h"),
        ("http://[::1]:9/", "/", "[::1]:9"), ("/?", "/?", "server.example.com"),
        ("/.well-known/x", "/.well-known/x", "server.example.com"),
        ("/a:b@c", "/a:b@c", "server.example.com"),
    ])
    func `a target is a path, or a URI whose host replaces Host`(target: String, resource: String, host: String) throws
    {
        let request = try #require(SampleRequest(line: "GET \(target) HTTP/1.1").upgrade)
        #expect(request.resourceName == resource)
        #expect(request.host == host)
        #expect(request.head.target == target)
        #expect(request.path == String(resource.prefix { $0 != "?" }))
    }

    // R-4.2.1-3
    @Test(arguments: [
        "*", "h:443", "h", "ws://h/", "ftp://h/p", "http:/h", "http://", "http:///p", "http://u@h/", "http://h:99999/",
        "http:h", "chat",
        "?q", "http", "https://h h", ":", "http://[::1/", "http://a]b/",
    ])
    func `a target that names no resource is answered with 400`(target: String) {
        #expect(SampleRequest(line: "GET \(target) HTTP/1.1").refusal?.status == 400)
    }

    // R-4.2.1-4, H-12, H-19
    @Test(arguments: [
        "h", "h:80", "h:", "127.0.0.1:9", "[::1]", "[::1]:9", "xn--bcher-kva.example", "a_b", "a%41b", "EXAMPLE.com.",
        "h:0",
    ])
    func `a Host is a host with an optional port`(host: String) {
        #expect(SampleRequest().with("Host", host).upgrade?.host == host)
    }

    // R-4.2.1-4, H-12, H-k, S-12
    @Test(arguments: [
        "", "a b", "h:99999", "h:80:80", "h:x", "h:-1", "u@h", "h/p", "http://h", "[::1", "::1", "a,b", "h?q", "h#f",
        "\u{E9}", "[fe80::1%25x]",
        "%", "%zz", ":80", "h:000080", "a\tb", "a\"b", "<a>", "[]",
    ])
    func `any other Host is answered with 400`(host: String) {
        let isSubDelimiter = host == "a,b"
        let sample = SampleRequest().with("Host", host)
        if isSubDelimiter {
            // RFC 3986 lists the comma among the sub-delimiters of a name.
            #expect(sample.upgrade != nil)
        } else {
            #expect(sample.refusal?.reason == .head(.invalidHost))
            #expect(sample.refusal?.status == 400)
        }
    }

    // R-4.2.1-4, H-12, H-19
    @Test func `no Host and two of them are answered with 400`() {
        #expect(SampleRequest().without("Host").refusal?.reason == .head(.missingHost))
        #expect(SampleRequest().with("Host", "h", "h").refusal?.reason == .head(.repeatedHost))
        #expect(SampleRequest().with("Host", "h", "i").refusal?.status == 400)
        #expect(SampleRequest(line: "GET http://h/ HTTP/1.1").without("Host").refusal?.reason == .head(.missingHost))
    }

    // R-4.2.1-5, B-ABORT-014
    @Test(arguments: [
        "websocket", "WebSocket", "WEBSOCKET", "h2c, websocket", "websocket, h2c", ",websocket", " websocket\t",
    ])
    func `websocket is found in Upgrade in any letter case and among others`(value: String) {
        #expect(SampleRequest().with("Upgrade", value).upgrade != nil)
    }

    // R-4.2.1-5
    @Test func `websocket may stand on a second line of Upgrade`() {
        #expect(SampleRequest().with("Upgrade", "h2c", "websocket").upgrade != nil)
    }

    // R-4.2.1-5, B-ABORT-002, B-ABORT-003
    @Test(arguments: [
        "foo", "websocket2", "web socket", "", "websocket/13", "h2c", "\"websocket\"",
        "websocke\u{17F}".replacing("\u{17F}", with: "\u{FF}"),
    ])
    func `another Upgrade is answered with 400`(value: String) {
        let refusal = SampleRequest().with("Upgrade", value).refusal
        #expect(refusal?.reason == .upgrade(value))
        #expect(refusal?.status == 400)
        #expect(refusal?.body == "Invalid Upgrade header")
    }

    // R-4.2.1-6
    @Test(arguments: [
        "Upgrade", "upgrade", "UPGRADE", "keep-alive, Upgrade", "Upgrade, keep-alive", "keep-alive ,\tupgrade ,close",
        ",,Upgrade,,",
    ])
    func `Upgrade is found in Connection in any letter case and among others`(value: String) {
        #expect(SampleRequest().with("Connection", value).upgrade != nil)
    }

    // R-4.2.1-6
    @Test func `Upgrade may stand on a second line of Connection`() {
        #expect(SampleRequest().with("Connection", "keep-alive", "Upgrade").upgrade != nil)
    }

    // R-4.2.1-12
    @Test func `fifty unknown fields are ignored`() {
        var sample = SampleRequest()
        for number in 0..<50 { sample = sample.adding("X-\(number)", "\u{80}\u{FF} value") }
        #expect(sample.upgrade != nil)
    }

    // R-4.2.1-13
    @Test func `fields may come in any order and in any letter case`() {
        var sample = SampleRequest()
        for _ in sample.fields {
            sample.fields.append(sample.fields.removeFirst())
            #expect(sample.upgrade != nil)
        }
        sample.fields.reverse()
        #expect(sample.upgrade != nil)
        sample.fields = sample.fields.map { ($0.name.uppercased(), $0.value) }
        #expect(sample.upgrade?.origin == "http://example.com")
        sample.fields = sample.fields.map { ($0.name.lowercased(), $0.value) }
        #expect(sample.upgrade?.subprotocols == ["chat", "superchat"])
    }

    // R-4.2.1-10, V8-2
    @Test func `an origin is optional`() {
        #expect(SampleRequest().without("Origin").upgrade?.origin == nil)
        #expect(SampleRequest().with("Origin", "null").upgrade?.origin == "null")
        #expect(SampleRequest().with("Origin", "").upgrade?.origin == "")
    }

    // R-4.2.1-11, R-11.3-3
    @Test func `subprotocols keep their order, on one line or several`() {
        #expect(SampleRequest().with("Sec-WebSocket-Protocol", "b,a").upgrade?.subprotocols == ["b", "a"])
        #expect(SampleRequest().with("Sec-WebSocket-Protocol", "b , a", "c").upgrade?.subprotocols == ["b", "a", "c"])
        #expect(SampleRequest().without("Sec-WebSocket-Protocol").upgrade?.subprotocols == [])
    }

    // R-4.2.1-11, B-ABORT-008, B-ABORT-016
    @Test(arguments: ["foo;bar", "", ",", "a,,b", "a,a", "a b", "\u{E9}", "a,", ",a", "\"a\""])
    func `a malformed list of subprotocols is answered with 400`(value: String) {
        let refusal = SampleRequest().with("Sec-WebSocket-Protocol", value).refusal
        #expect(refusal?.status == 400)
        #expect(refusal?.body == "Invalid Sec-WebSocket-Protocol header")
        guard case .subprotocols = refusal?.reason else {
            Issue.record("\(String(describing: refusal?.reason))")
            return
        }
    }

    // R-4.2.1-11
    @Test func `a subprotocol repeated on another line is answered with 400`() {
        let refusal = SampleRequest().with("Sec-WebSocket-Protocol", "a", "b, a").refusal
        #expect(refusal?.reason == .subprotocols(.duplicate("a")))
    }

    // R-9.1-1, R-9.1-2, B-ABORT-017
    @Test(arguments: ["permessage-deflate; client_max_window_bits", "foo;=", "", "\u{E9}"])
    func `extensions are handed on unread`(value: String) {
        #expect(SampleRequest().adding("Sec-WebSocket-Extensions", value).upgrade?.extensionsField == value)
    }

    // R-9.1-2, R-11.3-3
    @Test func `extensions on several lines are one value`() {
        let sample = SampleRequest().with("Sec-WebSocket-Extensions", "a; b", "c")
        #expect(sample.upgrade?.extensionsField == "a; b, c")
    }
}
