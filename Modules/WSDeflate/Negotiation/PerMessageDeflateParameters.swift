public import WSHandshake

/// What two endpoints have agreed upon (RFC 7692 §7.1).
public struct PerMessageDeflateParameters: Sendable, Hashable {
    /// The server compresses each message on its own.
    public var serverNoContextTakeover = false
    /// The client compresses each message on its own.
    public var clientNoContextTakeover = false
    /// The server's window is at most 2^n bytes, 8 to 15; nil for 15.
    public var serverMaxWindowBits: Int?
    /// The client's window is at most 2^n bytes, 8 to 15; nil for 15.
    public var clientMaxWindowBits: Int?

    /// Nothing but the defaults: contexts kept, windows of 32 KiB.
    public init() {}

    /// The element of `Sec-WebSocket-Extensions` a server answers with.
    public var answer: ExtensionOffer {
        var list = ParameterList()
        list.serverNoContextTakeover = serverNoContextTakeover
        list.clientNoContextTakeover = clientNoContextTakeover
        list.serverMaxWindowBits = serverMaxWindowBits
        list.clientMaxWindowBits = clientMaxWindowBits.map(WindowBits.bits)
        return list.element
    }

    // MARK: Server

    /// Chooses among a client's offers (§5.1): the first that is well-formed and fits the options.
    ///
    /// - Parameter extensions: all that the client offers, other extensions included.
    /// - Returns: what to answer with; nil if permessage-deflate is not offered.
    /// - Throws: the fault of the first offer that is none, if no other can be accepted; else
    ///   ``NegotiationError/noAcceptableOffer``, which is no fault of the client's.
    public static func choose(
        among extensions: [ExtensionOffer], _ options: PerMessageDeflateOptions
    ) throws(NegotiationError) -> PerMessageDeflateParameters? {
        var outcome: NegotiationError?
        for element in extensions where element.name == PerMessageDeflate.extensionName {
            do throws(NegotiationError) {
                let offer = try ParameterList(reading: element, isAnswer: false)
                if let agreed = PerMessageDeflateParameters(accepting: offer, options) { return agreed }
                outcome = outcome ?? .noAcceptableOffer
            } catch {
                if outcome == nil || outcome == .noAcceptableOffer { outcome = error }
            }
        }
        if let outcome { throw outcome }
        return nil
    }

    /// What becomes of one offer, or nil if the options rule it out.
    private init?(accepting offer: ParameterList, _ options: PerMessageDeflateOptions) {
        if options.serverNoContextTakeover == false, offer.serverNoContextTakeover { return nil }
        if let offered = offer.serverMaxWindowBits {
            if options.serverMaxWindowBits == .never { return nil }
            // Ours must not be larger than the client can take (§7.1.2.1), nor would we have it smaller than we said.
            if let own = options.serverMaxWindowBits?.number, own > offered { return nil }
        }
        if options.clientMaxWindowBits?.number != nil, offer.clientMaxWindowBits == nil { return nil }

        serverNoContextTakeover = offer.serverNoContextTakeover || options.serverNoContextTakeover == true
        clientNoContextTakeover = offer.clientNoContextTakeover || options.clientNoContextTakeover == true
        serverMaxWindowBits = options.serverMaxWindowBits?.number ?? offer.serverMaxWindowBits
        switch (options.clientMaxWindowBits, offer.clientMaxWindowBits?.number) {
        case (.bits(let own), let offered): clientMaxWindowBits = min(own, offered ?? own)
        case (.never, _): clientMaxWindowBits = nil
        case (.any, let offered), (nil, let offered): clientMaxWindowBits = offered
        }
    }

    // MARK: Client

    /// What a client with these options offers.
    public static func offer(_ options: PerMessageDeflateOptions) -> ExtensionOffer {
        var list = ParameterList()
        list.serverNoContextTakeover = options.serverNoContextTakeover == true
        list.clientNoContextTakeover = options.clientNoContextTakeover == true
        list.serverMaxWindowBits = options.serverMaxWindowBits?.number
        list.clientMaxWindowBits = options.clientMaxWindowBits ?? .any
        return list.element
    }

    /// Judges a server's answer to ``offer(_:)`` (§5.1, §7.1), strictly: it must keep to what was asked for.
    ///
    /// Afterwards ``clientNoContextTakeover`` and ``clientMaxWindowBits`` are also what the client announced of its own
    /// accord, to which it keeps whether or not the server repeats it (§7.1.1.2, §7.1.2.2).
    public init(
        answer element: ExtensionOffer, to options: PerMessageDeflateOptions
    ) throws(NegotiationError) {
        let answer = try ParameterList(reading: element, isAnswer: true)
        if options.clientNoContextTakeover == false, answer.clientNoContextTakeover {
            throw .unexpectedParameter(ParameterName.clientNoContextTakeover.rawValue)
        }
        if options.serverNoContextTakeover == true, !answer.serverNoContextTakeover {
            throw .missingParameter(ParameterName.serverNoContextTakeover.rawValue)
        }
        if let asked = options.serverMaxWindowBits?.number {
            let name = ParameterName.serverMaxWindowBits.rawValue
            // Without a number it is 15: some servers leave that one out.
            guard let bits = answer.serverMaxWindowBits ?? (asked == 15 ? 15 : nil) else {
                throw .missingParameter(name)
            }
            guard bits <= asked else { throw .unexpectedOrInvalidParameter(name) }
        }
        let announced = options.clientMaxWindowBits
        if let bits = answer.clientMaxWindowBits?.number, announced == .never || bits > announced?.number ?? 15 {
            throw .unexpectedOrInvalidParameter(ParameterName.clientMaxWindowBits.rawValue)
        }
        serverNoContextTakeover = answer.serverNoContextTakeover
        clientNoContextTakeover = answer.clientNoContextTakeover || options.clientNoContextTakeover == true
        serverMaxWindowBits = answer.serverMaxWindowBits
        clientMaxWindowBits = answer.clientMaxWindowBits?.number ?? announced?.number
    }
}
