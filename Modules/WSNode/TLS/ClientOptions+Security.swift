import WSHandshake

#if TLS
import WSTLS
package import WSTransport
#else
import WSTransport
#endif

extension ClientOptions {
    /// Secures the way to a server if its address asks for that: the one place where it is decided, whichever way the
    /// transport leads there.
    ///
    /// - Parameter connect: starts to connect, to the server of the URL or to a proxy that will lead there. Not called if
    ///   this throws.
    /// - Throws: why certificates and keys cannot be used, that this build has no TLS, or what `connect` throws.
    func secure(
        _ connect: () throws(WebSocketError) -> any Transport, to url: WebSocketURL, on loop: EventLoop
    ) throws(WebSocketError) -> any Transport {
        guard url.isSecure else { return try connect() }
        #if TLS
        return try tls.secure(connect, to: url.host, on: loop)
        #else
        throw WebSocketError("This build has no TLS: \(url.href) cannot be reached", code: "ERR_NO_CRYPTO")
        #endif
    }
}

#if TLS
extension TLSClientOptions {
    /// TLS to a host.
    ///
    /// - Parameter host: whom to expect: a name, or an IP literal without brackets.
    package func secure(
        _ connect: () throws(WebSocketError) -> any Transport, to host: String, on loop: EventLoop
    ) throws(WebSocketError) -> any Transport {
        var parameters = TLSClientParameters(host: host)
        parameters.serverName = servername
        parameters.rejectUnauthorized = rejectUnauthorized
        parameters.session = session
        parameters.onSession = onSession
        if let checkServerIdentity {
            let name = servername.flatMap { $0.isEmpty ? nil : $0 } ?? host
            parameters.checkIdentity = { certificate in
                checkServerIdentity(name, certificate).map {
                    TLSError(code: $0.code ?? "ERR_TLS_CERT_ALTNAME_INVALID", reason: $0.message)
                }
            }
        }
        let filter: TLSFilter
        do throws(TLSError) {
            filter = try TLSFilter(client: loop.tls.context(for: configuration), parameters)
        } catch {
            throw WebSocketError(error)
        }
        return TLSTransport(connecting: try connect(), filter: filter, on: loop)
    }
}

extension WebSocketError {
    /// Certificates, keys or other options of TLS that cannot be used.
    init(_ error: TLSError) {
        self.init(error.reason, code: error.code)
    }
}
#endif
