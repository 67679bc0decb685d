/// Reads one address into a ``WebSocketURL``.
struct WebSocketURLParser {
    let address: String

    func parse() throws(WebSocketURLError) -> WebSocketURL {
        let octets = address.utf8.span
        for index in octets.indices where octets[index] < 0x20 || octets[index] == 0x7F {
            throw invalid(.controlCharacter)
        }
        if !octets.isEmpty, octets[0] == Octet.space || octets[octets.count - 1] == Octet.space {
            throw invalid(.surroundingSpace)
        }
        let schemeEnd = try endOfScheme(octets)
        let scheme: WebSocketURL.Scheme
        switch octets.latin1(0..<schemeEnd).lowercased() {
        case "ws", "http": scheme = .ws
        case "wss", "https": scheme = .wss
        case "ws+unix": scheme = .wsUnix
        case let other: throw .unsupportedScheme(other)
        }
        let fragment = octets.firstIndex(from: schemeEnd) { $0 == Octet.hash }
        let rest = octets.extracting((schemeEnd + 1)..<fragment)
        let url = scheme == .wsUnix ? try parseUnix(rest) : try parseHierarchical(scheme, rest)
        // Last, as Node does: an address that cannot be read at all is reported as such.
        guard fragment == octets.count else { throw .fragment }
        return url
    }

    /// The error for a fault; it repeats the address with user information masked, since errors end up in logs.
    private func invalid(_ fault: WebSocketURLError.Fault) -> WebSocketURLError {
        let octets = address.utf8.span
        let slashes = octets.firstIndex(from: 0) { $0 == Octet.slash }
        let start = octets.firstIndex(from: slashes) { $0 != Octet.slash }
        let end = octets.firstIndex(from: start, where: Self.endsAuthority)
        var at: Int?
        for index in start..<end where octets[index] == Octet.at { at = index }
        guard let at else { return .invalid(address, fault) }
        let utf8 = address.utf8
        let before = utf8[..<utf8.index(utf8.startIndex, offsetBy: start)]
        let after = utf8[utf8.index(utf8.startIndex, offsetBy: at)...]
        return .invalid("\(Substring(before))***\(Substring(after))", fault)
    }

    private static func endsAuthority(_ octet: UInt8) -> Bool {
        octet == Octet.slash || octet == Octet.question || octet == Octet.hash
    }

    /// The position of the colon after `ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )` (RFC 3986 §3.1).
    private func endOfScheme(_ octets: Span<UInt8>) throws(WebSocketURLError) -> Int {
        for index in octets.indices {
            let octet = octets[index]
            if octet.isLetter { continue }
            guard index > 0 else { break }
            if octet == Octet.colon { return index }
            guard octet.decimalDigit != nil || octet == Octet.plus || octet == Octet.dash || octet == Octet.dot
            else { break }
        }
        throw invalid(.notAbsolute)
    }

    private func parseHierarchical(_ scheme: WebSocketURL.Scheme, _ rest: Span<UInt8>) throws(WebSocketURLError)
        -> WebSocketURL
    {
        guard rest.count >= 2, rest[0] == Octet.slash, rest[1] == Octet.slash else { throw invalid(.notAbsolute) }
        let authorityEnd = rest.firstIndex(from: 2, where: Self.endsAuthority)
        let at = rest.firstIndex(from: 2) { $0 == Octet.at }
        let hasUserInfo = at < authorityEnd
        let hostStart = hasUserInfo ? at + 1 : 2
        do {
            let userInfo = hasUserInfo ? try UserInfo.parse(rest.extracting(2..<at)) : nil
            let authority = try Self.parseAuthority(rest.extracting(hostStart..<authorityEnd))
            let resource = Self.resourceName(rest.extracting(authorityEnd..<rest.count))
            return WebSocketURL(scheme: scheme, authority: authority, userInfo: userInfo, resourceName: resource)
        } catch {
            throw invalid(error)
        }
    }

    private static func parseAuthority(_ octets: Span<UInt8>) throws(WebSocketURLError.Fault) -> Authority {
        // A second `@` would make everything before it user information for some readers and host for others.
        guard octets.firstIndex(from: 0, where: { $0 == Octet.at }) == octets.count else {
            throw .invalidUserInformation
        }
        let authority = try Authority(parsing: octets)
        let host = authority.host.utf8.span
        guard !authority.isIPv6 else { return authority }
        // A percent-encoded host would be decoded by some resolvers and not by others.
        guard host.firstIndex(from: 0, where: { $0 == Octet.percent }) == host.count else { throw .invalidHost }
        guard !IPv4Address.isNumeric(host) || IPv4Address(parsing: host) != nil else { throw .ambiguousIPv4Address }
        return authority
    }

    /// `ws+unix:` socket-path [ `:` resource-name ], also with an empty authority before the path.
    private func parseUnix(_ rest: Span<UInt8>) throws(WebSocketURLError) -> WebSocketURL {
        let hasAuthority = rest.count >= 2 && rest[0] == Octet.slash && rest[1] == Octet.slash
        let start = hasAuthority ? 2 : 0
        if hasAuthority, rest.count > 2, rest[2] != Octet.slash { throw invalid(.invalidSocketPath) }
        let pathEnd = rest.firstIndex(from: start) { $0 == Octet.colon }
        guard pathEnd > start else { throw .emptySocketPath }
        guard rest.firstIndex(from: start, where: { $0 == Octet.question }) >= pathEnd else {
            throw invalid(.invalidSocketPath)
        }
        let path = rest.text(start..<pathEnd)
        guard pathEnd < rest.count else { return WebSocketURL(unixSocketPath: path, resourceName: nil) }
        let resource = rest.extracting((pathEnd + 1)..<rest.count)
        guard resource.isEmpty || resource[0] == Octet.slash || resource[0] == Octet.question else {
            throw invalid(.invalidSocketPath)
        }
        return WebSocketURL(unixSocketPath: path, resourceName: Self.resourceName(resource))
    }

    /// The path, at least `/`, and the query unless it is empty (RFC 6455 §3), percent-encoded.
    private static func resourceName(_ octets: Span<UInt8>) -> String {
        let question = octets.firstIndex(from: 0) { $0 == Octet.question }
        let hasQuery = question + 1 < octets.count
        let end = hasQuery ? octets.count : question
        let encoded = PercentEncoding.encode(octets.extracting(0..<end)) { octet in
            octet.isUnreserved || octet.isSubDelimiter || octet == Octet.colon || octet == Octet.at
                || octet == Octet.slash || octet == Octet.question
        }
        return question == 0 ? "/" + encoded : encoded
    }
}
