import WSConnection
import WSFrame
import WSHandshake

/// Turns a conversation into the fixture of one end.
///
/// A connection of the opposite role reads along what this end sent: its events are what the application must have asked
/// for. Pongs and the answer to a close frame are our core's own business, and left to it.
struct ConversationRetelling: ~Copyable {
    private let conversation: Conversation
    private let role: Role
    private let request: RequestHead
    private var observer: Connection
    private var steps: [Step] = []
    private var now = Duration.zero
    private var keys: [UInt32] = []
    private var isRefused = false

    init?(_ conversation: Conversation, for role: Role) {
        self.conversation = conversation
        self.role = role
        guard let request = Self.request(conversation.bytes(from: .client)) else { return nil }
        self.request = request
        let configuration = ConnectionConfiguration.Shared(ConnectionConfiguration())
        switch role {
        case .server:
            observer = Connection(
                client: ClientHandshake(repeating: request), configuration: configuration, keys: ZeroMaskingKeys(),
                now: .zero)
        case .client:
            observer = Connection(server: configuration, now: .zero)
            keys = MaskingKeys.all(in: conversation.bytes(from: .client))
        }
    }

    mutating func fixture() -> Fixture {
        for piece in conversation.pieces {
            now = piece.time
            switch (piece.sender == role, piece.bytes) {
            case (false, let bytes?): add(.input(bytes))
            case (false, nil): add(.endOfInput)
            case (true, let bytes?):
                observer.receive(Bytes(bytes), now: now)
                observe()
            case (true, nil):
                observer.receiveEnd(now: now)
                observe()
            }
        }
        var setup = Setup()
        setup.role = role
        setup.opening = role == .server ? .awaited : .request(request)
        if role == .client { setup.keys = .list(keys) }
        let fixture = Fixture(setup: setup, steps: steps).retold()
        let isSame = fixture.expectation.output == conversation.bytes(from: role)
        return Fixture(
            story: isSame ? [] : ["The \(role) that was recorded sent other bytes than our core does here."],
            setup: fixture.setup, steps: fixture.steps)
    }

    private mutating func observe() {
        while let event = observer.nextEvent(now: now) {
            switch event {
            case .upgradeRequested(let request): try? observer.accept(request, now: now)
            case .plainRequest, .refused, .upgradeResponse, .responseBody, .drained, .messagePart, .failed, .pong: break
            case .opened(let agreement): if role == .server { add(.call(.accept(nil, agreement), .done)) }
            case .unexpectedResponse(let head):
                isRefused = true
                add(.call(.refuse(HandshakeRefusal(status: head.status)), .done))
            case .message(let message):
                let call = ConnectionCall.send(
                    message.bytes, isBinary: message.isBinary, isFinal: true, compress: true)
                add(.call(call, .done))
            case .ping(let bytes): add(.call(.ping(bytes), .done))
            case .closing(let frame): add(.call(.close(frame.code, reason: String(frame.reason)), .done))
            case .closed(let report):
                // Behind a refusal the stream's end is the end, not a connection given up.
                if report.code == .abnormalClosure, !isRefused { add(.call(.abort, .done)) }
            }
        }
        observer.releaseInput()
    }

    private mutating func add(_ action: Step.Action) {
        let milliseconds = Int64((now + .nanoseconds(999_999)) / .milliseconds(1))
        var time = max(.milliseconds(milliseconds), steps.last?.time ?? .zero)
        // In the instant of what arrived, a call would be taken for a reaction to that.
        if case .call = action, let last = steps.last, case .input = last.action, last.time == time {
            time += .milliseconds(1)
        }
        steps.append(Step(at: time, action))
    }

    private static func request(_ bytes: [UInt8]) -> RequestHead? {
        var parser = RequestHeadParser()
        var consumed = 0
        return try? Bytes(bytes).withSpan { try parser.receive($0, consumed: &consumed) }
    }
}

extension Transcript {
    /// All output in one.
    var output: [UInt8] {
        entries.flatMap { entry -> [UInt8] in
            if case .output(let bytes) = entry { bytes } else { [] }
        }
    }
}
