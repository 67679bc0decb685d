import WSConnection
import WSHandshake

/// The limits under the names they have in a fixture.
enum LimitNames {
    /// Bytes and counts.
    static var counts: [(name: String, path: WritableKeyPath<ConnectionConfiguration, Int>)] {
        [
            ("maxPayload", \.limits.maxPayload), ("maxFragments", \.limits.maxFragments),
            ("maxPendingPongs", \.limits.maxPendingPongs), ("highWaterMark", \.limits.highWaterMark),
            ("maxQueuedBytes", \.limits.maxQueuedBytes), ("maxHeadBytes", \.limits.head.maxBytes),
            ("maxLineBytes", \.limits.head.maxLineBytes), ("maxFields", \.limits.head.maxFields),
            ("maxInterimResponses", \.limits.head.maxInterimResponses),
            ("maxLeadingEmptyLines", \.limits.head.maxLeadingEmptyLines),
            ("referenceThreshold", \.referenceThreshold),
        ]
    }

    /// Times that are always limited.
    static var times: [(name: String, path: WritableKeyPath<ConnectionConfiguration, Duration>)] {
        [("closeTimeout", \.limits.closeTimeout), ("keepAliveTimeout", \.limits.keepAliveTimeout)]
    }

    /// Times that may be unlimited, which is written `none`.
    static var optionalTimes: [(name: String, path: WritableKeyPath<ConnectionConfiguration, Duration?>)] {
        [
            ("messageTimeout", \.limits.messageTimeout), ("handshakeTimeout", \.limits.handshakeTimeout),
            ("keepAliveInterval", \.limits.keepAliveInterval),
        ]
    }

    /// Switches that differ from the default, by the word that says so.
    static var switches: [(name: String, path: WritableKeyPath<ConnectionConfiguration, Bool>, value: Bool)] {
        [
            ("message-parts", \.deliversMessagesInParts, true), ("skip-utf8-validation", \.validatesUTF8, false),
            ("no-auto-pong", \.answersPings, false),
        ]
    }
}
