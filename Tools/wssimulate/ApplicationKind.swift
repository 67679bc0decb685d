/// What servers and their clients do: each server has one of these, and its clients do their part.
enum ApplicationKind: CaseIterable {
    /// What arrives is sent back.
    case echo
    /// What arrives is sent to all clients.
    case broadcast
    /// A request is answered later, and the next comes after the answer.
    case answers
    /// Nobody says anything.
    case silent
    /// The server sends all it can, and the client reads only now and then.
    case slowReader
    /// The client sends all it can; a rude one does not wait for room.
    case flood
}
