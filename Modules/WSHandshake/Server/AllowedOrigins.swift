/// The sites whose scripts may connect (RFC 6455 §10.2).
///
/// A browser sends its cookies to any server a script names; only the origin tells whose script it was. So a server that
/// trusts cookies needs this list. A client that is no browser can claim any origin (§10.1): the list replaces no
/// authentication.
public struct AllowedOrigins: Sendable, Equatable {
    /// Whether a request without an origin passes; it comes from something that is no browser.
    public var allowsMissing: Bool
    private let origins: Set<String>

    /// A list of origins as browsers write them: scheme, host, and the port unless it is the scheme's default, such as
    /// `https://example.com`.
    ///
    /// Every part counts, nothing is a pattern, and letter case is ignored. `null`, which sandboxed documents and local
    /// files send, passes only when it is on the list; anybody can make a browser send it.
    public init(_ origins: [String], allowsMissing: Bool = true) {
        self.origins = Set(origins.map(Self.folded))
        self.allowsMissing = allowsMissing
    }

    /// Whether a request with this origin may connect; refuse it with ``HandshakeRefusal/Reason/origin(_:)`` otherwise.
    public func allows(_ origin: String?) -> Bool {
        guard let origin else { return allowsMissing }
        return origins.contains(Self.folded(origin))
    }

    /// ASCII letters in lower case, everything else as it is: no other character may turn into one of the list's.
    private static func folded(_ origin: String) -> String {
        String(decoding: origin.utf8.map(\.lowercased), as: UTF8.self)
    }
}
