import CZlib
import WSFrame

/// zlib in one go: each message whole, with the output before it as a dictionary, block by block.
final class Oracle {
    struct Expectation {
        var messages: [[UInt8]] = []
        /// The close code of the first fault.
        var failure: CloseCode?
        /// Whether a fault may be found where there is none here.
        var mayFail = false
    }

    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let output = UnsafeMutablePointer<UInt8>.allocate(capacity: Oracle.capacity)
    private static let capacity = 1 << 21

    init() {
        stream.initialize(to: z_stream())
        let status = inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        check(status == Z_OK, "zlib can be used")
    }

    func expect(_ frames: FrameStream, _ terms: AgreedTerms, limit: Int) -> Expectation {
        var expected = Expectation()
        expected.mayFail = terms.windowBits < 15
        var history: [UInt8] = []
        for message in frames.messages {
            guard message.isCompressed else {
                if message.isWhole { expected.messages.append(message.payload) }
                continue
            }
            let outcome = inflateWhole(message, after: history, limit: limit)
            switch outcome {
            case .success(let bytes):
                if message.isWhole { expected.messages.append(bytes) }
                history = terms.keepsContext ? Array((history + bytes).suffix(32_768)) : []
            case .failure(let fault):
                expected.failure = fault.code
                return expected
            }
        }
        return expected
    }

    struct Fault: Error {
        var code: CloseCode
    }

    /// What becomes of one message, or of as much of it as there is.
    private func inflateWhole(
        _ message: FrameStream.Message, after history: [UInt8], limit: Int
    ) -> Result<[UInt8], Fault> {
        if message.isWhole, message.payload.isEmpty { return .failure(Fault(code: .invalidPayloadData)) }
        var input = message.payload
        if message.isWhole { input += [0, 0, 0xFF, 0xFF] }
        var produced = 0
        var isAtBoundary = false
        restart(history)
        var fault: Fault?
        input.withUnsafeMutableBufferPointer { input in
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = UInt32(input.count)
            while true {
                stream.pointee.next_out = output + produced
                stream.pointee.avail_out = UInt32(Self.capacity - produced)
                let status = inflate(stream, Z_BLOCK)
                produced = Self.capacity - Int(stream.pointee.avail_out)
                let position = stream.pointee.data_type
                isAtBoundary = position & 128 != 0 && position & 7 == 0
                if produced > limit {
                    fault = Fault(code: .messageTooBig)
                    return
                }
                switch status {
                case Z_STREAM_END:
                    isAtBoundary = true
                    let (next, left) = (stream.pointee.next_in, stream.pointee.avail_in)
                    let recent = UnsafeBufferPointer(start: output, count: produced)
                    restart(Array((history + Array(recent)).suffix(32_768)))
                    (stream.pointee.next_in, stream.pointee.avail_in) = (next, left)
                    if left == 0 { return }
                case Z_OK, Z_BUF_ERROR:
                    // At a boundary with nothing left to read there is no more to come.
                    if stream.pointee.avail_in == 0, isAtBoundary || status == Z_BUF_ERROR { return }
                default:
                    fault = Fault(code: .invalidPayloadData)
                    return
                }
            }
        }
        if let fault { return .failure(fault) }
        if message.isWhole, !isAtBoundary { return .failure(Fault(code: .invalidPayloadData)) }
        return .success(Array(UnsafeBufferPointer(start: output, count: produced)))
    }

    private func restart(_ history: [UInt8]) {
        inflateReset(stream)
        guard !history.isEmpty else { return }
        let status = history.withUnsafeBufferPointer {
            inflateSetDictionary(stream, $0.baseAddress, UInt32($0.count))
        }
        check(status == Z_OK, "a dictionary is taken")
    }
}
