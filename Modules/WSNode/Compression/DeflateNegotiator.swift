#if Compression
import WSConnection
import WSDeflate
import WSFrame
import WSHandshake

/// Negotiates permessage-deflate for all connections of a server, or for a client.
final class DeflateNegotiator: CompressionNegotiator {
    private let options: PerMessageDeflateOptions
    private let workspace: DeflateWorkspace

    /// What was agreed last, nearly always what will be next; connections that share it cost nothing while idle.
    private var lastTerms: PerMessageDeflate.Terms?

    init(_ options: PerMessageDeflateOptions, in workspace: DeflateWorkspace) {
        self.options = options
        self.workspace = workspace
    }

    var offer: ExtensionOffer { PerMessageDeflateParameters.offer(options) }

    func conclude(_ answer: [ExtensionOffer]) throws(ClientHandshakeError) -> (any CompressionTerms)? {
        guard let element = answer.first else { return nil }
        do throws(NegotiationError) {
            return terms(try PerMessageDeflateParameters(answer: element, to: options), isServer: false)
        } catch {
            throw .unacceptableExtensionParameters(error.description)
        }
    }

    func choose(
        _ request: UpgradeRequest
    ) throws(HandshakeRefusal.Reason) -> NegotiatedCompression? {
        guard let field = request.extensionsField else { return nil }
        let offers: [ExtensionOffer]
        do throws(HeaderSyntaxError) {
            offers = try ExtensionHeader.parse(field)
        } catch {
            throw .extensions(error)
        }
        do throws(NegotiationError) {
            guard let agreed = try PerMessageDeflateParameters.choose(among: offers, options) else { return nil }
            return NegotiatedCompression(answer: agreed.answer, terms: terms(agreed, isServer: true))
        } catch .noAcceptableOffer {
            // The client did nothing wrong; there is just no compression (RFC 7692 §5.1).
            return nil
        } catch {
            throw .extensions(nil)
        }
    }

    private func terms(_ parameters: PerMessageDeflateParameters, isServer: Bool) -> PerMessageDeflate.Terms {
        if let lastTerms, lastTerms.parameters == parameters { return lastTerms }
        let terms = PerMessageDeflate.Terms(parameters, isServer: isServer, options, in: workspace)
        lastTerms = terms
        return terms
    }
}

extension WebSocketError {
    /// An option of permessage-deflate that makes no sense.
    init(_ fault: PerMessageDeflateOptions.InvalidOption) {
        self.init(
            "The value of \"\(fault.name)\" is out of range. It must be >= \(fault.range.lowerBound) and <= "
                + "\(fault.range.upperBound). Received \(fault.value)", name: .range, code: "ERR_OUT_OF_RANGE")
    }
}
#endif
