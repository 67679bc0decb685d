import CZlib
import WSConnection

/// One raw deflate stream of zlib: a compressor with its window.
@safe final class DeflateContext {
    let settings: DeflateSettings
    // zlib refers back to the stream, which therefore stays in one place.
    private let stream: UnsafeMutablePointer<z_stream>

    /// Takes about 2^(windowBits+2) + 2^(memLevel+9) bytes of memory.
    init(_ settings: DeflateSettings) throws(CompressionError) {
        self.settings = settings
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let status = unsafe deflateInit2_(
            stream, settings.level, Z_DEFLATED, -settings.windowBits, settings.memLevel, settings.strategy,
            ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw unsafe CompressionError(zlib: status, stream) }
    }

    deinit {
        unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Forgets all that was compressed.
    func reset() {
        unsafe deflateReset(stream)
    }

    /// Compresses all of the input and flushes it to a byte boundary, with an empty stored block at the end
    /// (RFC 7692 §7.2.1).
    func compress(_ input: UnsafeRawBufferPointer, into output: DeflateOutput) throws(CompressionError) {
        var rest = unsafe input
        repeat {
            // zlib counts in 32 bits.
            let part = unsafe UnsafeRawBufferPointer(rebasing: rest.prefix(Int(Int32.max)))
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(part.count))
            let next = unsafe part.baseAddress?.assumingMemoryBound(to: Bytef.self)
            unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(mutating: next)
            unsafe stream.pointee.avail_in = UInt32(part.count)
            let flush = unsafe rest.isEmpty ? Z_SYNC_FLUSH : Z_NO_FLUSH
            repeat {
                let room = unsafe output.room()
                unsafe stream.pointee.next_out = unsafe room.baseAddress?.assumingMemoryBound(to: Bytef.self)
                unsafe stream.pointee.avail_out = UInt32(clamping: room.count)
                let offered = unsafe stream.pointee.avail_out
                let status = unsafe deflate(stream, flush)
                // Nothing left to do is no fault.
                guard status == Z_OK || status == Z_BUF_ERROR else {
                    throw unsafe CompressionError(zlib: status, stream)
                }
                unsafe output.wrote(Int(offered - stream.pointee.avail_out))
            } while unsafe stream.pointee.avail_out == 0
        } while unsafe !rest.isEmpty
    }
}
