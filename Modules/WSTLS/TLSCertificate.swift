internal import COpenSSL

/// A certificate of a peer, read for the application: what Node's `getPeerCertificate` tells. Text that came from the
/// peer is escaped.
public struct TLSCertificate: Sendable, Hashable {
    /// One of the names a certificate is for.
    public enum AlternativeName: Sendable, Hashable, CustomStringConvertible {
        /// A host name, perhaps with a wildcard.
        case dns(String)
        /// An address literal.
        case address(String)
        /// Of a kind that is no use here, such as an e-mail address.
        case other

        /// As Node writes it: `DNS:example.com`, `IP Address:192.0.2.1`.
        public var description: String {
            switch self {
            case .dns(let name): "DNS:\(name)"
            case .address(let literal): "IP Address:\(literal)"
            case .other: "other"
            }
        }
    }

    /// Whose it is: `CN=example.com,O=Example` (RFC 2253).
    public let subject: String
    /// Who signed it.
    public let issuer: String
    /// The names it is for.
    public let subjectAltNames: [AlternativeName]
    /// From when it is valid, in UTC: `20260101000000Z`.
    public let validFrom: String
    /// Until when it is valid, in UTC.
    public let validTo: String
    /// The SHA-256 digest of ``raw``.
    public let fingerprint256: [UInt8]
    /// The certificate as DER.
    public let raw: [UInt8]

    init(_ certificate: OpaquePointer) {
        subject = unsafe Self.text(of: X509_get_subject_name(certificate))
        issuer = unsafe Self.text(of: X509_get_issuer_name(certificate))
        subjectAltNames = unsafe Self.alternativeNames(of: certificate)
        validFrom = unsafe Self.text(of: X509_get0_notBefore(certificate))
        validTo = unsafe Self.text(of: X509_get0_notAfter(certificate))
        raw = unsafe Self.encoded(certificate)
        fingerprint256 = unsafe [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { bytes, count in
            var length: UInt32 = 0
            let isDone = unsafe X509_digest(certificate, EVP_sha256(), bytes.baseAddress, &length)
            count = isDone == 1 ? Int(length) : 0
        }
        ERR_clear_error()
    }

    private static func text(of name: OpaquePointer?) -> String {
        guard let name = unsafe name, let writer = unsafe BIO_new(BIO_s_mem()) else { return "" }
        defer { unsafe BIO_free(writer) }
        // This form escapes what is not printable ASCII.
        guard unsafe X509_NAME_print_ex(writer, name, 0, CSSL_NAME_FLAGS) >= 0 else { return "" }
        var start: UnsafeMutablePointer<CChar>?
        let count = unsafe cssl_memory(writer, &start)
        guard let start = unsafe start, count > 0 else { return "" }
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: count)
        return unsafe TLSError.escaped(String(decoding: bytes, as: UTF8.self))
    }

    private static func text(of time: UnsafePointer<ASN1_TIME>?) -> String {
        guard let time = unsafe time, let general = unsafe ASN1_TIME_to_generalizedtime(time, nil) else { return "" }
        defer { unsafe ASN1_GENERALIZEDTIME_free(general) }
        return unsafe TLSError.escaped(text(of: general))
    }

    /// The bytes of an ASN.1 string, up to a length no name reaches.
    private static func text(of string: UnsafeMutablePointer<ASN1_STRING>?) -> String {
        let count = unsafe min(Int(ASN1_STRING_length(string)), 256)
        guard let bytes = unsafe ASN1_STRING_get0_data(string), count > 0 else { return "" }
        return unsafe String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    private static func alternativeNames(of certificate: OpaquePointer) -> [AlternativeName] {
        guard let found = unsafe X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else { return [] }
        let names = OpaquePointer(found)
        defer { unsafe GENERAL_NAMES_free(names) }
        return (0..<max(0, unsafe cssl_name_count(names))).map { index in
            guard let name = unsafe cssl_name(names, index) else { return .other }
            switch unsafe name.pointee.type {
            case GEN_DNS: return .dns(TLSError.escaped(unsafe text(of: name.pointee.d.dNSName)))
            case GEN_IPADD: return unsafe address(name.pointee.d.iPAddress)
            default: return .other
            }
        }
    }

    private static func address(_ octets: UnsafeMutablePointer<ASN1_OCTET_STRING>?) -> AlternativeName {
        let count = unsafe Int(ASN1_STRING_length(octets))
        guard let bytes = unsafe ASN1_STRING_get0_data(octets) else { return .other }
        switch count {
        case 4: return .address((0..<4).map { unsafe String(bytes[$0]) }.joined(separator: "."))
        case 16:
            let groups = (0..<8).map { unsafe UInt16(bytes[2 * $0]) << 8 | UInt16(bytes[2 * $0 + 1]) }
            return .address(groups.map { String($0, radix: 16) }.joined(separator: ":"))
        default: return .other
        }
    }

    private static func encoded(_ certificate: OpaquePointer) -> [UInt8] {
        let count = unsafe i2d_X509(certificate, nil)
        guard count > 0 else { return [] }
        return unsafe [UInt8](unsafeUninitializedCapacity: Int(count)) { bytes, written in
            var next = bytes.baseAddress
            written = max(0, Int(unsafe i2d_X509(certificate, &next)))
        }
    }
}
