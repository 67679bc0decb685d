import WSHandshake

// The answers of a SOCKS proxy: [credentials and destination, cuts, stream…].
//
// Oracle: see `Support/Negotiation.swift`; and at most two answers are sent, the second the request, before it opens.

private let negotiations = ["host.example", "192.0.2.1", "2001:db8::1", String(repeating: "x", count: 255)].flatMap {
    host in
    do {
        let userInfo = try ProxyAddress("socks5h://me:secret@proxy").userInfo
        return [
            try SocksNegotiation(to: host, port: 443),
            try SocksNegotiation(to: host, port: 443, userInfo: userInfo),
        ]
    } catch {
        finding("the negotiation can be made", file: #fileID, line: #line)
    }
}

/// The fuzzer's entry.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 2 else { return 0 }
    var script = Script(data, count: count)
    let choice = Int(script.byte() & 7)
    let cuts = Cuts(script.byte())
    let end = negotiate(negotiations[choice], script.rest, cuts)
    let hasCredentials = choice & 1 == 1
    check(end.answers <= (hasCredentials ? 2 : 1), "no more is said than the protocol has")
    guard end.outcome == .opened else { return 0 }
    check(end.answers >= 1, "nothing opens before it was asked for")
    check(end.used >= 2 + 7 && end.used <= 2 + 2 + 262, "the reply is read to its end, and no further")
    return 0
}
