@testable import WSConnection
import WSFrame

// What one step of a script does: facts, wishes and outputs in any order.
extension Session {
    mutating func step(_ script: inout Script, into transcript: inout EventTranscript) {
        switch script.byte() & 31 {
        case 0: receive(script.take(Int(script.byte())))
        case 1: receiveInChunk(script.take(Int(script.byte())))
        case 2: receiveInChunk(script.take(Int(script.byte()) * 4))
        case 3...7: receiveFrame(&script)
        case 8: receiveLongFrame(&script)
        case 9: receiveDirectly(&script)
        case 10: sendText(script.byte())
        case 11, 12: sendBinary(script.byte(), isFinal: true)
        case 13: sendBinary(script.byte(), isFinal: false)
        case 14: ping(Int(script.byte() & 127))
        case 15: pong(Int(script.byte() & 127))
        case 16: close(World.codes[Int(script.byte()) % World.codes.count], World.reasons[Int(script.byte() & 3)])
        case 17: abort()
        case 18: step(to: now + .milliseconds(Int(script.byte()) * 20))
        case 19: if let deadline = connection.nextDeadline { step(to: deadline) }
        case 20: pull(Int(script.byte() & 3), into: &transcript)
        case 21: write(Int(script.byte()))
        case 22: write()
        case 23: exchangeBuffer()
        case 24: connection.releaseInput()
        case 25: connection.receiveEnd(now: now)
        case 26: accept()
        case 27: if isAsked { refuse() }
        case 28: discardOutput()
        case 29: sendPrepared(script.byte())
        case 30: receive(shake: script.byte())
        default: turn(into: &transcript)
        }
    }

    /// What a driver does in one turn.
    private mutating func turn(into transcript: inout EventTranscript) {
        pull(into: &transcript)
        connection.releaseInput()
        write()
        pull(into: &transcript)
    }

    // MARK: Facts

    mutating func receive(_ bytes: UnsafeRawBufferPointer) {
        connection.receive(copying: bytes.bytes, now: now)
    }

    /// Bytes at the end of a chunk that is much larger, and that nothing small may keep.
    private mutating func receiveInChunk(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        let chunk = ByteStorage(capacity: 2048)
        let start = chunk.capacity - bytes.count
        (chunk.base + start).copyMemory(from: source, byteCount: bytes.count)
        connection.receive(Bytes(chunk, start..<chunk.capacity), now: now)
    }

    /// The beginning of a good handshake, or all of it.
    private mutating func receive(shake count: UInt8) {
        let head = connection.role == .server ? World.request : World.response
        let end = count == 0 ? head.count : min(Int(count), head.count)
        connection.receive(Bytes(copying: head.slice(0..<end)), now: now)
    }

    /// A frame with a short payload from the script, masked as the role asks; the first byte is the script's.
    private mutating func receiveFrame(_ script: inout Script) {
        let first = script.byte()
        let payload = script.take(Int(script.byte() & 127))
        guard payload.count <= 125 else { return }
        receiveFrame(first: first, count: payload.count, declared: payload.count) { payload[$0] }
    }

    /// A frame with a length of two bytes, declared in full and sent in part.
    private mutating func receiveLongFrame(_ script: inout Script) {
        let first = script.byte()
        let declared = 126 + Int(script.byte()) * 4
        let count = min(declared, Int(script.byte()) * 8)
        receiveFrame(first: first, count: count, declared: declared, Pattern.byte)
    }

    private mutating func receiveFrame(
        first: UInt8, count: Int, declared: Int, _ payload: (Int) -> UInt8
    ) {
        let storage = ByteStorage(capacity: 8 + count)
        let isMasked = connection.role == .server
        let mask: UInt8 = isMasked ? 0x80 : 0
        var end = 0
        func put(_ byte: UInt8) {
            storage.base.storeBytes(of: byte, toByteOffset: end, as: UInt8.self)
            end += 1
        }
        put(first)
        put(mask | (declared > 125 ? 126 : UInt8(declared)))
        if declared > 125 {
            put(UInt8(declared >> 8))
            put(UInt8(declared & 255))
        }
        let key: UInt8 = isMasked ? first &* 3 : 0
        if isMasked { for _ in 0..<4 { put(key) } }
        for index in 0..<count { put(payload(index) ^ key) }
        connection.receive(Bytes(storage, 0..<end), now: now)
    }

    /// Payload bytes straight into the message.
    private mutating func receiveDirectly(_ script: inout Script) {
        let bytes = script.take(Int(script.byte()))
        guard let room = connection.directRoom(minimum: 1, spare: { _ in nil }) else { return }
        check(room.range.upperBound <= room.storage.capacity, "the room is in the memory")
        let count = min(bytes.count, room.range.count)
        guard count > 0, let source = bytes.baseAddress else { return }
        (room.storage.base + room.range.lowerBound).copyMemory(from: source, byteCount: count)
        connection.receivedDirectly(count, now: now)
    }

    // MARK: Wishes

    private mutating func sendText(_ choice: UInt8) {
        let text = World.texts[Int(choice) % World.texts.count]
        let isFinal = choice < 128
        send(.message(isBinary: false, isFinal: isFinal), byteCount: text.utf8.count) {
            connection, now throws(SendError) in
            try connection.send(text: text, isFinal: isFinal, now: now)
        }
    }

    private mutating func sendBinary(_ choice: UInt8, isFinal: Bool) {
        let count = choice < 254 ? Int(choice) * 2 : 65_282 + Int(choice)
        let payload = World.payload.slice(0..<count)
        send(.message(isBinary: choice & 1 == 0, isFinal: isFinal), byteCount: count) {
            connection, now throws(SendError) in
            try connection.send(payload, isBinary: choice & 1 == 0, isFinal: isFinal, now: now)
        }
    }

    private mutating func sendPrepared(_ choice: UInt8) {
        let prepared = World.prepared[Int(choice & 1)]
        let count = prepared.message.bytes.count
        send(.message(isBinary: prepared.message.isBinary, isFinal: true), byteCount: count) {
            connection, now throws(SendError) in
            try connection.send(prepared, now: now)
        }
    }

    private mutating func ping(_ count: Int) {
        let payload = World.payload.slice(0..<count)
        send(.control, byteCount: count) { connection, now throws(SendError) in
            try connection.sendPing(payload, now: now)
        }
    }

    private mutating func pong(_ count: Int) {
        let payload = World.payload.slice(0..<count)
        send(.control, byteCount: count) { connection, now throws(SendError) in
            try connection.sendPong(payload, now: now)
        }
    }

    // MARK: Output

    private mutating func exchangeBuffer() {
        if let buffer = connection.reclaimOutputBuffer() {
            spare = buffer
        } else {
            if spare == nil { spare = OutputBuffer(capacity: 64) }
            connection.lend(&spare)
        }
    }

    private mutating func discardOutput() {
        connection.discardOutput()
        hasDropped = true
        reader.isBroken = true
    }
}
