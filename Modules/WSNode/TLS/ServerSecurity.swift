package import WSTransport

#if TLS
import WSTLS
#endif

/// How a server secures the connections it accepts: the certificates of today, which may be others tomorrow.
package final class ServerSecurity {
    #if TLS
    private var context: TLSContext
    private var parameters = TLSServerParameters()

    /// Nil for a server in the clear.
    ///
    /// - Throws: why the certificate or the key cannot be used.
    convenience init?(_ options: ServerOptions) throws(WebSocketError) {
        guard let options = options.tls else { return nil }
        try self.init(options)
    }

    package init(_ options: TLSServerOptions) throws(WebSocketError) {
        context = try Self.makeContext(options.configuration)
        parameters.requestCert = options.requestCert
        parameters.rejectUnauthorized = options.rejectUnauthorized
        parameters.selectContext = options.SNICallback
    }

    /// Replaces the certificate and what else is loaded. Connections there are keep what they have.
    func reload(_ configuration: TLSConfiguration) throws(WebSocketError) {
        context = try Self.makeContext(configuration)
    }

    private static func makeContext(_ configuration: TLSConfiguration) throws(WebSocketError) -> TLSContext {
        let context: TLSContext
        do throws(TLSError) {
            context = try TLSContext(configuration)
        } catch {
            throw WebSocketError(error)
        }
        guard context.hasCertificate else {
            throw WebSocketError("A server with TLS needs a certificate and its key", name: .type)
        }
        return context
    }

    private func secure(_ transport: any Transport, on loop: EventLoop) -> (any Transport)? {
        guard let filter = try? TLSFilter(server: context, parameters) else { return nil }
        return TLSTransport(accepted: transport, filter: filter, on: loop)
    }
    #else
    init?(_ options: ServerOptions) throws(WebSocketError) { return nil }

    private func secure(_ transport: any Transport, on loop: EventLoop) -> (any Transport)? { nil }
    #endif

    /// Secures what a listener has accepted, if the server does that; nil if it cannot be, for lack of memory, and is closed.
    package static func secure(
        _ transport: any Transport, by security: ServerSecurity?, on loop: EventLoop
    ) -> (any Transport)? {
        guard let security else { return transport }
        if let secured = security.secure(transport, on: loop) { return secured }
        transport.close()
        return nil
    }
}
