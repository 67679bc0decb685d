/// A connection through a SOCKS 5 proxy (RFC 1928), with a user and a password where there are some (RFC 1929).
///
/// ```
/// opening      05 n methods              ──▶
///                                        ◀── 05 method
/// with 02      01 ulen user plen pass    ──▶
///                                        ◀── 01 status
/// request      05 01 00 type host port   ──▶
///                                        ◀── 05 code 00 type host port
/// ```
///
/// GSSAPI, which RFC 1928 wants too, is not offered.
public struct SocksNegotiation: ProxyNegotiation {
    private enum Phase {
        case method
        case credentials
        case reply
        case over(ProxyOutcome)
    }

    /// The greeting: which ways to authenticate there are.
    public let opening: [UInt8]

    private let credentials: [UInt8]?
    private let request: [UInt8]
    private var phase = Phase.method
    /// What has arrived of the current answer, at most 262 bytes.
    private var answer: [UInt8] = []

    /// A connection to a destination.
    ///
    /// - Parameters:
    ///   - host: A name, which the proxy looks up, or an IP literal without brackets.
    ///   - userInfo: Credentials for the proxy.
    /// - Throws: ``ProxyError/credentialsLength`` or ``ProxyError/hostLength(byteCount:)`` for what has no place in its field.
    public init(to host: String, port: UInt16, userInfo: UserInfo? = nil) throws(ProxyError) {
        if let userInfo {
            let (user, password) = (Array(userInfo.user.utf8), Array(userInfo.password.utf8))
            guard let userLength = UInt8(exactly: user.count), let passwordLength = UInt8(exactly: password.count),
                userLength > 0, passwordLength > 0
            else { throw .credentialsLength }
            credentials = [1, userLength] + user + [passwordLength] + password
            opening = [5, 2, 0, 2]
        } else {
            credentials = nil
            opening = [5, 1, 0]
        }
        let name = host.utf8.span
        let address: [UInt8]
        if let octets = IPv4Address(parsing: name)?.octets {
            address = [1] + octets
        } else if let octets = IPv6Address(parsing: name)?.octets {
            address = [4] + octets
        } else {
            guard let length = UInt8(exactly: name.count), length > 0 else { throw .hostLength(byteCount: name.count) }
            address = [3, length] + Array(host.utf8)
        }
        request = [5, 1, 0] + address + [UInt8(port >> 8), UInt8(truncatingIfNeeded: port)]
    }

    /// Takes the next piece of the proxy's answers; see ``ProxyNegotiation``.
    public mutating func receive(_ bytes: RawSpan, consumed: inout Int) -> ProxyOutcome {
        let octets = unsafe bytes._unsafeView(as: UInt8.self)
        consumed = 0
        while true {
            if case .over(let outcome) = phase { return outcome }
            if let outcome = judge() { return outcome }
            guard consumed < octets.count else { return .needsMoreBytes }
            answer.append(octets[consumed])
            consumed += 1
        }
    }

    /// What follows from the answer so far; nil while it goes on. A fault is seen at the first byte that shows it.
    private mutating func judge() -> ProxyOutcome? {
        guard let version = answer.first else { return nil }
        switch phase {
        case .method:
            guard version == 5 else { return fail(.socksVersion(version)) }
            guard answer.count == 2 else { return nil }
            switch answer[1] {
            case 0: return goOn(to: .reply, sending: request)
            case 2:
                guard let credentials else { return fail(.methodNotOffered(2)) }
                return goOn(to: .credentials, sending: credentials)
            case 0xFF: return fail(.noAcceptableMethod)
            case let method: return fail(.methodNotOffered(method))
            }
        case .credentials:
            // The version is that of the sub-negotiation.
            guard version == 1 else { return fail(.socksVersion(version)) }
            guard answer.count == 2 else { return nil }
            guard answer[1] == 0 else { return fail(.socksCredentialsRefused) }
            return goOn(to: .reply, sending: request)
        case .reply:
            guard version == 5 else { return fail(.socksVersion(version)) }
            guard answer.count >= 2 else { return nil }
            guard answer[1] == 0 else { return fail(.socksRefused(code: answer[1])) }
            guard answer.count >= 5 else { return nil }
            let length: Int
            switch answer[3] {
            case 1: length = 4 + 4 + 2
            case 3: length = 4 + 1 + Int(answer[4]) + 2
            case 4: length = 4 + 16 + 2
            case let type: return fail(.socksAddressType(type))
            }
            guard answer.count == length else { return nil }
            return finish(.opened)
        case .over(let outcome): return outcome
        }
    }

    private mutating func goOn(to next: Phase, sending bytes: [UInt8]) -> ProxyOutcome {
        phase = next
        answer = []
        return .send(bytes)
    }

    private mutating func fail(_ error: ProxyError) -> ProxyOutcome { finish(.failed(error)) }

    private mutating func finish(_ outcome: ProxyOutcome) -> ProxyOutcome {
        phase = .over(outcome)
        answer = []
        return outcome
    }
}
