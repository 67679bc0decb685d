internal import COpenSSL

extension TLSError {
    /// What was found wrong with a certificate: the code Node gives it, and OpenSSL's words, which are Node's too.
    init(verification result: Int) {
        let text = unsafe String(cString: X509_verify_cert_error_string(result))
        self.init(code: Self.verificationCodes[Int32(clamping: result)] ?? "UNSPECIFIED", reason: text)
    }

    private static let verificationCodes: [Int32: String] = [
        X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT: "UNABLE_TO_GET_ISSUER_CERT",
        X509_V_ERR_UNABLE_TO_GET_CRL: "UNABLE_TO_GET_CRL",
        X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE: "UNABLE_TO_DECRYPT_CERT_SIGNATURE",
        X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE: "UNABLE_TO_DECRYPT_CRL_SIGNATURE",
        X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
        X509_V_ERR_CERT_SIGNATURE_FAILURE: "CERT_SIGNATURE_FAILURE",
        X509_V_ERR_CRL_SIGNATURE_FAILURE: "CRL_SIGNATURE_FAILURE",
        X509_V_ERR_CERT_NOT_YET_VALID: "CERT_NOT_YET_VALID",
        X509_V_ERR_CERT_HAS_EXPIRED: "CERT_HAS_EXPIRED",
        X509_V_ERR_CRL_NOT_YET_VALID: "CRL_NOT_YET_VALID",
        X509_V_ERR_CRL_HAS_EXPIRED: "CRL_HAS_EXPIRED",
        X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD: "ERROR_IN_CERT_NOT_BEFORE_FIELD",
        X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD: "ERROR_IN_CERT_NOT_AFTER_FIELD",
        X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD: "ERROR_IN_CRL_LAST_UPDATE_FIELD",
        X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD: "ERROR_IN_CRL_NEXT_UPDATE_FIELD",
        X509_V_ERR_OUT_OF_MEM: "OUT_OF_MEM",
        X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: "DEPTH_ZERO_SELF_SIGNED_CERT",
        X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN: "SELF_SIGNED_CERT_IN_CHAIN",
        X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
        X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        X509_V_ERR_CERT_CHAIN_TOO_LONG: "CERT_CHAIN_TOO_LONG",
        X509_V_ERR_CERT_REVOKED: "CERT_REVOKED",
        X509_V_ERR_INVALID_CA: "INVALID_CA",
        X509_V_ERR_PATH_LENGTH_EXCEEDED: "PATH_LENGTH_EXCEEDED",
        X509_V_ERR_INVALID_PURPOSE: "INVALID_PURPOSE",
        X509_V_ERR_CERT_UNTRUSTED: "CERT_UNTRUSTED",
        X509_V_ERR_CERT_REJECTED: "CERT_REJECTED",
        X509_V_ERR_HOSTNAME_MISMATCH: "ERR_TLS_CERT_ALTNAME_INVALID",
        X509_V_ERR_IP_ADDRESS_MISMATCH: "ERR_TLS_CERT_ALTNAME_INVALID",
    ]

    /// The certificate is somebody else's, in Node's words.
    init(_ certificate: TLSCertificate, isNotOf name: TLSPeerName) {
        let names = certificate.subjectAltNames
        let found = names.prefix(8).map(\.description).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
        let finding =
            switch name {
            case .address(let literal): "IP: \(literal) is not in the cert's list: \(found)"
            case .host where names.isEmpty: "Cert does not contain a DNS name"
            case .host(let host): "Host: \(host). is not in the cert's altnames: \(found)"
            }
        self.init(
            code: "ERR_TLS_CERT_ALTNAME_INVALID",
            reason: "Hostname/IP does not match certificate's altnames: \(finding)")
    }
}
