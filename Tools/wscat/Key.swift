/// What a key asks of the line editor.
enum Key: Equatable {
    case character(Unicode.Scalar)
    case enter
    case left, right, home, end
    case older, newer
    case deleteBackward, deleteForward
    case deleteToStart, deleteToEnd, deleteWord
    /// Ctrl-D.
    case endOfInput
    /// Ctrl-C.
    case interrupt
    /// Ctrl-Z.
    case suspend
    /// Ctrl-L.
    case clearScreen
}
