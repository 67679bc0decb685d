/// One member of a `Sec-WebSocket-Extensions` list: what a client offers or a server accepts (RFC 6455 §9.1).
public struct ExtensionOffer: Sendable, Equatable {
    /// One parameter.
    public struct Parameter: Sendable, Equatable {
        /// The name, a token; compare it without case.
        public var name: String
        /// The value, a token, or nil for a name that stands alone.
        public var value: String?

        /// A parameter with or without a value.
        public init(name: String, value: String? = nil) {
            self.name = name
            self.value = value
        }
    }

    /// The extension's registered name, a token.
    public var name: String
    /// The parameters in order; a name may come twice, and it is the extension's business to refuse that.
    public var parameters: [Parameter]

    /// An extension with its parameters.
    public init(name: String, parameters: [Parameter] = []) {
        self.name = name
        self.parameters = parameters
    }

    /// The first part that is no token and so cannot be written.
    var firstInvalidPart: String? {
        guard HTTPGrammar.isToken(name) else { return name }
        for parameter in parameters {
            guard HTTPGrammar.isToken(parameter.name) else { return parameter.name }
            if let value = parameter.value, !HTTPGrammar.isToken(value) { return value }
        }
        return nil
    }
}
