import WSFrame

/// Reads what a connection sends, as strict as RFC 6455 allows, with nothing of the library's decoder: a head if there
/// was a handshake, then frames. Whatever breaks a rule is a finding.
struct OutputReader {
    private enum Stage {
        /// Up to the empty line; what was read of it, and of the status.
        case head
        case frames
        /// The body of a refusal.
        case body
    }

    private let isClient: Bool
    private var stage: Stage
    private var headCount = 0
    private var lastFour: UInt32 = 0
    private var status = 0

    private var header: InlineArray<16, UInt8> = .init(repeating: 0)
    private var headerCount = 0
    private var headerLength = 2
    private var opcode: UInt8 = 0
    private var length = 0
    private var remaining = 0
    private var key: UInt32 = 0
    private var isInsideMessage = false
    private var closeCode = 0

    /// The data frames so far: opcode, FIN and length of each.
    private(set) var dataFrames = Digest()
    /// Whether a close frame was seen; nothing may follow it.
    private(set) var hasClosed = false
    /// Whether frames may be sent already.
    var mayHaveFrames: Bool

    /// Whether part of the output was thrown away, so that what follows cannot be read.
    var isBroken = false

    init(isClient: Bool, startsWithHead: Bool) {
        self.isClient = isClient
        stage = startsWithHead ? .head : .frames
        mayHaveFrames = !startsWithHead
    }

    /// Whether the output may end here.
    var isAtBoundary: Bool { headerCount == 0 && remaining == 0 }

    mutating func take(_ bytes: UnsafeRawBufferPointer) {
        var position = 0
        while position < bytes.count, !isBroken {
            switch stage {
            case .head:
                takeHead(bytes[position])
                position += 1
            case .body:
                return
            case .frames:
                if remaining > 0 {
                    let count = min(remaining, bytes.count - position)
                    takePayload(UnsafeRawBufferPointer(rebasing: bytes[position..<position + count]))
                    position += count
                } else {
                    takeHeader(bytes[position])
                    position += 1
                }
            }
        }
    }

    private mutating func takeHead(_ byte: UInt8) {
        if headCount >= 9, headCount < 12 { status = status * 10 + Int(byte) - 0x30 }
        headCount += 1
        lastFour = lastFour << 8 | UInt32(byte)
        guard lastFour == 0x0D0A_0D0A else { return }
        stage = isClient || status == 101 ? .frames : .body
    }

    private mutating func takeHeader(_ byte: UInt8) {
        check(!hasClosed, "nothing is sent after a close frame")
        check(mayHaveFrames, "no frame is sent before the connection is open")
        header[headerCount] = byte
        headerCount += 1
        if headerCount == 2 { takeSecondByte(byte) }
        if headerCount == headerLength { takeWholeHeader() }
    }

    private mutating func takeSecondByte(_ byte: UInt8) {
        opcode = header[0] & 0x0F
        let isFinal = header[0] & 0x80 != 0
        check(header[0] & 0x70 == 0, "no reserved bit is set")
        check(opcode <= 2 || (8...10).contains(opcode), "no reserved opcode is sent")
        check((byte & 0x80 != 0) == isClient, "a client masks, a server does not")
        let code = byte & 0x7F
        if opcode >= 8 {
            check(isFinal && code <= 125, "a control frame is short and whole")
        } else {
            check((opcode == 0) == isInsideMessage, "fragments of a message follow each other")
            isInsideMessage = !isFinal
        }
        headerLength = 2 + (code == 126 ? 2 : code == 127 ? 8 : 0) + (isClient ? 4 : 0)
    }

    private mutating func takeWholeHeader() {
        let code = header[1] & 0x7F
        let width = code == 126 ? 2 : code == 127 ? 8 : 0
        length = width == 0 ? Int(code) : 0
        for index in 0..<width { length = length << 8 | Int(header[2 + index]) }
        check(width != 2 || length > 125, "the length has its shortest form")
        check(width != 8 || length > 65_535, "the length has its shortest form")
        key = 0
        if isClient { for index in 0..<4 { key |= UInt32(header[2 + width + index]) << (8 * UInt32(index)) } }
        headerCount = 0
        headerLength = 2
        remaining = length
        closeCode = 0
        if opcode < 8 {
            dataFrames.add(UInt64(opcode) | (header[0] & 0x80 == 0 ? 0 : 0x80) | UInt64(length) << 8)
        }
        if opcode == 8 {
            check(length != 1, "a close frame has a whole code or none")
            hasClosed = true
        }
    }

    private mutating func takePayload(_ bytes: UnsafeRawBufferPointer) {
        let start = length - remaining
        remaining -= bytes.count
        if opcode == 8 {
            for index in 0..<bytes.count where start + index < 2 {
                closeCode = closeCode << 8 | Int(bytes[index] ^ mask(start + index))
                if start + index == 1 { checkCloseCode() }
            }
        } else if opcode < 8 {
            let difference = Pattern.difference(bytes, key: key, from: start)
            check(difference == 0, "what is sent is what the application gave")
        }
    }

    private func mask(_ index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: key >> (8 * UInt32(truncatingIfNeeded: index & 3)))
    }

    private func checkCloseCode() {
        switch closeCode {
        case 1000...1003, 1007...1014, 3000...4999: break
        default: check(false, "a close code may stand on the wire")
        }
    }
}

/// What the application sends: the same sixteen letters over and over.
enum Pattern {
    @inline(__always)
    static func byte(_ index: Int) -> UInt8 { 0x61 &+ UInt8(truncatingIfNeeded: index & 15) }

    /// 0 if the bytes, masked with `key`, are those of the pattern from `start` on.
    static func difference(_ bytes: UnsafeRawBufferPointer, key: UInt32, from start: Int) -> UInt64 {
        guard let base = bytes.baseAddress else { return 0 }
        let shift = 8 * UInt32(truncatingIfNeeded: start & 3)
        let rotated = UInt64(key >> shift | key << ((32 - shift) & 31))
        let mask = rotated << 32 | rotated
        var difference: UInt64 = 0
        var offset = 0
        while offset + 8 <= bytes.count {
            let word = base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            difference |= word ^ mask ^ words.loadUnaligned(fromByteOffset: (start + offset) & 15, as: UInt64.self)
            offset += 8
        }
        while offset < bytes.count {
            let maskByte = UInt8(truncatingIfNeeded: mask >> (8 * UInt64(truncatingIfNeeded: offset & 7)))
            let byte = base.load(fromByteOffset: offset, as: UInt8.self) ^ maskByte
            difference |= UInt64(byte ^ self.byte(start + offset))
            offset += 1
        }
        return difference
    }

    nonisolated(unsafe) private static let words: UnsafeRawPointer = {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 32, alignment: 16)
        for index in 0..<32 { memory.storeBytes(of: byte(index), toByteOffset: index, as: UInt8.self) }
        return UnsafeRawPointer(memory)
    }()
}
