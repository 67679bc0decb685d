/// The client's side of the opening handshake (RFC 6455 §4.1): one request out, bytes in, one decision out.
///
/// ```
/// requestBytes() ──▶ write it, then
/// receive ──▶ needsMoreBytes ──▶ receive …
///        ├──▶ opened(response)            frames follow
///        ├──▶ unexpectedResponse(head)    ordinary HTTP: its body follows, no frame ever does
///        └──▶ failed(error)               close
/// ```
///
/// Nothing but the request may be written before `opened` (RFC 6455 §4.1). Interim responses are skipped. Bytes after the
/// head are not consumed. Random bytes come from the caller and the deadline is the caller's: no source of either is here.
public struct ClientHandshake: Sendable {
    /// What became of the bytes so far.
    public enum Outcome: Sendable, Equatable {
        /// Wait for more bytes.
        case needsMoreBytes
        /// The connection is open; the bytes not consumed are the server's first frames.
        case opened(UpgradeResponse)
        /// The server answers with another status than 101. Its body follows.
        case unexpectedResponse(ResponseHead)
        /// Close the connection. The response is there when its head was read whole.
        case failed(ClientHandshakeError, response: ResponseHead?)
    }

    /// The request this handshake sends.
    public internal(set) var request: RequestHead

    private let expectation: ResponseExpectation
    private let limits: HeadLimits
    private var parser: ResponseHeadParser
    private var interimResponses = 0
    private var outcome = Outcome.needsMoreBytes

    /// A handshake with a fresh key.
    ///
    /// - Parameters:
    ///   - options: What to ask for.
    ///   - nonce: 16 random bytes, new for every attempt: redirects and repeated requests too (RFC 6455 §4.1).
    /// - Throws: ``HandshakeMisuse`` for an option that cannot be written or must not be offered.
    public init(_ options: Options, nonce: [UInt8]) throws(HandshakeMisuse) {
        guard nonce.count == 16 else { throw .invalidNonce(byteCount: nonce.count) }
        let key = Base64.encode(nonce.span)
        request = try RequestHead(upgradeTo: options, key: key)
        expectation = ResponseExpectation(
            accept: AcceptKey.value(for: key), subprotocols: options.subprotocols,
            extensionNames: options.extensions.map(\.name))
        limits = options.limits
        parser = ResponseHeadParser(limits: options.limits)
    }

    /// The handshake that a request began, to read the answer to it once more.
    ///
    /// - Parameter request: one that a handshake made before: it is sent as it is. A key or lists that cannot be read count
    ///   as absent.
    package init(repeating request: RequestHead, limits: HeadLimits = .standard) {
        self.request = request
        let fields = request.fields
        let extensions = fields.joined(.secWebSocketExtensions).flatMap { try? ExtensionHeader.parse($0) } ?? []
        let subprotocols = fields.joined(.secWebSocketProtocol).flatMap { try? SubprotocolHeader.parse($0) } ?? []
        expectation = ResponseExpectation(
            accept: AcceptKey.value(for: fields[.secWebSocketKey] ?? ""), subprotocols: subprotocols,
            extensionNames: extensions.map(\.name))
        self.limits = limits
        parser = ResponseHeadParser(limits: limits)
    }

    /// The octets of ``request``.
    public func requestBytes() -> [UInt8] { request.trustedSerialization() }

    /// Takes the next piece of the stream. After an outcome other than `needsMoreBytes` it consumes nothing and repeats
    /// the outcome.
    ///
    /// - Parameters:
    ///   - bytes: What arrived; any size.
    ///   - consumed: Set to the number of bytes used.
    public mutating func receive(_ bytes: RawSpan, consumed: inout Int) -> Outcome {
        consumed = 0
        guard case .needsMoreBytes = outcome else { return outcome }
        while true {
            let head: ResponseHead
            do throws(HeadError) {
                var used = 0
                defer { consumed += used }
                let rest = bytes.extracting(consumed..<bytes.byteCount)
                guard let next = try parser.receive(rest, consumed: &used) else { return .needsMoreBytes }
                head = next
            } catch {
                return finish(.failed(.head(error), response: nil))
            }
            guard (100..<200).contains(head.status), head.status != 101 else { return finish(judge(head)) }
            interimResponses += 1
            guard interimResponses <= limits.maxInterimResponses else {
                let error = ClientHandshakeError.tooManyInterimResponses(limit: limits.maxInterimResponses)
                return finish(.failed(error, response: head))
            }
        }
    }

    private func judge(_ head: ResponseHead) -> Outcome {
        guard head.status == 101 else { return .unexpectedResponse(head) }
        do throws(ClientHandshakeError) {
            return .opened(try expectation.check(head))
        } catch {
            return .failed(error, response: head)
        }
    }

    private mutating func finish(_ outcome: Outcome) -> Outcome {
        self.outcome = outcome
        return outcome
    }
}
