import WSHandshake

// The answers of an HTTP proxy to CONNECT: [limits and credentials, cuts, stream…].
//
// Oracle: see `Support/Negotiation.swift`; and nothing but the request is ever sent.

private let limits = [
    HeadLimits.standard, HeadLimits(maxBytes: 300, maxLineBytes: 80, maxFields: 6, maxInterimResponses: 1), .hardened,
    HeadLimits(maxBytes: 64, maxLineBytes: 24, maxFields: 2, maxInterimResponses: 0),
]

private let tunnels = limits.map { limits in
    do {
        return try ConnectTunnel(to: "example.com", port: 443, limits: limits)
    } catch {
        finding("the tunnel can be made", file: #fileID, line: #line)
    }
}

/// The fuzzer's entry.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 2 else { return 0 }
    var script = Script(data, count: count)
    let tunnel = tunnels[Int(script.byte() & 3)]
    let cuts = Cuts(script.byte())
    let end = negotiate(tunnel, script.rest, cuts)
    check(end.answers == 0, "nothing but the request is sent")
    guard end.outcome == .opened else { return 0 }
    let head = UnsafeRawBufferPointer(rebasing: script.rest[..<end.used])
    check(head.count >= 4 && head[head.count - 1] == 0x0A, "the tunnel begins behind a head")
    check(head.count <= 16 * 1024 * 9, "what is read has a limit")
    return 0
}
