import Testing
import WSHandshake

@Suite("Addresses of proxies, and which one to take")
struct ProxyAddressTests {
    // K-9: `socks` is socks5h.
    @Test(arguments: [
        ("http://proxy.example", ProxyAddress.Scheme.http, "proxy.example", 80),
        ("https://PROXY/", .https, "proxy", 443),
        ("proxy:3128", .http, "proxy", 3128), ("socks5://127.0.0.1", .socks5, "127.0.0.1", 1080),
        ("socks5h://[::1]:9", .socks5h, "::1", 9), ("SOCKS://s", .socks5h, "s", 1080),
    ])
    func `an address`(text: String, scheme: ProxyAddress.Scheme, host: String, port: UInt16) throws {
        let address = try ProxyAddress(text)
        #expect(address.scheme == scheme)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.userInfo == nil)
    }

    // P-7
    @Test
    func `credentials are decoded`() throws {
        let userInfo = try #require(try ProxyAddress("http://us%65r:p%40ss@proxy").userInfo)
        #expect(userInfo.user == "user")
        #expect(userInfo.password == "p@ss")
    }

    // P-7
    @Test(arguments: [
        "", "http://", "ftp://proxy", "http://proxy/path", "http://proxy?x", "http://proxy:99999", "http://a b",
        "http://proxy\r\n", "http://u%3Aser:p@proxy", "http://u:p%0D%0A@proxy", "http://[::1", "socks4://proxy",
    ])
    func `no address`(text: String) {
        #expect(throws: ProxyError.self) { try ProxyAddress(text) }
    }

    @Test
    func `an error does not repeat the credentials`() {
        #expect(throws: ProxyError.invalidAddress("***@proxy:x")) { try ProxyAddress("http://me:secret@proxy:x") }
    }

    private func proxy(_ variables: [String: String], _ url: String) throws -> String? {
        try ProxyRules(variables).proxy(for: try WebSocketURL(url)).map { "\($0.scheme.rawValue) \($0.host)" }
    }

    // P-11
    @Test
    func `the variables, in their order`() throws {
        var variables = [
            "wss_proxy": "a", "ws_proxy": "b", "socks_proxy": "c", "https_proxy": "d", "http_proxy": "e",
            "all_proxy": "f",
        ]
        for (name, secure, plain) in [
            ("wss_proxy", "http a", "http b"), ("ws_proxy", "socks5h c", "http b"),
            ("socks_proxy", "socks5h c", "socks5h c"), ("https_proxy", "http d", "http d"),
            ("http_proxy", "http f", "http e"), ("all_proxy", "http f", "http f"),
        ] as [(String, String, String)] {
            #expect(try proxy(variables, "wss://example.com/") == secure, "before \(name) is removed")
            #expect(try proxy(variables, "ws://example.com/") == plain, "before \(name) is removed")
            variables[name] = name == "ws_proxy" ? nil : ""
        }
        #expect(try proxy(variables, "ws://example.com/") == nil)
        #expect(try proxy(["all_proxy": "f"], "ws+unix:/tmp/s") == nil)
        #expect(throws: ProxyError.self) { try self.proxy(["all_proxy": "ftp://f"], "ws://example.com/") }
    }

    // P-11
    @Test
    func `upper case counts too, but not HTTP_PROXY`() throws {
        #expect(try proxy(["HTTPS_PROXY": "x"], "wss://h/") == "http x")
        #expect(try proxy(["HTTPS_PROXY": "x", "https_proxy": "y"], "wss://h/") == "http y")
        #expect(try proxy(["HTTP_PROXY": "x"], "ws://h/") == nil)
        #expect(try proxy(["ALL_PROXY": "x", "NO_PROXY": "h"], "ws://h/") == nil)
    }

    // P-11
    @Test(arguments: [
        ("*", true), ("example.com", true), (".example.com", true), ("*.example.com", true), ("EXAMPLE.com", true),
        ("ample.com", false), ("com", true), ("other, example.com:8080 ,x", true), ("example.com:80", false),
        ("chat.example.com", true), ("x.chat.example.com", false), ("", false), (",", false), ("[", false),
        (".", false), ("*.", false), (":8080", false),
    ])
    func `no_proxy lists hosts and their subdomains`(list: String, isExempt: Bool) throws {
        let variables = ["all_proxy": "p", "no_proxy": list]
        #expect(try (proxy(variables, "ws://chat.example.com:8080/") == nil) == isExempt)
    }

    // P-11
    @Test(arguments: [
        ("ws://127.0.0.1/", "127.0.0.1", true), ("ws://127.0.0.1/", "0.0.1", false), ("ws://[::1]:9/", "::1", true),
        ("ws://[::1]:9/", "[::1]:9", true), ("ws://[::1]:9/", "[::1]:8", false), ("ws://a.b./", "b", true),
    ])
    func `no_proxy lists addresses`(url: String, list: String, isExempt: Bool) throws {
        #expect(try (proxy(["all_proxy": "p", "no_proxy": list], url) == nil) == isExempt)
    }
}
