import Testing
import WSHandshake

@Suite("RFC 6455 §4.2.1 Key and version")
struct KeyAndVersionTests {
    // R-4.2.1-7, R-4.2.1-8
    @Test(arguments: [SampleRequest.key, "AQIDBAUGBwgJCgsMDQ4PEC==", "AQIDBAUGBwgJCgsMDQ4PEA=="])
    func `the Base64 of 16 bytes is a key, whatever its excess bits`(key: String) throws {
        let request = try #require(SampleRequest().with("Sec-WebSocket-Key", key).upgrade)
        #expect(request.key == key)
        #expect(try request.response().fields["Sec-WebSocket-Accept"] == AcceptKey.value(for: key))
    }

    // R-4.2.1-7, B-ABORT-005
    @Test(arguments: [
        "", "P7Kp2hTLNRPFMGLxV47eQQ==".replacing("QQ==", with: "QQ"), "dGhlIHNhbXBsZSBub25jZTE=",
        "dGhlIHNhbXBsZSBub25j",
        "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQQ=", "dGhlIHNhbXBsZSBub25_ZQ==", "dGhlIHNhbXBsZSB b25jZQ==",
        "\"dGhlIHNhbXBsZSBub25jZQ==\"", "dGhlIHNhbXBsZSBub25jZQ==x", "\u{E9}GhlIHNhbXBsZSBub25jZQ==",
    ])
    func `anything else is answered with 400`(key: String) {
        let refusal = SampleRequest().with("Sec-WebSocket-Key", key).refusal
        #expect(refusal?.reason == .malformedKey)
        #expect(refusal?.status == 400)
        #expect(refusal?.body == "Missing or invalid Sec-WebSocket-Key header")
    }

    // R-4.2.1-7, R-11.3-1, H-19, B-ABORT-004
    @Test func `no key and two keys are answered with 400`() {
        #expect(SampleRequest().without("Sec-WebSocket-Key").refusal?.reason == .missingKey)
        let twice = SampleRequest().with("Sec-WebSocket-Key", SampleRequest.key, SampleRequest.key)
        #expect(twice.refusal?.reason == .repeatedKey)
        #expect(twice.refusal?.status == 400)
        #expect(twice.refusal?.body == "Missing or invalid Sec-WebSocket-Key header")
    }

    // V8-8, B-UPG-003
    @Test func `a Hixie-76 handshake fails at the key`() {
        let sample = SampleRequest().without("Sec-WebSocket-Key").without("Sec-WebSocket-Version")
            .adding("Sec-WebSocket-Key1", "3e6b263  4 17 80").adding(
                "Sec-WebSocket-Key2", "17  9 G`ZD9   2 2b 7X 3 /r90")
        #expect(sample.refusal?.reason == .missingKey)
        #expect(sample.refusal?.body == "Missing or invalid Sec-WebSocket-Key header")
    }

    // R-4.2.1-9, V8-1, B-ABORT-013
    @Test(arguments: [("13", ProtocolVersion.rfc6455), ("8", .hybi8), (" 13", .rfc6455), ("13\t", .rfc6455)])
    func `versions 13 and 8 are spoken`(text: String, version: ProtocolVersion) {
        // Whitespace around a value is no part of it (RFC 9112 §5.1).
        #expect(SampleRequest().with("Sec-WebSocket-Version", text).upgrade?.version == version)
    }

    // R-4.2.1-9, R-4.3-2, R-4.4-1, W-09
    @Test(arguments: [
        "13, 8", "013", "+13", "13.0", "-13", "0xd", "1e1", "abc", "", "256", "1313", "13 8", "\u{B9}3", "00", "08",
        "300", "99999999999999999999",
        "13;q=1", "\"13\"",
    ])
    func `a version that is no number of 0 to 255 is answered with 400`(text: String) {
        check(SampleRequest().with("Sec-WebSocket-Version", text).refusal, reason: .malformedVersion)
    }

    // R-4.4-1, V8-1, V8-5, B-ABORT-007
    @Test(arguments: [0, 1, 7, 9, 10, 11, 12, 14, 25, 255])
    func `another version is answered with 400 and the versions we speak`(version: Int) {
        check(SampleRequest().with("Sec-WebSocket-Version", "\(version)").refusal, reason: .unsupportedVersion(version))
    }

    // R-4.2.1-9, R-11.3-1, H-19, B-ABORT-006
    @Test func `no version and two versions are answered with 400`() {
        check(SampleRequest().without("Sec-WebSocket-Version").refusal, reason: .missingVersion)
        check(SampleRequest().with("Sec-WebSocket-Version", "13", "13").refusal, reason: .repeatedVersion)
        check(SampleRequest().with("Sec-WebSocket-Version", "13", "8").refusal, reason: .repeatedVersion)
    }

    // V8-5
    @Test func `both versions are advertised, the newer first`() {
        #expect(ProtocolVersion.advertised == "13, 8")
        #expect(Set(ProtocolVersion.allCases.map(\.rawValue)) == [8, 13])
    }

    // V8-2, B-VC-010
    @Test func `each version has its own field for the origin`() {
        let both = SampleRequest().with("Origin", "http://new").adding("Sec-WebSocket-Origin", "http://old")
        #expect(both.upgrade?.origin == "http://new")
        #expect(both.with("Sec-WebSocket-Version", "8").upgrade?.origin == "http://old")
        #expect(both.with("Sec-WebSocket-Version", "8").without("Sec-WebSocket-Origin").upgrade?.origin == nil)
        #expect(both.without("Origin").upgrade?.origin == nil)
    }

    // V8-3, R-4.2.1-6, H-d
    @Test(arguments: ["13", "8"])
    func `the other checks are the same for both versions`(version: String) throws {
        let sample = SampleRequest().with("Sec-WebSocket-Version", version)
        #expect(sample.upgrade != nil)
        #expect(sample.with("Upgrade", "h2c").refusal?.status == 400)
        #expect(sample.without("Upgrade").isPlain)
        #expect(sample.without("Connection").isPlain)
        #expect(sample.with("Connection", "keep-alive").isPlain)
        #expect(sample.without("Sec-WebSocket-Key").refusal?.reason == .missingKey)
        for missing in ["Upgrade", "Connection", "Sec-WebSocket-Key", "Host"] {
            let head = try #require(parseRequest(sample.without(missing).text)?.head)
            guard case .failure(let refusal) = ServerHandshake.validate(head) else {
                Issue.record("accepted without \(missing)")
                continue
            }
            #expect(refusal.status == 400)
        }
    }

    private func check(
        _ refusal: HandshakeRefusal?, reason: HandshakeRefusal.Reason, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(refusal?.reason == reason, sourceLocation: sourceLocation)
        #expect(refusal?.status == 400, sourceLocation: sourceLocation)
        #expect(refusal?.fields["Sec-WebSocket-Version"] == "13, 8", sourceLocation: sourceLocation)
        #expect(refusal?.body == "Missing or invalid Sec-WebSocket-Version header", sourceLocation: sourceLocation)
    }
}
