import WSConnection
import WSFrame
import WSHandshake

/// What the events of a connection said, in a form that does not depend on how the stream was cut: messages that come in
/// parts are joined, and count when they are whole.
struct EventTranscript {
    private(set) var digest = Digest()
    private var message = Digest()
    private(set) var failure: ConnectionFailure?

    mutating func append(_ event: ConnectionEvent) {
        switch event {
        case .upgradeRequested(let request): add(1, request.head.fields.count)
        case .plainRequest(let head): add(2, head.fields.count)
        case .refused(let refusal): add(3, refusal.status)
        case .upgradeResponse(let head): add(4, head.status)
        case .unexpectedResponse(let head): add(5, head.status)
        case .responseBody(let bytes): add(bytes)
        case .opened(let agreement): add(6, agreement.subprotocol.utf8.count)
        case .message(let message):
            add(message.bytes, isBinary: message.isBinary, isFirst: true, isLast: true)
        case .messagePart(let part):
            add(part.bytes, isBinary: part.isBinary, isFirst: part.isFirst, isLast: part.isLast)
        case .ping(let payload):
            add(9, payload.count)
            add(payload)
        case .pong(let payload):
            add(10, payload.count)
            add(payload)
        case .closing(let frame):
            add(11, Int(frame.code?.rawValue ?? 0))
            add(frame.reason)
        case .failed(let failure):
            add(12, 0)
            self.failure = failure
        case .drained: add(13, 0)
        case .closed(let report):
            add(14, Int(report.code.rawValue))
            add(report.reason)
        }
    }

    private mutating func add(_ bytes: Bytes, isBinary: Bool, isFirst: Bool, isLast: Bool) {
        if isFirst { message = Digest() }
        bytes.withUnsafeBytes { for byte in $0 { message.add(UInt64(byte)) } }
        guard isLast else { return }
        add(7, isBinary ? 1 : 0)
        digest.add(message.value)
    }

    private mutating func add(_ tag: UInt64, _ value: Int) {
        digest.add(tag << 32 | UInt64(value))
    }

    private mutating func add(_ bytes: Bytes) {
        bytes.withUnsafeBytes { for byte in $0 { digest.add(UInt64(byte)) } }
    }
}

extension EventTranscript: Equatable {
    static func == (left: EventTranscript, right: EventTranscript) -> Bool {
        left.digest == right.digest && left.failure == right.failure
    }
}
