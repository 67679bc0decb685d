public import WSConnection
import WSFrame
import WSHandshake

/// An event as it is compared and written down: what kind, what is said about it in words, and its bytes.
public struct EventRecord: Sendable, Equatable {
    /// The kind of event.
    public enum Kind: String, Sendable, CaseIterable {
        /// ``ConnectionEvent/upgradeRequested(_:)``.
        case upgradeRequested = "upgrade-requested"
        /// ``ConnectionEvent/plainRequest(_:)``.
        case plainRequest = "plain-request"
        /// ``ConnectionEvent/refused(_:)``.
        case refused
        /// ``ConnectionEvent/upgradeResponse(_:)``.
        case upgradeResponse = "upgrade-response"
        /// ``ConnectionEvent/unexpectedResponse(_:)``.
        case unexpectedResponse = "unexpected-response"
        /// ``ConnectionEvent/responseBody(_:)``; adjacent pieces are one.
        case responseBody = "response-body"
        /// ``ConnectionEvent/opened(_:)``.
        case opened
        /// ``ConnectionEvent/message(_:)``, text.
        case text
        /// ``ConnectionEvent/message(_:)``, binary.
        case binary
        /// ``ConnectionEvent/messagePart(_:)``; adjacent pieces of a message are one.
        case part
        /// ``ConnectionEvent/ping(_:)``.
        case ping
        /// ``ConnectionEvent/pong(_:)``.
        case pong
        /// ``ConnectionEvent/closing(_:)``.
        case closing
        /// ``ConnectionEvent/failed(_:)``.
        case failed
        /// ``ConnectionEvent/drained``.
        case drained
        /// ``ConnectionEvent/closed(_:)``.
        case closed

        /// Whether bytes belong to it.
        var hasPayload: Bool {
            switch self {
            case .responseBody, .text, .binary, .part, .ping, .pong, .closing, .closed: true
            case .upgradeRequested, .plainRequest, .refused, .upgradeResponse, .unexpectedResponse, .opened, .failed,
                .drained:
                false
            }
        }
    }

    /// The kind of event.
    public var kind: Kind
    /// What else there is to say, as it stands in a fixture.
    public var detail: String
    /// The payload, the reason of a close frame, or the body.
    public var payload: Bytes

    /// A record made of its parts.
    public init(_ kind: Kind, _ detail: String = "", payload: Bytes = Bytes()) {
        self.kind = kind
        self.detail = detail
        self.payload = payload
    }

    /// Writes an event down.
    public init(_ event: ConnectionEvent) {
        switch event {
        case .upgradeRequested(let request):
            self.init(.upgradeRequested, Self.detail(of: request))
        case .plainRequest(let head):
            self.init(.plainRequest, "\(Quoted(head.method)) \(Quoted(head.target))")
        case .refused(let refusal):
            self.init(.refused, "\(refusal.status) \(Self.name(of: refusal.reason))")
        case .upgradeResponse(let head):
            self.init(.upgradeResponse, "\(head.status)")
        case .unexpectedResponse(let head):
            self.init(.unexpectedResponse, "\(head.status) \(Quoted(head.reason))")
        case .responseBody(let bytes):
            self.init(.responseBody, payload: bytes)
        case .opened(let agreement):
            self.init(.opened, Self.detail(of: agreement))
        case .message(let message):
            self.init(message.isBinary ? .binary : .text, payload: message.bytes)
        case .messagePart(let part):
            let marks = [part.isBinary ? "binary" : "text", part.isFirst ? "first" : "", part.isLast ? "last" : ""]
            self.init(.part, marks.filter { !$0.isEmpty }.joined(separator: " "), payload: part.bytes)
        case .ping(let bytes):
            self.init(.ping, payload: bytes)
        case .pong(let bytes):
            self.init(.pong, payload: bytes)
        case .closing(let frame):
            self.init(.closing, frame.code.map { "\($0.rawValue)" } ?? "", payload: frame.reason)
        case .failed(let failure):
            let code = failure.closeCode.map { " code=\($0.rawValue)" } ?? ""
            self.init(.failed, "\(Self.name(of: failure))\(code) section=\(Quoted(failure.rfcSection))")
        case .drained:
            self.init(.drained, "")
        case .closed(let report):
            self.init(.closed, "\(report.code.rawValue)\(report.wasClean ? " clean" : "")", payload: report.reason)
        }
    }

    /// Takes in a piece that continues this one, if `next` is such. Where pieces are cut is the network's business.
    mutating func join(_ next: EventRecord) -> Bool {
        switch (kind, next.kind) {
        case (.responseBody, .responseBody): break
        case (.part, .part) where !detail.hasSuffix("last") && !next.detail.contains("first"):
            if next.detail.hasSuffix("last") { detail += " last" }
        default: return false
        }
        payload = Bytes(Array(payload) + Array(next.payload))
        return true
    }

    private static func detail(of request: UpgradeRequest) -> String {
        var detail = "\(Quoted(request.resourceName)) host=\(Quoted(request.host)) version=\(request.version.rawValue)"
        if !request.subprotocols.isEmpty {
            detail += " subprotocols=\(Quoted(SubprotocolHeader.format(request.subprotocols)))"
        }
        if let extensions = request.extensionsField { detail += " extensions=\(Quoted(extensions))" }
        if let origin = request.origin { detail += " origin=\(Quoted(origin))" }
        return detail
    }

    private static func detail(of agreement: Agreement) -> String {
        var parts: [String] = []
        if !agreement.subprotocol.isEmpty { parts.append("subprotocol=\(Quoted(agreement.subprotocol))") }
        if !agreement.extensions.isEmpty {
            parts.append("extensions=\(Quoted(ExtensionHeader.format(agreement.extensions)))")
        }
        return parts.joined(separator: " ")
    }

    private static func name(of reason: HandshakeRefusal.Reason) -> String {
        if case .head(let error) = reason { return "\(Quoted("\(error)"))" }
        return caseName(of: reason)
    }

    private static func name(of failure: ConnectionFailure) -> String {
        switch failure {
        case .frame(let error): caseName(of: error)
        case .closePayload(let error): caseName(of: error)
        case .invalidUTF8(let offset): "invalidUTF8 offset=\(offset)"
        case .compression(let error): "compression \(Quoted(error.code))"
        case .handshake(let error): "handshake \(Quoted("\(error)"))"
        case .messageTooBig, .tooManyFragments, .messageTimedOut, .tooMuchQueued, .keepAliveTimedOut,
            .handshakeTimedOut, .endedBeforeOpen, .closedBeforeOpen:
            caseName(of: failure)
        }
    }

    /// The name of an enumeration's case, without what it holds.
    private static func caseName(of value: Any) -> String {
        Mirror(reflecting: value).children.first?.label ?? "\(value)"
    }
}
