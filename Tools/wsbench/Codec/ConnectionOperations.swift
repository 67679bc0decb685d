import WSConnection
import WSFrame

/// Messages echoed by a server's connection, without its socket: the time of one message, the copy included that stands
/// for the read.
enum ConnectionOperations {
    static var all: [Operation] {
        [
            echo("64 B", FrameRing(.binary, size: 64, count: 1), atOnce: 1),
            echo("64 B, 16 at once", FrameRing(.binary, size: 64, count: 16), atOnce: 16),
            echo("1 KiB of mixed text", FrameRing(.utf8, size: 1024, count: 1), atOnce: 1),
            echo("16 KiB", FrameRing(.binary, size: 16 * 1024, count: 1), atOnce: 1),
            echo("4 KiB in 8 fragments", FrameRing(.binary, size: 4096, count: 1, fragment: 512), atOnce: 1),
        ]
    }

    private static func echo(_ name: String, _ ring: FrameRing, atOnce: Int) -> Operation {
        let frames = ring.bytes(from: 0, count: ring.byteCount)
        let chunk = ByteStorage(capacity: 512 * 1024)
        let shared = ConnectionConfiguration.Shared(ConnectionConfiguration())
        return Operation(name) { times in
            var connection = Connection(upgraded: .server, configuration: shared, keys: nil, now: .zero)
            var spare: OutputBuffer? = OutputBuffer()
            var echoed = 0
            var written = 0
            while echoed < times {
                UnsafeMutableRawBufferPointer(start: chunk.base, count: chunk.capacity).copyMemory(from: frames)
                connection.lend(&spare)
                connection.receive(Bytes(chunk, 0..<frames.count), now: .zero)
                while let event = connection.nextEvent(now: .zero) {
                    guard case .message(let message) = event else { preconditionFailure("the sample is a message") }
                    _ = try? connection.send(message.bytes, isBinary: message.isBinary, now: .zero)
                    echoed += 1
                }
                connection.releaseInput()
                while connection.hasOutput {
                    connection.withNextOutput { first, second in
                        written += first.count + second.count
                        return first.count + second.count
                    }
                }
                if let buffer = connection.reclaimOutputBuffer() { spare = buffer }
            }
            Opaque.keep(written)
        }
    }
}
