import WSNode

/// What whoever sits at the console wants.
enum Input {
    /// A line, without its end.
    case line(String)
    /// A piece of the one binary message.
    case fragment(Bytes, isLast: Bool)
    /// Nothing more comes.
    case end
    /// A person wants to leave.
    case quit
}
