import WSHandshake

/// The four parameters of permessage-deflate (RFC 7692 §7.1), in the order in which they are written.
enum ParameterName: String, CaseIterable {
    case serverNoContextTakeover = "server_no_context_takeover"
    case clientNoContextTakeover = "client_no_context_takeover"
    case serverMaxWindowBits = "server_max_window_bits"
    case clientMaxWindowBits = "client_max_window_bits"
}

/// The parameters of one offer or answer as they were read: each at most once, with a value that makes sense.
struct ParameterList {
    var serverNoContextTakeover = false
    var clientNoContextTakeover = false
    var serverMaxWindowBits: Int?
    /// Without a number in an offer alone (§7.1.2.2).
    var clientMaxWindowBits: WindowBits?

    init() {}

    /// Reads what a peer has written.
    ///
    /// - Parameter isAnswer: whether it comes from the server, which must give each window a number.
    init(reading element: ExtensionOffer, isAnswer: Bool) throws(NegotiationError) {
        var seen: Set<ParameterName> = []
        for parameter in element.parameters {
            let spelling = parameter.name.lowercased()
            guard let name = ParameterName(rawValue: spelling) else { throw .unknownParameter(parameter.name) }
            guard seen.insert(name).inserted else { throw .repeatedParameter(spelling) }
            switch name {
            case .serverNoContextTakeover, .clientNoContextTakeover:
                guard parameter.value == nil else { throw .invalidValue(spelling, value: parameter.value) }
                if name == .serverNoContextTakeover { serverNoContextTakeover = true }
                if name == .clientNoContextTakeover { clientNoContextTakeover = true }
            case .serverMaxWindowBits:
                guard let bits = Self.bits(parameter.value) else {
                    throw .invalidValue(spelling, value: parameter.value)
                }
                serverMaxWindowBits = bits
            case .clientMaxWindowBits:
                if parameter.value == nil, !isAnswer {
                    clientMaxWindowBits = .any
                } else if let bits = Self.bits(parameter.value) {
                    clientMaxWindowBits = .bits(bits)
                } else {
                    throw .invalidValue(spelling, value: parameter.value)
                }
            }
        }
    }

    /// A decimal number from 8 to 15 without a leading zero (§7.1.2.1).
    private static func bits(_ value: String?) -> Int? {
        guard let value, value.utf8.count <= 2, value.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            value.utf8.first != 0x30, let bits = Int(value), (8...15).contains(bits)
        else { return nil }
        return bits
    }

    /// The element of `Sec-WebSocket-Extensions` with these parameters.
    var element: ExtensionOffer {
        var parameters: [ExtensionOffer.Parameter] = []
        func add(_ name: ParameterName, _ value: String? = nil) {
            parameters.append(ExtensionOffer.Parameter(name: name.rawValue, value: value))
        }
        if serverNoContextTakeover { add(.serverNoContextTakeover) }
        if clientNoContextTakeover { add(.clientNoContextTakeover) }
        if let serverMaxWindowBits { add(.serverMaxWindowBits, String(serverMaxWindowBits)) }
        switch clientMaxWindowBits {
        case .bits(let bits): add(.clientMaxWindowBits, String(bits))
        case .any: add(.clientMaxWindowBits)
        case .never, nil: break
        }
        return ExtensionOffer(name: PerMessageDeflate.extensionName, parameters: parameters)
    }
}
