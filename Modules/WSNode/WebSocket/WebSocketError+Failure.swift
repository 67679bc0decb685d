import WSConnection
import WSFrame
import WSHandshake

extension WebSocketError {
    /// What Node calls the failure of a connection.
    init(_ failure: ConnectionFailure) {
        switch failure {
        case .frame(let error): self.init(error)
        case .closePayload(let error): self.init(error)
        case .invalidUTF8: self = .invalidUTF8
        case .messageTooBig:
            self.init("Max payload size exceeded", name: .range, code: "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH")
        case .tooManyFragments:
            self.init("Too many message fragments", name: .range, code: "WS_ERR_TOO_MANY_BUFFERED_PARTS")
        case .messageTimedOut:
            self.init("The message was not completed in time", code: "ETIMEDOUT")
        case .tooMuchQueued:
            self.init("Too much queued output", name: .range, code: "WS_ERR_TOO_MANY_BUFFERED_PARTS")
        case .compression(let error):
            self.init(error.message, code: error.code)
        case .keepAliveTimedOut:
            self.init("The peer did not answer a keep-alive ping", code: "ETIMEDOUT")
        case .handshake(.head(let error)):
            self.init(String(describing: ClientHandshakeError.head(error)), code: error.nodeCode)
        case .handshake(let error):
            self.init(String(describing: error))
        case .handshakeTimedOut:
            self.init("Opening handshake has timed out")
        case .endedBeforeOpen:
            self.init("socket hang up", code: "ECONNRESET")
        case .closedBeforeOpen:
            self.init("WebSocket was closed before the connection was established")
        }
    }

    private static let invalidUTF8 = WebSocketError(
        "Invalid WebSocket frame: invalid UTF-8 sequence", code: "WS_ERR_INVALID_UTF8")

    private init(_ error: FrameError) {
        func invalid(_ what: String, _ code: String) -> WebSocketError {
            WebSocketError("Invalid WebSocket frame: \(what)", name: .range, code: code)
        }
        switch error {
        case .reservedBits:
            self = invalid("RSV2 and RSV3 must be clear", "WS_ERR_UNEXPECTED_RSV_2_3")
        case .unexpectedRSV1:
            self = invalid("RSV1 must be clear", "WS_ERR_UNEXPECTED_RSV_1")
        case .reservedOpcode(let opcode):
            self = invalid("invalid opcode \(opcode)", "WS_ERR_INVALID_OPCODE")
        case .unexpectedContinuation:
            self = invalid("invalid opcode 0", "WS_ERR_INVALID_OPCODE")
        case .expectedContinuation(let opcode):
            self = invalid("invalid opcode \(opcode.rawValue)", "WS_ERR_INVALID_OPCODE")
        case .fragmentedControlFrame:
            self = invalid("FIN must be set", "WS_ERR_EXPECTED_FIN")
        case .oversizedControlFrame(let lengthCode):
            self = invalid("invalid payload length \(lengthCode)", "WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH")
        case .missingMask:
            self = invalid("MASK must be set", "WS_ERR_EXPECTED_MASK")
        case .unexpectedMask:
            self = invalid("MASK must be clear", "WS_ERR_UNEXPECTED_MASK")
        case .nonMinimalLength:
            // Node accepts these lengths and so has no code for them.
            self = invalid("the payload length is not in its shortest form", "WS_ERR_NON_MINIMAL_PAYLOAD_LENGTH")
        case .payloadTooLong:
            self.init(
                "Unsupported WebSocket frame: payload length > 2^53 - 1", name: .range,
                code: "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH")
        }
    }

    private init(_ error: ClosePayloadError) {
        switch error {
        case .truncatedCode:
            self.init(
                "Invalid WebSocket frame: invalid payload length 1", name: .range,
                code: "WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH")
        case .invalidCode(let code):
            self.init(
                "Invalid WebSocket frame: invalid status code \(code)", name: .range, code: "WS_ERR_INVALID_CLOSE_CODE")
        case .invalidReason:
            self = .invalidUTF8
        }
    }

    /// What Node calls a caller's mistake.
    init(_ error: SendError, state: WebSocket.ReadyState) {
        switch error {
        case .notOpen, .closing:
            self = .notOpen(state)
        case .controlPayloadTooLong:
            self.init("The data size must not be greater than 125 bytes", name: .range)
        case .invalidCloseCode:
            self.init("First argument must be a valid error code number", name: .type)
        case .closeReasonTooLong:
            self.init("The message must not be greater than 123 bytes", name: .range)
        case .closeReasonWithoutCode:
            self.init("A close reason needs a close code", name: .type)
        case .compression(let error):
            self.init(error.message, code: error.code)
        }
    }
}
