import WSConnection
import WSFrame
import WSHandshake

/// An event as a test compares it: the bytes are copies, and only what matters of a head is kept.
enum Seen: Equatable {
    case upgradeRequested(String)
    case plainRequest(String)
    case refused(Int)
    case upgradeResponse(Int)
    case unexpectedResponse(Int)
    case body([UInt8])
    case opened(String)
    case message([UInt8], isBinary: Bool)
    case part([UInt8], isBinary: Bool, isFirst: Bool, isLast: Bool)
    case ping([UInt8])
    case pong([UInt8])
    case closing(UInt16?, String)
    case failed(ConnectionFailure)
    case drained
    case closed(UInt16, String, wasClean: Bool)

    /// A text message.
    static func text(_ text: String) -> Seen { .message(Array(text.utf8), isBinary: false) }

    /// A binary message.
    static func binary(_ bytes: [UInt8]) -> Seen { .message(bytes, isBinary: true) }

    /// The end without a closing handshake.
    static var closedAbnormally: Seen { .closed(1006, "", wasClean: false) }

    init(_ event: ConnectionEvent) {
        switch event {
        case .upgradeRequested(let request): self = .upgradeRequested(request.resourceName)
        case .plainRequest(let head): self = .plainRequest(head.target)
        case .refused(let refusal): self = .refused(refusal.status)
        case .upgradeResponse(let head): self = .upgradeResponse(head.status)
        case .unexpectedResponse(let head): self = .unexpectedResponse(head.status)
        case .responseBody(let bytes): self = .body(Array(bytes))
        case .opened(let agreement):
            self = .opened(([agreement.subprotocol] + agreement.extensions.map(\.name)).joined(separator: "+"))
        case .message(let message): self = .message(Array(message.bytes), isBinary: message.isBinary)
        case .messagePart(let part):
            self = .part(Array(part.bytes), isBinary: part.isBinary, isFirst: part.isFirst, isLast: part.isLast)
        case .ping(let bytes): self = .ping(Array(bytes))
        case .pong(let bytes): self = .pong(Array(bytes))
        case .closing(let frame): self = .closing(frame.code?.rawValue, String(frame.reason))
        case .failed(let failure): self = .failed(failure)
        case .drained: self = .drained
        case .closed(let report): self = .closed(report.code.rawValue, String(report.reason), wasClean: report.wasClean)
        }
    }

    var isClosed: Bool {
        if case .closed = self { return true }
        return false
    }

    var isFailed: Bool {
        if case .failed = self { return true }
        return false
    }

    /// The slice of the input that an event hands to its listener.
    static func slice(of event: ConnectionEvent) -> Bytes? {
        switch event {
        case .message(let message): message.bytes
        case .messagePart(let part): part.bytes
        case .ping(let bytes), .pong(let bytes), .responseBody(let bytes): bytes
        case .closing(let frame): frame.reason
        default: nil
        }
    }
}

extension [Seen] {
    /// The same with adjacent pieces put together: where those are cut is the network's business.
    var joined: [Seen] {
        var joined: [Seen] = []
        for event in self {
            switch (joined.last, event) {
            case (.body(let before), .body(let piece)):
                joined[joined.count - 1] = .body(before + piece)
            case (.part(let before, let isBinary, let isFirst, false), .part(let piece, _, false, let isLast)):
                joined[joined.count - 1] = .part(before + piece, isBinary: isBinary, isFirst: isFirst, isLast: isLast)
            default:
                joined.append(event)
            }
        }
        return joined
    }

    /// The failures among them.
    var failures: [ConnectionFailure] {
        compactMap { if case .failed(let failure) = $0 { failure } else { nil } }
    }
}
