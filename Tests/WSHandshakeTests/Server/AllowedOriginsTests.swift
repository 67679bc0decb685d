import Testing
import WSHandshake

@Suite("RFC 6455 §10.2 Origins")
struct AllowedOriginsTests {
    private let origins = AllowedOrigins(["https://example.com", "http://localhost:8080"])

    // R-10.2-1, H-g, R-4.2.2-3
    @Test(arguments: ["https://example.com", "HTTPS://Example.COM", "http://localhost:8080"])
    func `an origin on the list may connect`(origin: String) {
        #expect(origins.allows(origin))
    }

    // R-10.2-1, H-g, R-4.2.2-3
    @Test(arguments: [
        "http://example.com", "https://example.com:8443", "https://evil-example.com", "https://example.com.evil.org",
        "https://www.example.com",
        "https://example.co", "https://example.com/", "https://example.com ", "null", "", "*", "http://localhost",
        "http://localhost:80801",
        "https://ex\u{430}mple.com", "https://example.com, https://evil.org", "https://\u{212A}example.com",
    ])
    func `a look-alike may not`(origin: String) {
        #expect(!origins.allows(origin))
        #expect(HandshakeRefusal(.origin(origin)).status == 403)
    }

    // R-10.2-1, R-4.2.1-10
    @Test func `a request without origin passes unless that is switched off`() {
        #expect(origins.allows(nil))
        #expect(!AllowedOrigins(["https://example.com"], allowsMissing: false).allows(nil))
        #expect(!AllowedOrigins([]).allows("https://example.com"))
        #expect(AllowedOrigins(["null"]).allows("null"))
    }

    // R-10.2-1
    @Test func `an origin on two lines is no origin on the list`() {
        #expect(!AllowedOrigins(["https://kexample.com"]).allows("https://\u{212A}example.com"))
        let twice = SampleRequest().with("Origin", "https://example.com", "https://evil.org")
        #expect(twice.upgrade.map { origins.allows($0.origin) } != true)
    }
}
