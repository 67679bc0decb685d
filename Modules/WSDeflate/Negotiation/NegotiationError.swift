/// Why the parameters of an offer or an answer are no agreement (RFC 7692 §7.1).
public enum NegotiationError: Error, Sendable, Equatable {
    /// A parameter that comes twice.
    case repeatedParameter(String)
    /// A parameter that permessage-deflate does not have.
    case unknownParameter(String)
    /// A value where there must be none, none where there must be one, or one that is no number from 8 to 15.
    case invalidValue(String, value: String?)
    /// No offer fits the server's options.
    case noAcceptableOffer
    /// A parameter in the answer that the client's options exclude.
    case unexpectedParameter(String)
    /// A parameter in the answer that was not offered, or is more than was offered.
    case unexpectedOrInvalidParameter(String)
    /// A parameter that was asked for and is not in the answer (RFC 7692 §7.1.1.1, §7.1.2.1).
    case missingParameter(String)
}

extension NegotiationError: CustomStringConvertible {
    /// The text Node's `ws` gives the same fault.
    public var description: String {
        switch self {
        case .repeatedParameter(let name): "Parameter \"\(name)\" must have only a single value"
        case .unknownParameter(let name): "Unknown parameter \"\(name)\""
        case .invalidValue(let name, let value): "Invalid value for parameter \"\(name)\": \(value ?? "true")"
        case .noAcceptableOffer: "None of the extension offers can be accepted"
        case .unexpectedParameter(let name): "Unexpected parameter \"\(name)\""
        case .unexpectedOrInvalidParameter(let name): "Unexpected or invalid parameter \"\(name)\""
        case .missingParameter(let name): "Missing parameter \"\(name)\""
        }
    }
}
