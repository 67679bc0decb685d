internal import COpenSSL

/// Whom a client means to talk to, as a certificate names it.
enum TLSPeerName: Sendable, Hashable {
    /// An IPv4 or IPv6 literal, without brackets and zone.
    case address(String)
    /// A host name, without a dot at its end.
    case host(String)

    init(_ text: String) {
        let literal = String(text.prefix { $0 != "%" })
        if let address = unsafe a2i_IPADDRESS(literal) {
            unsafe ASN1_OCTET_STRING_free(address)
            self = .address(literal)
        } else {
            ERR_clear_error()
            self = .host(text.hasSuffix(".") ? String(text.dropLast()) : text)
        }
    }

    /// What to ask for by SNI: names only (RFC 6066 §3).
    var serverName: String? {
        switch self {
        case .address: nil
        case .host(let name): name
        }
    }

    /// Has a certificate checked for the name: against its alternative names only, with wildcards for whole labels only
    /// (RFC 6125 §6.4.3, §6.4.4).
    ///
    /// - Throws: if that cannot be arranged, so that nobody goes unchecked.
    func require(of parameters: OpaquePointer) throws(TLSError) {
        unsafe X509_VERIFY_PARAM_set_hostflags(
            parameters, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT))
        let isSet =
            switch self {
            case .address(let literal): unsafe X509_VERIFY_PARAM_set1_ip_asc(parameters, literal)
            case .host(let name): unsafe X509_VERIFY_PARAM_set1_host(parameters, name, name.utf8.count)
            }
        guard isSet == 1, self != .host("") else {
            ERR_clear_error()
            throw .invalidName(text)
        }
    }

    /// Whether a certificate has the name, by the same rules.
    func isName(of certificate: OpaquePointer) -> Bool {
        let flags = UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT)
        return switch self {
        case .address(let literal): unsafe X509_check_ip_asc(certificate, literal, flags) == 1
        case .host(""): false
        case .host(let name): unsafe X509_check_host(certificate, name, name.utf8.count, flags, nil) == 1
        }
    }

    var text: String {
        switch self {
        case .address(let literal): literal
        case .host(let name): name
        }
    }
}
