public import WSFrame

/// What two peers said to each other, as somebody in between saw it: a proxy, or a capture of packets.
///
/// It becomes the fixture of either end: what the other end sent is the input, and what this end sent is taken for the
/// calls of its application. The output is then what our core sends in its place.
public struct Conversation: Sendable {
    /// Bytes of one direction, or its end.
    struct Piece: Sendable {
        let time: Duration
        let sender: Role
        /// Nil for the end of the stream.
        let bytes: [UInt8]?
    }

    private(set) var pieces: [Piece] = []

    /// Nothing was said yet.
    public init() {}

    /// One end has sent bytes.
    ///
    /// - Parameter time: since the connection was made.
    public mutating func add(_ bytes: [UInt8], from sender: Role, at time: Duration) {
        pieces.append(Piece(time: time, sender: sender, bytes: bytes))
    }

    /// One end has ended its direction of the stream.
    public mutating func addEnd(of sender: Role, at time: Duration) {
        pieces.append(Piece(time: time, sender: sender, bytes: nil))
    }

    /// Everything one end sent.
    public func bytes(from sender: Role) -> [UInt8] {
        pieces.filter { $0.sender == sender }.flatMap { $0.bytes ?? [] }
    }

    /// The story from the point of view of one end, or nil if it does not begin with an opening handshake.
    public func fixture(for role: Role) -> Fixture? {
        var retelling = ConversationRetelling(self, for: role)
        return retelling?.fixture()
    }
}
