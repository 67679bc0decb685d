import WSConnection
import WSHandshake

/// What a server answers to an offer, and what it means.
struct NegotiatedCompression {
    let answer: ExtensionOffer
    let terms: any CompressionTerms
}

/// Who negotiates compression for a server or a client.
protocol CompressionNegotiator: AnyObject {
    /// What a client offers.
    var offer: ExtensionOffer { get }

    /// Judges what a client's server answers.
    func conclude(_ answer: [ExtensionOffer]) throws(ClientHandshakeError) -> (any CompressionTerms)?

    /// Chooses among what a server's client offers.
    ///
    /// - Throws: the reason to refuse the handshake.
    func choose(
        _ request: UpgradeRequest
    ) throws(HandshakeRefusal.Reason) -> NegotiatedCompression?
}

extension PerMessageDeflateSetting {
    /// Who negotiates; nil without compression.
    ///
    /// - Throws: a RangeError for an option that makes no sense; an Error if this build has no compression.
    func negotiator(on loop: EventLoop) throws(WebSocketError) -> (any CompressionNegotiator)? {
        #if Compression
        guard let options else { return nil }
        if let fault = options.fault { throw WebSocketError(fault) }
        return DeflateNegotiator(options, in: loop.deflateWorkspace)
        #else
        guard isOn else { return nil }
        throw WebSocketError("This build has no compression: perMessageDeflate cannot be used", code: "ERR_NO_ZLIB")
        #endif
    }
}
