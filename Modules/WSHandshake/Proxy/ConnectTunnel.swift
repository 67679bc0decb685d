/// A tunnel through an HTTP proxy (RFC 9110 §9.3.6): one CONNECT out, one answer in.
///
/// Any 2xx opens the tunnel right behind its head, whatever fields that has; any other status fails. Nothing but the request
/// is ever sent before that, so the proxy never sees what is meant for the destination.
public struct ConnectTunnel: ProxyNegotiation {
    /// The request.
    public let request: RequestHead
    /// The octets of ``request``.
    public let opening: [UInt8]

    private let limits: HeadLimits
    private var parser: ResponseHeadParser
    private var interimResponses = 0
    private var outcome = ProxyOutcome.needsMoreBytes

    /// A tunnel to a destination.
    ///
    /// - Parameters:
    ///   - host: A name, which the proxy looks up, or an IP literal without brackets.
    ///   - userInfo: Credentials for the proxy, sent at first (RFC 9110 §11.7.2).
    /// - Throws: ``ProxyError/invalidCredentials``; ``ProxyError/invalidAddress(_:)`` for a host that cannot stand in a request.
    public init(
        to host: String, port: UInt16, userInfo: UserInfo? = nil, limits: HeadLimits = .standard
    ) throws(ProxyError) {
        let literal = host.utf8.contains(Octet.colon) ? "[\(host)]" : host
        let authority = "\(literal):\(port)"
        var fields = HeaderFields()
        do {
            try fields.append(name: "Host", value: authority)
            if let userInfo {
                let credentials = Base64.encode("\(userInfo.user):\(userInfo.password)".utf8.span)
                try fields.append(name: "Proxy-Authorization", value: "Basic \(credentials)")
            }
            request = RequestHead(method: "CONNECT", target: authority, fields: fields)
            opening = try request.serialized()
        } catch {
            throw .invalidAddress(authority)
        }
        self.limits = limits
        parser = ResponseHeadParser(limits: limits)
    }

    /// Takes the next piece of the proxy's answer; see ``ProxyNegotiation``.
    public mutating func receive(_ bytes: RawSpan, consumed: inout Int) -> ProxyOutcome {
        consumed = 0
        guard outcome == .needsMoreBytes else { return outcome }
        while true {
            let head: ResponseHead
            do throws(HeadError) {
                var used = 0
                defer { consumed += used }
                let rest = bytes.extracting(consumed..<bytes.byteCount)
                guard let next = try parser.receive(rest, consumed: &used) else { return .needsMoreBytes }
                head = next
            } catch {
                return finish(.failed(.head(error)))
            }
            switch head.status {
            case 200..<300: return finish(.opened)
            case 100..<200 where head.status != 101:
                interimResponses += 1
                guard interimResponses <= limits.maxInterimResponses else {
                    return finish(.failed(.tooManyInterimResponses(limit: limits.maxInterimResponses)))
                }
            default: return finish(.failed(.refused(status: head.status, reason: head.reason)))
            }
        }
    }

    private mutating func finish(_ outcome: ProxyOutcome) -> ProxyOutcome {
        self.outcome = outcome
        return outcome
    }
}
