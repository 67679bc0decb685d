internal import COpenSSL

/// Why TLS failed: Node's code where it has one, and one line that names the cause.
///
/// Neither holds a secret, and what came from the peer is escaped in it.
public struct TLSError: Error, Sendable, Hashable, CustomStringConvertible {
    /// `CERT_HAS_EXPIRED` and the like for a certificate, `ERR_TLS_CERT_ALTNAME_INVALID` for one of somebody else,
    /// `ERR_SSL_…` for what the protocol met, `ERR_OSSL_…` for unusable keys and certificates of our own.
    public let code: String

    /// What happened.
    public let reason: String

    /// An error.
    public init(code: String, reason: String) {
        self.code = code
        self.reason = reason
    }

    /// The reason.
    public var description: String { reason }
}

extension TLSError {
    static let outOfMemory = TLSError(code: "ERR_OSSL_MALLOC_FAILURE", reason: "OpenSSL is out of memory")

    /// A passphrase that does not fit, as OpenSSL names it where it can tell.
    static let badDecrypt = TLSError(code: "ERR_OSSL_BAD_DECRYPT", reason: "bad decrypt")

    /// The stream has ended without close_notify, so that anything may be missing (RFC 8446 §6.1).
    public static let truncated = TLSError(
        code: "ERR_SSL_UNEXPECTED_EOF_WHILE_READING",
        reason: "the TLS stream was cut off: it ended without close_notify")

    /// The stream has ended too early, in Node's words.
    public static let endedDuringHandshake = TLSError(
        code: "ECONNRESET",
        reason: "Client network socket disconnected before secure TLS connection was established")

    /// The name cannot be checked, so nobody can be trusted to have it.
    static func invalidName(_ name: String) -> TLSError {
        TLSError(code: "ERR_TLS_CERT_ALTNAME_INVALID", reason: "\(escaped(name)) is no name a certificate could have")
    }

    static func unreadable(_ path: String) -> TLSError {
        // The reason of a system call, which is what opening and reading a file is, is its error number.
        let code = ERR_peek_error()
        let isMissing = ERR_GET_REASON(code) == ENOENT
        let error = TLSError(
            code: isMissing ? "ENOENT" : "EIO",
            reason: "\(escaped(path)): \(isMissing ? "no such file" : "cannot be read")")
        ERR_clear_error()
        return error
    }

    /// With control characters written out.
    static func escaped(_ text: String) -> String {
        var line = ""
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            line += isControl ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }
        return line
    }
}

// MARK: OpenSSL's queue of errors

extension TLSError {
    /// The first error of this thread's queue, which is emptied: what follows the first only says where it led.
    static func queued(or other: TLSError) -> TLSError {
        let code = ERR_get_error()
        defer { ERR_clear_error() }
        return code == 0 ? other : TLSError(queued: code)
    }

    private init(queued code: UInt) {
        let number = ERR_GET_LIB(code)
        let text = unsafe ERR_reason_error_string(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        let name = String(
            text.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : Character("_") })
        guard number == ERR_LIB_SSL else {
            let library = Self.libraries[number].map { "\($0)_" } ?? ""
            self.init(code: "ERR_OSSL_\(library)\(name)", reason: Self.explanation(of: code) ?? text)
            return
        }
        self.init(code: "ERR_SSL_\(name)", reason: Self.explanation(of: code) ?? text)
    }

    /// The names Node puts into its codes.
    private static let libraries: [Int32: String] = [
        ERR_LIB_RSA: "RSA", ERR_LIB_EVP: "EVP", ERR_LIB_PEM: "PEM", ERR_LIB_X509: "X509", ERR_LIB_ASN1: "ASN1",
        ERR_LIB_EC: "EC", ERR_LIB_PKCS12: "PKCS12", ERR_LIB_X509V3: "X509V3", ERR_LIB_BIO: "BIO",
        ERR_LIB_CRYPTO: "CRYPTO",
    ]

    /// What OpenSSL's words mean, where they do not name the cause.
    private static func explanation(of code: UInt) -> String? {
        let reason = ERR_GET_REASON(code)
        switch ERR_GET_LIB(code) {
        case ERR_LIB_SSL:
            switch reason {
            case SSL_R_WRONG_VERSION_NUMBER: return "wrong version number: the peer does not seem to speak TLS"
            case SSL_R_HTTP_REQUEST: return "http request: the peer does not speak TLS"
            case SSL_R_NO_PROTOCOLS_AVAILABLE: return "no protocols available: maxVersion is below minVersion"
            case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: return "the client has presented no certificate"
            case alertBase...(alertBase + 255): return alerts[reason - alertBase].map { "the peer refused: \($0)" }
            default: return nil
            }
        case ERR_LIB_PEM: return reason == PEM_R_NO_START_LINE ? "neither PEM nor DER" : nil
        // It had to ask for a passphrase.
        case ERR_LIB_CRYPTO:
            return reason == CSSL_INTERRUPTED ? "the key is encrypted, and no passphrase was given" : nil
        default: return nil
        }
    }

    /// An alert of the peer is reported as this number and its own (RFC 8446 §6).
    private static let alertBase: Int32 = 1000

    private static let alerts: [Int32: String] = [
        10: "unexpected message", 20: "bad record MAC", 22: "record overflow", 40: "handshake failure",
        42: "bad certificate", 43: "unsupported certificate", 44: "certificate revoked", 45: "certificate expired",
        46: "certificate unknown", 47: "illegal parameter", 48: "unknown CA", 49: "access denied", 50: "decode error",
        51: "decrypt error", 70: "protocol version", 71: "insufficient security", 80: "internal error",
        86: "inappropriate fallback", 90: "user cancelled", 100: "no renegotiation", 109: "missing extension",
        110: "unsupported extension", 112: "unrecognized name", 116: "certificate required",
        120: "no application protocol",
    ]
}
