import WSConnection

/// The least that behaves like a compression, for tests of the seam.
///
/// Every byte is turned around by an exclusive or; `FF n` repeats the byte before n times; `FE` is corrupt. The state
/// of a message is kept from fragment to fragment, and checked at its end.
final class ToyCompression: CompressionTerms, MessageCompression {
    /// Messages from so many bytes on are compressed.
    var threshold = 0
    /// Whether the next call of `compress` fails.
    var failsToCompress = false
    /// Set where no message depends on another.
    var sharedVariant: CompressionVariant?
    /// Whether what is made of one piece of input comes in slices of one run, as zlib's output does.
    var makesOneRun = false
    /// The run made last.
    private(set) var run = Bytes()
    /// How many fragments were compressed.
    private(set) var compressedCount = 0
    /// How many bytes were decompressed.
    private(set) var producedByteCount = 0

    private var previous: UInt8 = 0
    private var isAfterMarker = false

    static let key: UInt8 = 0x5A

    var terms: any CompressionTerms { self }

    func makeCompression() -> any MessageCompression { self }

    func shouldCompress(byteCount: Int, isFinal: Bool) -> Bool { byteCount >= threshold }

    func compress(
        _ payload: RawSpan, isFinal: Bool, output: (UnsafeRawBufferPointer) -> Void
    ) throws(CompressionError) {
        if failsToCompress { throw CompressionError(code: "TOY", message: "told to fail") }
        compressedCount += 1
        var bytes: [UInt8] = []
        for index in 0..<payload.byteCount {
            bytes.append(payload.unsafeLoad(fromByteOffset: index, as: UInt8.self) ^ Self.key)
        }
        // As deflate does, mark the end of the message.
        if isFinal { bytes += [0xFF, 0] }
        bytes.withUnsafeBytes(output)
    }

    func decompress(
        _ payload: RawSpan, isFinal: Bool, output: (Bytes) -> Bool
    ) throws(CompressionError) {
        guard makesOneRun else { return try unpack(payload, isFinal: isFinal, into: output) }
        var made: [UInt8] = []
        try unpack(payload, isFinal: isFinal) { piece in
            made += piece
            return true
        }
        run = Bytes(made)
        for start in stride(from: 0, to: run.count, by: 3) {
            guard output(run.slice(start..<min(start + 3, run.count))) else { return }
        }
    }

    private func unpack(
        _ payload: RawSpan, isFinal: Bool, into output: (Bytes) -> Bool
    ) throws(CompressionError) {
        for index in 0..<payload.byteCount {
            let byte = payload.unsafeLoad(fromByteOffset: index, as: UInt8.self)
            var piece: [UInt8] = []
            if isAfterMarker {
                piece = Array(repeating: previous, count: Int(byte))
                isAfterMarker = false
            } else if byte == 0xFF {
                isAfterMarker = true
            } else if byte == 0xFE {
                throw CompressionError(code: "TOY", message: "corrupt")
            } else {
                previous = byte ^ Self.key
                piece = [previous]
            }
            producedByteCount += piece.count
            guard output(Bytes(piece)) else { return }
        }
        guard isFinal else { return }
        if isAfterMarker { throw CompressionError(code: "TOY", message: "cut short") }
        previous = 0
    }

    /// A payload that decompresses to these bytes.
    static func packed(_ bytes: [UInt8]) -> [UInt8] { bytes.map { $0 ^ key } }

    /// A payload that decompresses to this text.
    static func packed(_ text: String) -> [UInt8] { packed(Array(text.utf8)) }
}
