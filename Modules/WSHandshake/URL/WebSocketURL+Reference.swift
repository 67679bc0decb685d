extension WebSocketURL {
    /// Reads a reference, such as the Location of a redirect, which may be relative to `base` (RFC 3986 §5.2).
    ///
    /// A reference without a server keeps that of `base`, its credentials included; one without a server of a
    /// Unix-domain socket stays on the socket. Dot segments of a relative reference are resolved.
    /// - Throws: ``WebSocketURLError``, as for an absolute address.
    public init(_ reference: String, relativeTo base: WebSocketURL) throws(WebSocketURLError) {
        let octets = reference.utf8.span
        let delimiter = octets.firstIndex(from: 0) { octet in
            octet == Octet.colon || octet == Octet.slash || octet == Octet.question || octet == Octet.hash
        }
        let hasScheme = delimiter < octets.count && octets[delimiter] == Octet.colon
        let hasServer = octets.count >= 2 && octets[0] == Octet.slash && octets[1] == Octet.slash
        if hasScheme {
            try self.init(reference)
        } else if hasServer {
            try self.init("\(base.scheme == .wsUnix ? Scheme.ws.rawValue : base.scheme.rawValue):\(reference)")
        } else {
            let pathEnd = octets.firstIndex(from: 0) { $0 == Octet.question || $0 == Octet.hash }
            let path = octets.text(0..<pathEnd)
            let rest = octets.text(pathEnd..<octets.count)
            try self.init(base.prefix + Self.merge(path, rest, base: base.resourceName))
        }
    }

    /// The address up to the resource name.
    private var prefix: String {
        if let unixSocketPath { return "ws+unix:\(unixSocketPath):" }
        return "\(scheme.rawValue)://\(userInfo.map { $0.encoded + "@" } ?? "")\(hostField)"
    }

    /// The target path with what follows it (RFC 3986 §5.2.2, §5.2.3).
    private static func merge(_ path: String, _ rest: String, base: String) -> String {
        let basePath = base.prefix { $0 != "?" }
        if path.isEmpty { return rest.hasPrefix("?") ? basePath + rest : base + rest }
        if path.hasPrefix("/") { return removingDotSegments(path) + rest }
        let directory = basePath[...(basePath.lastIndex(of: "/") ?? basePath.startIndex)]
        return removingDotSegments(directory + path) + rest
    }

    /// The path with `.` and `..` applied; nothing climbs above the root (RFC 3986 §5.2.4). Linear in its length.
    private static func removingDotSegments(_ path: String) -> String {
        var kept: [Substring] = []
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            switch segment {
            case ".": if isLast { kept.append("") }
            case "..":
                _ = kept.popLast()
                if isLast { kept.append("") }
            default: kept.append(segment)
            }
        }
        return "/" + kept.joined(separator: "/")
    }
}
