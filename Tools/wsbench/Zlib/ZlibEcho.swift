#if Compression
import CZlib
import ToolSupport

/// The zlib calls of an echo server, without the server: a pair of contexts for each connection, which take turns.
final class ZlibEcho {
    private let compressed: [[UInt8]]
    private var contexts: [(inflate: UnsafeMutablePointer<z_stream>, deflate: UnsafeMutablePointer<z_stream>)] = []
    private let plain: Workspace
    private let output: Workspace
    private let level: Int32

    /// How many messages were echoed, and how many bytes the replies had.
    private(set) var count = 0
    private(set) var producedByteCount = 0

    /// The same messages as those of a ring.
    init(_ kind: PayloadKind, size: Int, connections: Int, level: Int) {
        self.level = Int32(level)
        plain = Workspace(byteCount: size + 64)
        output = Workspace(byteCount: 2 * size + 1024)
        let messages = (0..<FrameRing.usefulCount(size: size, atLeast: 1)).map {
            kind.bytes(count: size, seed: UInt64($0))
        }
        compressed = messages.map { Self.alone($0, room: 2 * size + 1024) }
        for _ in 0..<connections { contexts.append((Self.makeInflate(), Self.makeDeflate(self.level))) }
    }

    private static func makeInflate() -> UnsafeMutablePointer<z_stream> {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        return stream
    }

    private static func makeDeflate(_ level: Int32) -> UnsafeMutablePointer<z_stream> {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        deflateInit2_(
            stream, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        return stream
    }

    /// A message as the generator sends it: at zlib's default level, with nothing before it, and with its tail.
    private static func alone(_ message: [UInt8], room: Int) -> [UInt8] {
        let stream = makeDeflate(6)
        defer {
            deflateEnd(stream)
            stream.deallocate()
        }
        return [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            message.withUnsafeBufferPointer { input in
                stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.pointee.avail_in = UInt32(input.count)
                stream.pointee.next_out = buffer.baseAddress
                stream.pointee.avail_out = UInt32(room)
                deflate(stream, Z_SYNC_FLUSH)
            }
            count = room - Int(stream.pointee.avail_out)
        }
    }

    /// Echoes for a time.
    ///
    /// - Returns: how many messages, and the processor time they took.
    @discardableResult
    func run(seconds: Double) -> (operations: Int, nanoseconds: Int64) {
        let start = Clock.thread
        let end = start + Int64(seconds * 1e9)
        let first = count
        var now = start
        while now < end {
            for _ in 0..<16 { echo() }
            now = Clock.thread
        }
        return (count - first, now - start)
    }

    private func echo() {
        let connection = count % contexts.count
        let pair = contexts[connection]
        // Every connection goes through all messages in turn, as it does with a server, and each is elsewhere among them:
        // had all the same message one after the other, the processor would foresee the branches it takes in zlib, which
        // halves the time.
        let message = (count / contexts.count + 7 * connection) % compressed.count
        let plainCount = compressed[message].withUnsafeBufferPointer { input in
            pair.inflate.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            pair.inflate.pointee.avail_in = UInt32(input.count)
            pair.inflate.pointee.next_out = plain.base.assumingMemoryBound(to: UInt8.self)
            pair.inflate.pointee.avail_out = UInt32(plain.count)
            inflate(pair.inflate, Z_SYNC_FLUSH)
            return plain.count - Int(pair.inflate.pointee.avail_out)
        }
        pair.deflate.pointee.next_in = plain.base.assumingMemoryBound(to: UInt8.self)
        pair.deflate.pointee.avail_in = UInt32(plainCount)
        pair.deflate.pointee.next_out = output.base.assumingMemoryBound(to: UInt8.self)
        pair.deflate.pointee.avail_out = UInt32(output.count)
        deflate(pair.deflate, Z_SYNC_FLUSH)
        producedByteCount += output.count - Int(pair.deflate.pointee.avail_out)
        count += 1
    }
}
#endif
