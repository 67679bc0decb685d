/// What connections of one server or client have in common. Shared among them by reference.
public struct ConnectionConfiguration: Sendable {
    /// What a peer may make a connection store or wait for.
    public var limits: Limits

    /// Whether text and close reasons are checked to be UTF-8 (RFC 6455 §8.1). Leave it on.
    public var validatesUTF8: Bool

    /// Whether pings are answered (§5.5.2).
    public var answersPings: Bool

    /// Whether messages are handed on in pieces as they arrive, instead of whole.
    public var deliversMessagesInParts: Bool

    /// Payloads of at least so many bytes are queued by reference instead of being copied behind their header
    /// (unmasked frames only: a masked payload is a copy by nature).
    public var referenceThreshold: Int

    /// After how many decompressed bytes a turn is over, so that a peer with much to decompress leaves time to others; 0
    /// for no such end. What was received then waits for ``Connection/beginTurn()``.
    public var maxInflatedPerTurn: Int

    /// The defaults: ``Limits/standard``, everything checked and answered, whole messages.
    public init(
        limits: Limits = .standard,
        validatesUTF8: Bool = true,
        answersPings: Bool = true,
        deliversMessagesInParts: Bool = false,
        referenceThreshold: Int = 8 * 1024,
        maxInflatedPerTurn: Int = 0
    ) {
        self.limits = limits
        self.validatesUTF8 = validatesUTF8
        self.answersPings = answersPings
        self.deliversMessagesInParts = deliversMessagesInParts
        self.referenceThreshold = referenceThreshold
        self.maxInflatedPerTurn = maxInflatedPerTurn
    }

    /// The configuration in the form connections share.
    public final class Shared: Sendable {
        /// The values.
        public let values: ConnectionConfiguration

        /// Wraps a configuration, once for all connections that use it.
        public init(_ values: ConnectionConfiguration) {
            self.values = values
        }
    }
}
