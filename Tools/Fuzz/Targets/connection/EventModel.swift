import WSConnection
import WSFrame

/// Which events a connection may give at this point, and what they may hold.
struct EventModel {
    let role: Role
    let maxPayload: Int
    private(set) var hasOpened: Bool
    private(set) var hasFailed = false
    private(set) var hasClosed = false
    private(set) var failure: ConnectionFailure?
    private var hasAsked = false
    /// Whether a close frame can be answered, or was sent before; an application that gives up takes that away.
    var canAnswer = true
    private var wasAnswered = false
    private var closeFrame: CloseFrame?
    private var isInsideParts = false
    private var partByteCount = 0

    init(role: Role, isUpgraded: Bool, limits: Limits) {
        self.role = role
        maxPayload = limits.maxPayload > 0 ? limits.maxPayload : .max
        hasOpened = isUpgraded
    }

    mutating func note(_ event: ConnectionEvent) {
        check(!hasClosed, "closed is the last event")
        if hasFailed {
            guard case .closed = event else { return check(false, "after a failure only closed follows") }
        }
        switch event {
        case .upgradeRequested, .plainRequest, .refused:
            check(role == .server && !hasOpened && !hasAsked, "a server asks once")
            hasAsked = true
        case .upgradeResponse, .unexpectedResponse:
            check(role == .client && !hasOpened && !hasAsked, "a client is answered once")
            hasAsked = true
        case .responseBody(let bytes):
            check(role == .client && !hasOpened && hasAsked && !bytes.isEmpty, "a body follows its head")
        case .opened:
            check(hasAsked && !hasOpened, "a handshake opens the connection once")
            hasOpened = true
        case .message(let message):
            note(message)
        case .messagePart(let part):
            note(part)
        case .ping(let payload), .pong(let payload):
            check(hasOpened && closeFrame == nil && payload.count <= 125, "a control frame is short")
        case .closing(let frame):
            check(hasOpened && closeFrame == nil, "one close frame counts")
            check(frame.reason.count <= 123 && isUTF8(frame.reason), "a close reason is short text")
            check(frame.code?.mayAppearOnTheWire ?? frame.reason.isEmpty, "a close code is one for the wire")
            closeFrame = frame
            wasAnswered = canAnswer
        case .failed(let failure):
            check(!failure.rfcSection.utf8.isEmpty, "a failure names its section")
            self.failure = failure
            hasFailed = true
        case .drained:
            break
        case .closed(let report):
            check(report.wasClean == (closeFrame != nil && wasAnswered), "a clean end is one with both close frames")
            let code = closeFrame.map(\.reportedCode) ?? .abnormalClosure
            check(report.code == code, "the code is that of the close frame")
            hasClosed = true
        }
    }

    private func note(_ message: Message) {
        check(hasOpened && closeFrame == nil, "messages come while the connection is open")
        check(message.bytes.count <= maxPayload, "a message keeps its limit")
        check(message.isBinary || isUTF8(message.bytes), "text is UTF-8")
    }

    private mutating func note(_ part: MessagePart) {
        check(hasOpened && closeFrame == nil, "messages come while the connection is open")
        check(part.isFirst != isInsideParts, "the first part is marked, and only that")
        check(part.isLast || !part.bytes.isEmpty, "only the last part may be empty")
        partByteCount = (part.isFirst ? 0 : partByteCount) + part.bytes.count
        check(partByteCount <= maxPayload, "a message keeps its limit")
        isInsideParts = !part.isLast
    }

    private func isUTF8(_ bytes: Bytes) -> Bool {
        bytes.withUnsafeBytes { buffer in
            (try? UTF8Span(validating: buffer.bindMemory(to: UInt8.self).span)) != nil
        }
    }
}
