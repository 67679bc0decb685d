// Theory of operation
//
// Each side sends one close frame, and sends nothing after it. What remains is to end the stream, and who does that
// first is the only thing in which the roles differ (RFC 6455 §7.1.1): the server, so that TIME_WAIT is kept there.
//
//              close() called                     close frame received
//     open ────────────────────▶ sent ──────────────────────────────────▶ finished
//      │                          │                                          ▲
//      │ close frame received: echo it                                       │
//      ├──────────────────────────┼──────────────────────────────────────────┘
//      │ fault                    │ fault
//      └──────────▶ failed ◀──────┘
//
//     finished   the server ends the stream once its output is written, the client waits for that; a connection that
//                was given up before does not answer, and so does not end cleanly
//     failed     whoever failed the connection ends the stream, whatever its role (§7.1.7)
//
// The machine does not know time: `Connection` gives everything after `open` one deadline. It knows no frames either:
// whether a close frame is well-formed was judged before.

import WSFrame

/// Who has sent a close frame, and what remains to be done (RFC 6455 §7.1).
enum CloseHandshake {
    /// Nobody has sent a close frame.
    case open
    /// We have; the peer has not answered.
    case sent
    /// The peer has, and we have too if it was answered.
    indirect case finished(received: CloseFrame, wasAnswered: Bool)
    /// The peer broke a rule or a limit: nothing it sends matters any more.
    case failed

    /// What to do upon a close frame from the peer.
    enum OnReceive {
        /// Send it back, and with that the handshake is complete (§5.5.1).
        case echo
        /// Ours was sent before, or cannot be: there is nothing left to say.
        case complete
        /// It is not the first, or came after a fault (§7.1.5).
        case ignore
    }

    /// The peer's close frame has come.
    ///
    /// - Parameter canAnswer: whether anything can still be sent.
    mutating func received(_ frame: CloseFrame, canAnswer: Bool) -> OnReceive {
        switch self {
        case .open:
            self = .finished(received: frame, wasAnswered: canAnswer)
            return canAnswer ? .echo : .complete
        case .sent:
            self = .finished(received: frame, wasAnswered: true)
            return .complete
        case .finished, .failed: return .ignore
        }
    }

    /// The application's close frame is sent; to be asked for only while ``allowsSending``.
    mutating func closing() {
        self = .sent
    }

    /// The peer has broken a rule. Answers whether a close frame saying so may still be sent (§7.1.7).
    mutating func failing() -> Bool {
        switch self {
        case .open:
            self = .failed
            return true
        case .sent, .finished, .failed:
            self = .failed
            return false
        }
    }

    /// Whether messages, pings and pongs may be sent (§5.5.1).
    var allowsSending: Bool {
        switch self {
        case .open: true
        case .sent, .finished, .failed: false
        }
    }

    /// Whether what the peer sends still counts.
    var allowsReceiving: Bool {
        switch self {
        case .open, .sent: true
        case .finished, .failed: false
        }
    }

    /// Whether we end the stream, once our output is written.
    func endsStream(as role: Role) -> Bool {
        switch self {
        case .open, .sent: false
        case .finished: role == .server
        case .failed: true
        }
    }
}
