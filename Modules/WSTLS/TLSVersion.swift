internal import COpenSSL

/// A version of the protocol, with Node's name as raw value. None before TLS 1.2 is ever spoken; the old names are here
/// since an option may hold them.
public enum TLSVersion: String, Sendable, Hashable, CaseIterable, Comparable {
    /// TLS 1.0 (1999).
    case tls10 = "TLSv1"
    /// TLS 1.1 (2006).
    case tls11 = "TLSv1.1"
    /// TLS 1.2 (RFC 5246).
    case tls12 = "TLSv1.2"
    /// TLS 1.3 (RFC 8446).
    case tls13 = "TLSv1.3"

    var number: Int32 {
        switch self {
        case .tls10: TLS1_VERSION
        case .tls11: TLS1_1_VERSION
        case .tls12: TLS1_2_VERSION
        case .tls13: TLS1_3_VERSION
        }
    }

    /// Older before newer.
    public static func < (left: TLSVersion, right: TLSVersion) -> Bool { left.number < right.number }
}
