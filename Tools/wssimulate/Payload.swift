import WSConnection
import WSTransport

/// A message to send: bytes drawn from a seed, and what is remembered of them.
struct Payload {
    let bytes: Bytes
    let isBinary: Bool

    /// Draws a message: the sizes where the length changes its form more often than others.
    init(from random: inout SeededGenerator, upTo limit: Int) {
        let edges = [0, 1, 125, 126, 127, 65_535, 65_536]
        let size =
            switch random.draw(0...9) {
            case 0...1: edges[random.draw(0...edges.count - 1)]
            case 2: random.draw(0...limit)
            default: random.draw(0...200)
            }
        self.init(from: &random, size: min(size, limit))
    }

    /// Draws a message of a size.
    init(from random: inout SeededGenerator, size: Int) {
        isBinary = random.happens(0.5)
        // Text is ASCII, control characters included.
        let mask: UInt8 = isBinary ? 0xFF : 0x7F
        // Characters of two, three and four bytes, to be cut by whatever cuts the stream.
        let beginning = Array("ä€😀".utf8)
        var words = random.fork()
        let content = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = size
            var offset = 0
            while offset < size {
                var word = words.next()
                for index in offset..<min(size, offset + 8) {
                    buffer[index] = UInt8(truncatingIfNeeded: word) & mask
                    word >>= 8
                }
                offset += 8
            }
            if mask == 0x7F, size >= beginning.count {
                for (index, byte) in beginning.enumerated() { buffer[index] = byte }
            }
        }
        bytes = Bytes(content)
    }

    /// What was received, to be sent on.
    init(_ message: Message) {
        bytes = Bytes(copying: message.bytes)
        isBinary = message.isBinary
    }
}

/// What is remembered of a message that is under way.
struct Record: Equatable {
    let byteCount: Int
    let isBinary: Bool
    let checksum: UInt64

    init(_ bytes: Bytes, isBinary: Bool) {
        byteCount = bytes.count
        self.isBinary = isBinary
        checksum = bytes.withUnsafeBytes { buffer in
            var sum: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: buffer.count)
            var offset = 0
            while offset + 8 <= buffer.count {
                sum = (sum ^ buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0xFF51_AFD7_ED55_8CCD
                sum ^= sum >> 32
                offset += 8
            }
            while offset < buffer.count {
                sum = (sum ^ UInt64(buffer[offset])) &* 0xC4CE_B9FE_1A85_EC53
                sum ^= sum >> 29
                offset += 1
            }
            return sum
        }
    }
}
