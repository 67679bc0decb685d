/// The server's side of the opening handshake (RFC 6455 §4.2): bytes in, one decision out.
///
/// ```
/// receive ──▶ needsMoreBytes ──▶ receive …
///        ├──▶ upgrade(request)      the application decides: request.response(…) or a HandshakeRefusal
///        ├──▶ plainRequest(head)    an ordinary HTTP request; any body follows
///        └──▶ refused(refusal)      write refusal.response(), then close
/// ```
///
/// The order of calls: ``receive(_:consumed:)`` with each piece that arrives until the outcome is another than
/// `needsMoreBytes`. Bytes after the head are not consumed: after an upgrade they are the client's first frames, after a
/// refusal they are to be thrown away. The deadline of the handshake is the caller's, since no clock is read here.
public struct ServerHandshake: Sendable {
    /// What became of the bytes so far.
    public enum Outcome: Sendable, Equatable {
        /// Wait for more bytes.
        case needsMoreBytes
        /// Decide about a valid handshake.
        case upgrade(UpgradeRequest)
        /// Serve a well-formed request that asks for no upgrade; without a use for it, answer
        /// ``HandshakeRefusal/Reason/upgradeRequired``.
        case plainRequest(RequestHead)
        /// Write the answer and close.
        case refused(HandshakeRefusal)
    }

    private var parser: RequestHeadParser
    private var outcome = Outcome.needsMoreBytes

    /// A handshake that has read nothing.
    public init(limits: HeadLimits = .standard) { parser = RequestHeadParser(limits: limits) }

    /// Takes the next piece of the stream. After an outcome other than `needsMoreBytes` it consumes nothing and repeats
    /// the outcome.
    ///
    /// - Parameters:
    ///   - bytes: What arrived; any size.
    ///   - consumed: Set to the number of bytes used.
    public mutating func receive(_ bytes: RawSpan, consumed: inout Int) -> Outcome {
        consumed = 0
        guard case .needsMoreBytes = outcome else { return outcome }
        let outcome: Outcome
        do throws(HeadError) {
            guard let head = try parser.receive(bytes, consumed: &consumed) else { return .needsMoreBytes }
            outcome = Self.judge(head)
        } catch {
            outcome = .refused(HandshakeRefusal(.head(error)))
        }
        self.outcome = outcome
        return outcome
    }

    /// The checks for a head that somebody else has parsed and that is meant as a handshake.
    public static func validate(_ head: RequestHead) -> Result<UpgradeRequest, HandshakeRefusal> {
        do throws(HandshakeRefusal.Reason) {
            return .success(try UpgradeRequest(validating: head))
        } catch {
            return .failure(HandshakeRefusal(error))
        }
    }

    private static func judge(_ head: RequestHead) -> Outcome {
        guard head.asksForUpgrade else {
            do throws(HeadError) {
                _ = try head.checkedHost()
                _ = try head.bodyFraming()
                return .plainRequest(head)
            } catch {
                return .refused(HandshakeRefusal(.head(error)))
            }
        }
        switch validate(head) {
        case .success(let request): return .upgrade(request)
        case .failure(let refusal): return .refused(refusal)
        }
    }
}

extension RequestHead {
    /// Whether the request asks for another protocol: without the Connection option it is an ordinary one, and so it is
    /// without Upgrade (RFC 9110 §7.8).
    public var asksForUpgrade: Bool {
        fields.contains(.upgrade) && fields.hasToken("upgrade", in: .connection)
    }
}
