import WSConnection
import WSDeflate
import WSFrame

/// One end that receives, and what it has made of it.
struct Receiver: ~Copyable {
    private var connection: Connection
    private let limit: Int
    private(set) var messages: [[UInt8]] = []
    private var part: [UInt8] = []
    private(set) var failure: ConnectionFailure?

    init(_ terms: AgreedTerms, limit: Int, _ workspace: DeflateWorkspace) {
        self.limit = limit
        var limits = Limits()
        limits.maxPayload = limit
        var options = PerMessageDeflateOptions()
        options.zlibInflateOptions.chunkSize = terms.chunkSize
        connection = Connection(
            upgraded: terms.role,
            configuration: .init(
                ConnectionConfiguration(
                    limits: limits, deliversMessagesInParts: terms.inParts, maxInflatedPerTurn: 4096)),
            keys: terms.role == .client ? FixedKeys.shared : nil,
            compression: PerMessageDeflate.Terms(
                terms.parameters, isServer: terms.role == .server, options, in: workspace),
            now: .zero)
    }

    mutating func receive(_ bytes: ArraySlice<UInt8>) {
        connection.receive(Bytes(bytes), now: .zero)
        var turns = 0
        repeat {
            if connection.hasPostponedInput { connection.beginTurn() }
            while let event = connection.nextEvent(now: .zero) { take(event) }
            connection.releaseInput()
            turns += 1
            Fuzz_inflate.check(turns < 10_000, "every turn makes progress")
        } while connection.hasPostponedInput
        connection.discardOutput()
    }

    private mutating func take(_ event: ConnectionEvent) {
        switch event {
        case .message(let message):
            Fuzz_inflate.check(message.bytes.count <= limit, "no message is longer than the limit")
            messages.append(Array(message.bytes))
        case .messagePart(let piece):
            part += piece.bytes
            Fuzz_inflate.check(part.count <= limit, "no message is longer than the limit")
            if piece.isLast {
                messages.append(part)
                part = []
            }
        case .failed(let failure):
            Fuzz_inflate.check(self.failure == nil, "a connection fails once")
            self.failure = failure
        case .ping, .pong, .drained, .opened, .closing, .closed, .upgradeRequested, .plainRequest, .refused,
            .upgradeResponse, .unexpectedResponse, .responseBody:
            break
        }
    }

    /// Compares with what zlib makes of the same messages.
    func check(against expected: Oracle.Expectation) {
        // A window smaller than 32 KiB that the peer does not keep to may or may not be noticed.
        if let failure, expected.mayFail, failure.closeCode == .invalidPayloadData {
            Fuzz_inflate.check(messages.count <= expected.messages.count, "a failure is no message")
        } else {
            Fuzz_inflate.check(messages.count == expected.messages.count, "as many messages as zlib finds")
            Fuzz_inflate.check(failure?.closeCode == expected.failure, "the failure is the one zlib finds")
        }
        for (ours, theirs) in zip(messages, expected.messages) {
            Fuzz_inflate.check(ours == theirs, "every message is what zlib makes of it")
        }
    }
}

/// Masking keys that change nothing.
final class FixedKeys: MaskingKeySource {
    nonisolated(unsafe) static let shared = FixedKeys()
    func nextKey() -> MaskingKey { .zero }
}
