/// What servers and their clients do: each server has one of these, and its clients do their part.
enum ApplicationKind: String, CaseIterable {
    /// What arrives is sent back.
    case echo
    /// What arrives is thrown away.
    case sink
}
