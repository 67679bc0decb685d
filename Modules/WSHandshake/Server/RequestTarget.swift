/// What an upgrade request asks for: the origin form, or the absolute form with a server of its own (RFC 9112 §3.2).
struct RequestTarget {
    /// The path and the query as they were written.
    let resourceName: String
    /// The host and port of the absolute form, which replace the Host field (RFC 9112 §3.2.2).
    let authority: String?

    /// Nil for the asterisk and authority forms, which name no resource, and for anything malformed.
    init?(parsing target: String) {
        let octets = target.utf8.span
        if !octets.isEmpty, octets[0] == Octet.slash {
            resourceName = target
            authority = nil
            return
        }
        let colon = octets.firstIndex(from: 0) { $0 == Octet.colon }
        let scheme = octets.extracting(0..<colon)
        let start = colon + 3
        guard scheme.isEqualIgnoringCase(to: "http") || scheme.isEqualIgnoringCase(to: "https"),
            start < octets.count, octets[colon + 1] == Octet.slash, octets[colon + 2] == Octet.slash
        else { return nil }
        let end = octets.firstIndex(from: start) { $0 == Octet.slash || $0 == Octet.question }
        guard (try? Authority(parsing: octets.extracting(start..<end))) != nil else { return nil }
        authority = octets.latin1(start..<end)
        let rest = octets.latin1(end..<octets.count)
        resourceName = end < octets.count && octets[end] == Octet.slash ? rest : "/" + rest
    }
}
