import Testing
import WSHandshake

@Suite("RFC 1928, RFC 1929: SOCKS 5")
struct SocksNegotiationTests {
    private func userInfo(_ user: String, _ password: String) throws -> UserInfo? {
        try ProxyAddress("socks5h://\(user):\(password)@proxy").userInfo
    }

    private func play(_ bytes: [UInt8], credentials: Bool = false, host: String = "h") throws -> ProxyDialogue {
        let negotiation = try SocksNegotiation(
            to: host, port: 0x1F90, userInfo: credentials ? try userInfo("me", "pw") : nil)
        return try #require(ProxyDialogue.same(negotiation, bytes), "cuts make a difference")
    }

    private static let name: [UInt8] = [5, 1, 0, 3, 1, 0x68, 0x1F, 0x90]
    private static let success: [UInt8] = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0]

    // K-1, K-2, K-5, K-7, K-8
    @Test
    func `without credentials: greeting, request, and the rest is the destination's`() throws {
        let dialogue = try play([5, 0] + Self.success + [0x16, 3])
        #expect(dialogue.sent == [[5, 1, 0], Self.name])
        #expect(dialogue.outcome == .opened)
        #expect(dialogue.rest == 2)
    }

    @Test func `what was said stays said, and nothing behind it is taken`() throws {
        for (answer, outcome) in [
            ([5, 0xFF], ProxyOutcome.failed(.noAcceptableMethod)), ([5, 0] + Self.success, .opened),
        ] as [([UInt8], ProxyOutcome)] {
            var negotiation = try SocksNegotiation(to: "host.example", port: 80)
            var rest = answer
            var consumed = 0
            var last = ProxyOutcome.needsMoreBytes
            repeat {
                last = negotiation.receive(rest.span.bytes, consumed: &consumed)
                rest.removeFirst(consumed)
            } while !rest.isEmpty
            #expect(last == outcome)
            #expect(negotiation.receive(Self.success.span.bytes, consumed: &consumed) == outcome)
            #expect(consumed == 0)
        }
    }

    // K-1, K-3, K-4
    @Test
    func `with credentials, if the proxy wants them`() throws {
        let wanted = try play([5, 2, 1, 0] + Self.success, credentials: true)
        #expect(wanted.sent == [[5, 2, 0, 2], [1, 2, 0x6D, 0x65, 2, 0x70, 0x77], Self.name])
        #expect(wanted.outcome == .opened)
        let unwanted = try play([5, 0] + Self.success, credentials: true)
        #expect(unwanted.sent == [[5, 2, 0, 2], Self.name])
        #expect(unwanted.outcome == .opened)
    }

    // K-2
    @Test(arguments: [
        ([5, 0xFF], ProxyError.noAcceptableMethod), ([5, 1], .methodNotOffered(1)), ([5, 2], .methodNotOffered(2)),
        ([4, 0], .socksVersion(4)), ([0x48], .socksVersion(0x48)), ([0, 0], .socksVersion(0)),
    ])
    func `a choice of method that does not hold`(bytes: [UInt8], error: ProxyError) throws {
        let dialogue = try play(bytes)
        #expect(dialogue.outcome == .failed(error))
        #expect(dialogue.sent == [[5, 1, 0]])
    }

    // K-4
    @Test(arguments: [([1, 1], ProxyError.socksCredentialsRefused), ([5, 0], .socksVersion(5))])
    func `credentials that are refused`(bytes: [UInt8], error: ProxyError) throws {
        let dialogue = try play([5, 2] + bytes, credentials: true)
        #expect(dialogue.outcome == .failed(error))
        #expect(dialogue.sent.count == 2)
    }

    // K-3
    @Test
    func `credentials have one to 255 bytes`() throws {
        let longest = String(repeating: "x", count: 255)
        #expect(throws: Never.self) { try SocksNegotiation(to: "h", port: 1, userInfo: userInfo(longest, longest)) }
        for (user, password) in [("", "p"), ("u", ""), (longest + "x", "p"), ("u", longest + "x")] {
            #expect(throws: ProxyError.credentialsLength) {
                try SocksNegotiation(to: "h", port: 1, userInfo: userInfo(user, password))
            }
        }
    }

    // K-5
    @Test(arguments: [
        ("192.0.2.1", [1, 192, 0, 2, 1]),
        ("2001:db8::7", [4, 0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]),
        ("host.example", [3, 12] + Array("host.example".utf8)),
    ])
    func `the request has each type of address`(host: String, address: [UInt8]) throws {
        #expect(try play([5, 0], host: host).sent.last == [5, 1, 0] + address + [0x1F, 0x90])
    }

    // K-6
    @Test
    func `a name has one to 255 bytes`() throws {
        let longest = String(repeating: "x", count: 255)
        #expect(try play([5, 0], host: longest).sent.last?.count == 4 + 1 + 255 + 2)
        #expect(throws: ProxyError.hostLength(byteCount: 256)) { try SocksNegotiation(to: longest + "x", port: 1) }
        #expect(throws: ProxyError.hostLength(byteCount: 0)) { try SocksNegotiation(to: "", port: 1) }
    }

    // K-7
    @Test(arguments: [
        [1, 127, 0, 0, 1, 0, 80], [4] + [UInt8](repeating: 9, count: 16) + [0, 80], [3, 0, 0, 80],
        [3, 3, 0x61, 0x62, 0x63, 0, 80], [3, 255] + [UInt8](repeating: 0x61, count: 255) + [0, 80],
    ])
    func `the reply is read to its end, whatever address it has`(address: [UInt8]) throws {
        let dialogue = try play([5, 0, 5, 0, 0] + address + [0x48])
        #expect(dialogue.outcome == .opened)
        #expect(dialogue.rest == 1)
        #expect(try play(Array([5, 0, 5, 0, 0] + address.dropLast())).outcome == .needsMoreBytes)
    }

    // K-7
    @Test(arguments: 1...255)
    func `a reply code other than 0 fails`(code: UInt8) throws {
        let dialogue = try play([5, 0, 5, code])
        #expect(dialogue.outcome == .failed(.socksRefused(code: code)))
        #expect(!"\(ProxyError.socksRefused(code: code))".isEmpty)
    }

    // K-7
    @Test
    func `a reply of another version, or with an unknown type of address`() throws {
        #expect(try play([5, 0, 4, 0, 0, 1, 0]).outcome == .failed(.socksVersion(4)))
        for type in [UInt8](0...255) where ![1, 3, 4].contains(type) {
            #expect(try play([5, 0, 5, 0, 0, type, 0]).outcome == .failed(.socksAddressType(type)))
        }
    }
}
