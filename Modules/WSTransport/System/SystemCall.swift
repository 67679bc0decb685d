/// The kinds of system call this module makes, as tests name them to make one fail.
package enum SystemCall: String, CaseIterable, Sendable {
    case accept, bind, close, connect, listen, shutdown, socket
    case getError, getLocalAddress, getPeerAddress, setBlocking, setOption
    case receive, send
    case epollControl, epollCreate, epollWait, poll
    case eventCreate, eventRead
    case fileIdentity, unlink
    case createThread, lookup

    /// Whether an interrupted call is simply made again. A wait is not: the caller may want to look at what the
    /// signal did. Nor is `close`, which Linux has finished by then, nor `connect`, which goes on in the background.
    var isRepeatedAfterInterrupt: Bool {
        switch self {
        case .close, .connect, .epollWait, .poll: false
        default: true
        }
    }
}
