import Testing
import WSHandshake

@Suite("RFC 6455 §3 WebSocket URLs")
struct WebSocketURLTests {
    // R-3-1, R-3-2
    @Test(arguments: [
        ("ws://h/", WebSocketURL.Scheme.ws, UInt16(80)), ("wss://h/", .wss, 443), ("WSS://h/", .wss, 443),
        ("wSs://h", .wss, 443),
        ("WS://h", .ws, 80), ("http://h", .ws, 80), ("HTTPS://h", .wss, 443), ("ws://h:80", .ws, 80),
        ("wss://h:443", .wss, 443),
        ("ws://h:443", .ws, 443), ("wss://h:80", .wss, 80),
    ])
    func `the scheme, in any letter case, decides on TLS and the port`(
        address: String, scheme: WebSocketURL.Scheme, port: UInt16
    ) throws {
        let url = try WebSocketURL(address)
        #expect(url.scheme == scheme)
        #expect(url.isSecure == (scheme == .wss))
        #expect(url.port == port)
        #expect(url.isDefaultPort == (port == scheme.defaultPort))
        #expect(url.host == "h")
    }

    // R-3-2
    @Test(arguments: [
        ("ws://h:80/", "ws://h/"), ("wss://h:443/", "wss://h"), ("ws://h:/", "ws://h/"), ("ws://h:080/", "ws://h/"),
    ])
    func `a default port written out is the same address`(left: String, right: String) throws {
        #expect(try WebSocketURL(left) == WebSocketURL(right))
    }

    // B-CTOR-008, B-CTOR-009
    @Test func `http and https are rewritten`() throws {
        #expect(try WebSocketURL("http://localhost").href == "ws://localhost/")
        #expect(try WebSocketURL("https://localhost").href == "wss://localhost/")
        #expect(try WebSocketURL("https://localhost").port == 443)
    }

    // R-3-4
    @Test(arguments: [
        ("ws://h", "/"), ("ws://h/", "/"), ("ws://h?x", "/?x"), ("ws://h/?", "/"), ("ws://h/a?b?c", "/a?b?c"),
        ("ws://h/a/b", "/a/b"),
        ("ws://h?", "/"), ("ws://h/a?", "/a"), ("ws://h/a??", "/a??"), ("ws://h//", "//"), ("ws://h/a//b/", "/a//b/"),
        ("ws://h:9?x=/y", "/?x=/y"), ("ws://h/.well-known/x", "/.well-known/x"), ("ws://h/a:b@c", "/a:b@c"),
    ])
    func `the resource name is the path and a query that is not empty`(address: String, resource: String) throws {
        #expect(try WebSocketURL(address).resourceName == resource)
    }

    // R-3-3, B-CTOR-004
    @Test(arguments: [
        "ws://h/p#x", "ws://h/#", "ws://h#", "wss://websocket-echo.com#foo", "ws://h?q#", "ws+unix:/s:/p#x",
        "ws://h/#?",
    ])
    func `a fragment is refused, also an empty one`(address: String) {
        let error = #expect(throws: WebSocketURLError.fragment) { try WebSocketURL(address) }
        #expect(error?.description == "The URL contains a fragment identifier")
    }

    // R-3-5
    @Test(arguments: ["/%23", "/a%23b?c=%23", "/%2F%25%20", "/%zz", "/100%"])
    func `what is percent-encoded already stays as it is`(resource: String) throws {
        #expect(try WebSocketURL("ws://h" + resource).resourceName == resource)
    }

    // R-11.1-2, B-CTOR-019, U-5
    @Test(arguments: [
        ("/A b", "/A%20b"), ("/é", "/%C3%A9"), ("/\"", "/%22"), ("/<>", "/%3C%3E"), ("/a\\b", "/a%5Cb"),
        ("/^`{|}", "/%5E%60%7B%7C%7D"),
        ("/?é=\"", "/?%C3%A9=%22"), ("/日本", "/%E6%97%A5%E6%9C%AC"), ("/?a b", "/?a%20b"), ("/[x]", "/%5Bx%5D"),
        ("/e\u{301}", "/e%CC%81"),
        ("/\u{1F600}", "/%F0%9F%98%80"), ("/!$&'()*+,;=-._~", "/!$&'()*+,;=-._~"),
    ])
    func `what RFC 3986 does not list is percent-encoded in the path and the query`(
        written: String, encoded: String
    ) throws {
        #expect(try WebSocketURL("ws://h" + written).resourceName == encoded)
    }

    // U-4, B-CTOR-019
    @Test func `scheme and host lose their case, the path keeps it`() throws {
        #expect(try WebSocketURL("WS://EXAMPLE.com/A%2fb").href == "ws://example.com/A%2fb")
        #expect(try WebSocketURL("WS://H:80/A b").href == "ws://h/A%20b")
        #expect(try WebSocketURL("ws://h/a/../b/./c").resourceName == "/a/../b/./c")
    }

    // B-CTOR-001
    @Test(arguments: [
        "foo", "", ":", "//h", "/p", "ws:h", "ws:", "ws:/h", "1ws://h", "w s://h", "ws", "://h", "+ws://h", "wß://h",
        "ws;//h", "h:80a",
    ])
    func `an address without scheme and server is invalid`(address: String) {
        let error = #expect(throws: WebSocketURLError.self) { try WebSocketURL(address) }
        if address != "h:80a" {
            #expect(error == .invalid(address, .notAbsolute))
            #expect(error?.description == "Invalid URL: \(address)")
        }
    }

    // B-CTOR-002
    @Test(arguments: [
        "bad-scheme://websocket-echo.com", "ftp://h/", "file:///x", "wss+unix:/x", "ws+unix2:/x", "a:b", "mailto:x@y#z",
    ])
    func `another scheme is refused`(address: String) {
        let error = #expect(throws: WebSocketURLError.self) { try WebSocketURL(address) }
        #expect(
            error?.description
                == "The URL's protocol must be one of \"ws:\", \"wss:\", \"http:\", \"https:\", or \"ws+unix:\"")
    }

    // U-5, R-11.1-2, R-4.1-18, H-c
    @Test(arguments: everyOctet.filter { $0 < 0x20 || $0 == 0x7F })
    func `a control character is refused wherever it stands`(octet: UInt8) {
        let control = String(octet: octet)
        let addresses = [
            "ws://h/\(control)", "ws://h\(control)/", "w\(control)s://h/", "\(control)ws://h/", "ws://h/?\(control)x",
            "ws://u\(control)@h/", "ws+unix:/a\(control):/", "ws://h/\(control)\nX: y",
        ]
        for address in addresses {
            #expect(throws: WebSocketURLError.self) { try WebSocketURL(address) }
        }
        #expect(throws: WebSocketURLError.invalid("ws://h/a\(control)", .controlCharacter)) {
            try WebSocketURL("ws://h/a\(control)")
        }
    }

    // U-5
    @Test(arguments: [
        (" ws://h/", WebSocketURLError.Fault.surroundingSpace), ("ws://h/ ", .surroundingSpace),
        ("ws://h ", .surroundingSpace),
        ("ws://h h/", .invalidHost), ("ws:// h/", .invalidHost), ("ws://h :80/", .invalidHost),
        ("ws://h: 80/", .invalidPort),
        ("ws://h:80 /", .invalidPort), ("ws://u u@h/", .invalidUserInformation), ("ws: //h", .notAbsolute),
    ])
    func `a space is refused everywhere but inside the path and the query`(
        address: String, fault: WebSocketURLError.Fault
    ) {
        #expect(throws: WebSocketURLError.invalid(address.replacing("u u", with: "***"), fault)) {
            try WebSocketURL(address)
        }
    }

    // U-5
    @Test func `an error shows a control character escaped`() {
        let error = #expect(throws: WebSocketURLError.self) { try WebSocketURL("ws://h/\r\nX: y\u{0}") }
        #expect(error?.description == #"Invalid URL: ws://h/\r\nX: y\0"#)
    }

    // U-8
    @Test func `a path of 7900 octets is fine`() throws {
        let path = "/" + String(repeating: "a", count: 7899)
        #expect(try WebSocketURL("ws://h" + path).resourceName == path)
    }

    // B-HS-020
    @Test func `the normalised address keeps what was asked for`() throws {
        #expect(try WebSocketURL("ws://google.com:22/foo").href == "ws://google.com:22/foo")
        #expect(try WebSocketURL("ws://u:p@H:81/a?b").href == "ws://u:p@h:81/a?b")
        #expect(try WebSocketURL("wss://[2001:DB8::1]:444/").href == "wss://[2001:db8::1]:444/")
    }
}
