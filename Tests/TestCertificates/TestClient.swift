import COpenSSL

/// A client's end of TLS with OpenSSL alone, for what a well-behaved one does not do.
public final class TestClient {
    private let context: OpaquePointer
    private let ssl: OpaquePointer

    /// A client that believes anybody.
    public init() {
        context = SSL_CTX_new(TLS_method())!
        ssl = SSL_new(context)!
        SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()))
        SSL_set_connect_state(ssl)
    }

    deinit {
        SSL_free(ssl)
        SSL_CTX_free(context)
    }

    /// Goes on with the handshake, with what the server has sent. Whether it is complete.
    public func shakeHands(_ received: [UInt8]) -> Bool {
        BIO_write(SSL_get_rbio(ssl), received, Int32(received.count))
        return SSL_do_handshake(ssl) == 1
    }

    /// Asks the server for new keys, again and again (RFC 8446 §4.6.3).
    public func askForKeys(times count: Int) {
        for _ in 0..<count {
            SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED)
            SSL_do_handshake(ssl)
        }
    }

    /// What is to be sent.
    public func takeOutput() -> [UInt8] {
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        while case let count = BIO_read(SSL_get_wbio(ssl), &chunk, Int32(chunk.count)), count > 0 {
            output += chunk[..<Int(count)]
        }
        return output
    }
}
