import Testing

@testable import WSHandshake

@Suite("RFC 6455 §4.2.2 Sec-WebSocket-Accept")
struct AcceptKeyTests {
    // R-4.2.2-7, R-4.1-22
    @Test(arguments: [
        ("dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        ("AQIDBAUGBwgJCgsMDQ4PEC==", "OfS0wDaT5NoxF2gqm7Zj2YtetzM="),
        ("x3JJHMbDL1EzLkh9GBhXDw==", "HSmrc0sMlYUkAGmm5OPpG2HaGWk="),
    ])
    func `the accept value is that of the published examples`(key: String, accept: String) {
        #expect(AcceptKey.value(for: key) == accept)
    }

    // R-4.2.1-7
    @Test(arguments: [
        "dGhlIHNhbXBsZSBub25jZQ==", "AQIDBAUGBwgJCgsMDQ4PEC==", "AQIDBAUGBwgJCgsMDQ4PEA==", "//////////////////////==",
        "++++++++++++++++++++++==", "0123456789abcdefABCDEF==",
    ])
    func `22 characters of the alphabet and two signs of padding are a key`(key: String) {
        #expect(AcceptKey.isKey(key))
    }

    // R-4.2.1-7
    @Test(arguments: [
        "", "==", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ===",
        "dGhlIHNhbXBsZSBub25jZ===",
        "dGhlIHNhbXBsZSBub25jZQQ=", "dGhlIHNhbXBsZSBub25jZQ=Q", "dGhlIHNhbXBsZSBub25jZQQQ", "dGhlIHNhbXBsZSBub25j==",
        "dGhlIHNhbXBsZSBub25jZQQQ==",
        "dGhlIHNhbXBsZSBub25jZ-==", "dGhlIHNhbXBsZSBub25jZ_==", "dGhlIHNhbXBsZSBub25j Q==", "dGhlIHNhbX=sZSBub25jZQ==",
        "dGhlIHNhbXBsZSBub25j\u{E9}==", "dGhlIHNhbXBsZSBub25jZ\u{E9}==", "=GhlIHNhbXBsZSBub25jZQ==",
    ])
    func `anything else is no key`(key: String) {
        #expect(!AcceptKey.isKey(key))
    }

    // R-4.2.1-7
    @Test(arguments: everyOctet)
    func `each character of a key is one of 64`(octet: UInt8) {
        let alphabet = Set(octets("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
        #expect(AcceptKey.isKey("dGhlIHNhbX" + String(octet: octet) + "sZSBub25jZQ==") == alphabet.contains(octet))
    }
}

@Suite("RFC 3174 SHA-1")
struct SHA1Tests {
    private func digest(_ message: [UInt8], cut: Int? = nil) -> String {
        var digest = SHA1()
        if let cut {
            digest.update(message.span.extracting(0..<cut))
            digest.update(message.span.extracting(cut..<message.count))
        } else {
            digest.update(message.span)
        }
        let octets = digest.finish()
        return octets.indices.map { index in
            let text = String(octets[index], radix: 16)
            return text.utf8.count == 1 ? "0" + text : text
        }.joined()
    }

    @Test(arguments: [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
        ("dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11", "b37a4f2cc0624f1690f64606cf385945b2bec4ea"),
    ])
    func `the digest is that of the published examples`(message: String, expected: String) {
        #expect(digest(Array(message.utf8)) == expected)
    }

    @Test func `a million letters have the published digest`() {
        var digest = SHA1()
        let thousand = [UInt8](repeating: UInt8(ascii: "a"), count: 1000)
        for _ in 0..<1000 { digest.update(thousand.span) }
        let octets = digest.finish()
        #expect(octets[0] == 0x34 && octets[1] == 0xAA && octets[18] == 0x01 && octets[19] == 0x6F)
    }

    @Test(arguments: [54, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 129])
    func `the padding is right around the ends of blocks, in one piece or two`(count: Int) {
        let message = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let whole = digest(message)
        for cut in 0...count { #expect(digest(message, cut: cut) == whole) }
    }
}

@Suite("RFC 4648 §4 Base64")
struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
        ("Aladdin:open sesame", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), ("the sample nonce", "dGhlIHNhbXBsZSBub25jZQ=="),
    ])
    func `text is encoded and decoded as the RFC shows`(plain: String, encoded: String) {
        #expect(Base64.encode(plain.utf8.span) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
    }

    @Test func `every octet in every place survives`() {
        for octet in everyOctet {
            for count in 1...4 {
                for place in 0..<count {
                    var octets = [UInt8](repeating: 0x5A, count: count)
                    octets[place] = octet
                    #expect(Base64.decode(Base64.encode(octets.span)) == octets)
                }
            }
        }
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "Zg===", "=", "====", "Z===", "Zm9v=", "Zm=v", "Zg==Zg==", "Zm 9", "Zm9\u{E9}", "Zm9-",
    ])
    func `a wrong length, alphabet or padding is no Base64`(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    // R-4.2.1-8
    @Test func `excess bits of the last character are ignored`() {
        #expect(Base64.decode("AQIDBAUGBwgJCgsMDQ4PEC==") == (1...16).map { UInt8($0) })
        #expect(Base64.decode("AQIDBAUGBwgJCgsMDQ4PEA==") == (1...16).map { UInt8($0) })
    }
}
