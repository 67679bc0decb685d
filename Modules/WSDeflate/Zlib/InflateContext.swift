import CZlib
import WSConnection

/// One raw inflate stream of zlib: a decompressor with its window.
@safe final class InflateContext {
    let windowBits: Int32
    // zlib refers back to the stream, which therefore stays in one place.
    private let stream: UnsafeMutablePointer<z_stream>

    /// Whether the input ends at a byte edge between two blocks, as a message does once its tail was added (§7.2.2).
    private(set) var isAtBoundary = false

    /// Takes about 7 KiB of memory, and 2^windowBits bytes more from the first output on.
    ///
    /// - Parameter windowBits: 8 to 15; the peer's window is no larger.
    init(windowBits: Int32) throws(CompressionError) {
        self.windowBits = windowBits
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let status = unsafe inflateInit2_(
            stream, -windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw unsafe CompressionError(zlib: status, stream) }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Forgets all that was decompressed.
    func reset() {
        unsafe inflateReset(stream)
    }

    /// Decompresses until the input is used up and all output is made, or `take` answers false.
    ///
    /// - Parameters:
    ///   - output: where the output goes.
    ///   - chunkSize: the most bytes of one piece.
    ///   - take: takes a piece.
    /// - Returns: whether all pieces were taken.
    func decompress(
        _ input: UnsafeRawBufferPointer, into output: InflateArena, chunkSize: Int, take: (Bytes) -> Bool
    ) throws(CompressionError) -> Bool {
        var rest = unsafe input
        repeat {
            // zlib counts in 32 bits.
            let part = unsafe UnsafeRawBufferPointer(rebasing: rest.prefix(Int(Int32.max)))
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(part.count))
            let next = unsafe part.baseAddress?.assumingMemoryBound(to: Bytef.self)
            unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(mutating: next)
            unsafe stream.pointee.avail_in = UInt32(part.count)
            guard try decompressPart(into: output, chunkSize, take) else { return false }
        } while unsafe !rest.isEmpty
        return true
    }

    private func decompressPart(
        into output: InflateArena, _ chunkSize: Int, _ take: (Bytes) -> Bool
    ) throws(CompressionError) -> Bool {
        while true {
            let room = unsafe output.room(atMost: chunkSize)
            unsafe stream.pointee.next_out = unsafe room.baseAddress?.assumingMemoryBound(to: Bytef.self)
            unsafe stream.pointee.avail_out = UInt32(clamping: room.count)
            let status = unsafe inflate(stream, Z_SYNC_FLUSH)
            let written = unsafe room.count - Int(stream.pointee.avail_out)
            if written > 0, !take(output.wrote(written)) { return false }
            // A call that finds nothing to do no longer says where it stands.
            if status != Z_BUF_ERROR { notePosition() }
            switch status {
            case Z_STREAM_END:
                // A final block does not end a message: what follows goes on, and may refer to what came before
                // (§7.2.3.4). The window is kept.
                unsafe inflateResetKeep(stream)
                isAtBoundary = true
                if unsafe stream.pointee.avail_in == 0 { return true }
            case Z_OK, Z_BUF_ERROR:
                if unsafe stream.pointee.avail_out > 0 { return true }
            default:
                throw unsafe CompressionError(zlib: status, stream)
            }
        }
    }

    private func notePosition() {
        let position = unsafe stream.pointee.data_type
        isAtBoundary = position & 128 != 0 && position & 63 == 0
    }
}
