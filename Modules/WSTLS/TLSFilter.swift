internal import COpenSSL

/// TLS for one connection, without I/O: ciphertext in, plaintext out, and back.
///
/// - *Facts from the network*: ``receive(_:into:capacity:)`` and ``receiveEnd()``. They never throw: what is wrong ends
///   the connection, as ``ending`` tells, and it stays ended.
/// - *Wishes of the application*: ``start()``, ``send(_:_:)``, ``close()``.
/// - *Outputs*: ``withNextOutput(_:)`` gives the ciphertext to write. To be asked for after each of the calls above, also
///   after a failure, as that is when the peer is told the reason.
/// - *Getters*: ``isEstablished`` and what was agreed.
///
/// No byte of the application passes in either direction before the handshake is complete and the peer has proved to be
/// who it should be.
@safe public final class TLSFilter {
    /// How a connection has ended.
    public enum Ending: Sendable, Equatable {
        /// The peer has said so, with close_notify: nothing is missing. We may still send.
        case closed
        /// Something went wrong.
        case failed(TLSError)
    }

    let ssl: OpaquePointer
    let wire: UnsafeMutablePointer<TLSWire>
    let isClient: Bool

    /// Whether the handshake is complete, and the peer accepted.
    public internal(set) var isEstablished = false

    /// How it ended; nil while more may come.
    public internal(set) var ending: Ending?

    /// Why the peer could not prove who it is, where that is put up with.
    public internal(set) var authorizationError: TLSError?

    /// Ciphertext that arrived while there was no room for what is in it.
    var leftOver = TLSBuffer()
    var hasSentClose = false
    /// Whether the memory of the output is somebody else's.
    var isBorrowing = false

    /// What matters during the handshake only.
    var handshake: Handshake?

    /// What matters during the handshake only, apart so that it can go.
    final class Handshake {
        var name: TLSPeerName?
        var rejectUnauthorized = true
        var checkIdentity: ((TLSCertificate) -> TLSError?)?
        var selectContext: ((String) -> TLSContext?)?
        var verificationError: TLSError?
    }

    var onSession: ((TLSSession) -> Void)?

    /// The end of a connection that was made.
    ///
    /// - Throws: for a host that no certificate can be for, or a session that is none.
    public convenience init(client context: TLSContext, _ parameters: TLSClientParameters) throws(TLSError) {
        try self.init(context, isClient: true)
        let handshake = Handshake()
        self.handshake = handshake
        handshake.rejectUnauthorized = parameters.rejectUnauthorized
        handshake.checkIdentity = parameters.checkIdentity
        onSession = parameters.onSession

        // As in Node, who is asked for by another name is judged by that name.
        let serverName = parameters.serverName ?? TLSPeerName(parameters.host).serverName ?? ""
        let name = TLSPeerName(serverName.isEmpty ? parameters.host : serverName)
        handshake.name = name
        if parameters.rejectUnauthorized, parameters.checkIdentity == nil {
            guard let requirements = unsafe SSL_get0_param(ssl) else { throw TLSError.outOfMemory }
            try unsafe name.require(of: requirements)
        }
        unsafe SSL_set_verify(ssl, SSL_VERIFY_PEER, nil)
        if !serverName.isEmpty, let asked = TLSPeerName(serverName).serverName {
            guard unsafe cssl_set_server_name(ssl, asked) == 1 else {
                ERR_clear_error()
                throw .invalidName(asked)
            }
        }
        unsafe SSL_set_alpn_protos(ssl, Self.protocols, UInt32(Self.protocols.count))
        if let session = parameters.session { try resume(session) }
    }

    /// The end of a connection that was accepted.
    public convenience init(server context: TLSContext, _ parameters: TLSServerParameters = .init()) throws(TLSError) {
        try self.init(context, isClient: false)
        let handshake = Handshake()
        self.handshake = handshake
        handshake.rejectUnauthorized = parameters.rejectUnauthorized
        handshake.selectContext = parameters.selectContext
        if parameters.requestCert {
            let required = parameters.rejectUnauthorized ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0
            unsafe SSL_set_verify(ssl, SSL_VERIFY_PEER | required, nil)
        }
    }

    private init(_ context: TLSContext, isClient: Bool) throws(TLSError) {
        ERR_clear_error()
        guard let ssl = unsafe SSL_new(context.pointer) else { throw TLSError.queued(or: .outOfMemory) }
        let wire = unsafe TLSWire.make()
        unsafe self.ssl = ssl
        unsafe self.wire = unsafe wire
        self.isClient = isClient
        guard let bio = unsafe TLSWire.makeBIO(over: wire) else { throw TLSError.queued(or: .outOfMemory) }
        // The one BIO is read and written, and belongs to the connection from now on.
        unsafe SSL_set_bio(ssl, bio, bio)
        unsafe SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(self).toOpaque())
        if isClient { unsafe SSL_set_connect_state(ssl) } else { unsafe SSL_set_accept_state(ssl) }
    }

    deinit {
        unsafe SSL_free(ssl)
        unsafe wire.deinitialize(count: 1)
        unsafe wire.deallocate()
    }

    private func resume(_ session: TLSSession) throws(TLSError) {
        let resumed = unsafe session.bytes.withUnsafeBufferPointer { bytes in
            var next = bytes.baseAddress
            return unsafe d2i_SSL_SESSION(nil, &next, bytes.count)
        }
        guard let resumed = unsafe resumed else {
            ERR_clear_error()
            throw TLSError(code: "ERR_TLS_INVALID_STATE", reason: "the session to resume is none")
        }
        // One that cannot be resumed any more is left aside: there is a full handshake then.
        if unsafe SSL_set_session(ssl, resumed) != 1 { ERR_clear_error() }
        unsafe SSL_SESSION_free(resumed)
    }

    /// The only protocol we speak, as ALPN lists it (RFC 7301 §3.1).
    static let protocols: [UInt8] = [8] + Array("http/1.1".utf8)
}
