import WSFrame

// The frame decoder, both roles: [options, cuts, stream…].
//
// Oracle: a reference that judges headers byte by byte from the text of RFC 6455 §5.2 agrees on every header and on the
// place and kind of the first fault; encoding an accepted header gives its bytes again; payloads are unmasked as §5.3
// words it; every call makes progress or says that it needs more; the stream cut in pieces gives the same headers,
// payloads and error; an error is final and names its section.

nonisolated(unsafe) private let whole = Scratch(capacity: 1 << 16)
nonisolated(unsafe) private let piece = Scratch(capacity: 64)
nonisolated(unsafe) private var wholePayload = Transcript(capacity: 1 << 16)
nonisolated(unsafe) private var cutPayload = Transcript(capacity: 1 << 16)

/// The fuzzer's entry.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 2, count <= whole.capacity else { return 0 }
    var script = Script(data, count: count)
    let options = script.byte()
    let plan = script.byte()
    let stream = script.rest
    let role: Role = options & 1 == 0 ? .server : .client
    let decoder = FrameDecoder(role: role, allowsRSV1: options & 2 != 0)
    wholePayload.removeAll()
    cutPayload.removeAll()
    let expected = runWhole(decoder, stream, HeaderReference(role: role, allowsRSV1: options & 2 != 0))
    let actual = runCut(decoder, stream, Cuts(plan))
    check(areEqual(wholePayload.bytes, cutPayload.bytes), "cut in pieces, the payloads are the same")
    check(actual == expected, "cut in pieces, the stream reads the same")
    return 0
}

/// What a decoder made of a stream.
private struct Reading: Equatable {
    var headers = Digest()
    var endedFrames = 0
    var error: FrameError?
    var end = 0
    var isBetweenFrames = false
    var isInsideMessage = false
}

extension Digest {
    fileprivate mutating func add(_ header: FrameHeader) {
        add(header.payloadLength)
        let flags = (header.isFinal ? 0x100 : 0) | (header.rsv1 ? 0x200 : 0) | UInt64(header.opcode.rawValue)
        add(flags | UInt64(header.maskingKey?.bits ?? 0) << 32 | (header.maskingKey == nil ? 0 : 0x400))
    }
}

// MARK: Whole

private func runWhole(
    _ start: FrameDecoder, _ stream: UnsafeRawBufferPointer, _ reference: HeaderReference
) -> Reading {
    var decoder = start
    var reference = reference
    var reading = Reading()
    let memory = whole.place(stream)
    var span = memory.mutableBytes
    var offset = 0
    var frameStart = 0
    while true {
        let verdict = reference.judge(stream, from: frameStart)
        do throws(FrameError) {
            guard let part = try decoder.next(in: &span, at: &offset) else {
                check(offset == stream.count, "asking for more, the decoder has taken everything")
                check(verdict == .incomplete, "what the reference finds complete or faulty is not left open")
                break
            }
            let header = part.header
            check(part.beginsFrame, "in one piece, every part begins a frame")
            let byteCount = part.payload.lowerBound - frameStart
            check(
                verdict == .header(byteCount: byteCount, length: header.payloadLength), "header and reference agree")
            check(offset == part.payload.upperBound && offset > frameStart, "every part moves on")
            checkEncoding(header, stream, at: frameStart)
            checkPayload(part, stream, memory)
            reading.headers.add(header)
            wholePayload.append(UnsafeRawBufferPointer(rebasing: memory[part.payload]))
            let available = UInt64(stream.count - part.payload.lowerBound)
            check(part.endsFrame == (header.payloadLength <= available), "a frame ends with its payload")
            if !part.endsFrame {
                check(offset == stream.count, "an unfinished frame takes the rest")
                break
            }
            reading.endedFrames += 1
            frameStart = offset
        } catch {
            reading.error = error
            check(verdict == .fault(at: offset - 1), "the fault is seen at its byte")
            checkFault(error, &decoder, memory)
            break
        }
    }
    reading.end = offset
    reading.isBetweenFrames = decoder.isBetweenFrames
    reading.isInsideMessage = decoder.isInsideMessage
    return reading
}

private func checkEncoding(_ header: FrameHeader, _ stream: UnsafeRawBufferPointer, at start: Int) {
    withUnsafeTemporaryAllocation(byteCount: 16, alignment: 16) { encoded in
        guard let base = encoded.baseAddress else { return }
        header.encode(to: base)
        let received = UnsafeRawBufferPointer(rebasing: stream[start..<start + header.encodedByteCount])
        check(
            areEqual(UnsafeRawBufferPointer(start: base, count: header.encodedByteCount), received),
            "an accepted header is encoded as it was received")
    }
}

private func checkPayload(
    _ part: FramePart, _ stream: UnsafeRawBufferPointer, _ memory: UnsafeMutableRawBufferPointer
) {
    guard let base = stream.baseAddress, let unmasked = memory.baseAddress else { return }
    let start = part.payload.lowerBound
    let isMasked = part.header.maskingKey != nil
    let key = isMasked ? (base + start - 4).loadUnaligned(as: UInt32.self).littleEndian : 0
    var difference: UInt8 = 0
    for index in 0..<part.payload.count {
        let mask = UInt8(truncatingIfNeeded: key >> (8 * UInt32(truncatingIfNeeded: index & 3)))
        let received = base.load(fromByteOffset: start &+ index, as: UInt8.self)
        difference |= unmasked.load(fromByteOffset: start &+ index, as: UInt8.self) ^ received ^ mask
    }
    check(difference == 0, "the payload is unmasked, byte by byte")
}

private func checkFault(_ error: FrameError, _ decoder: inout FrameDecoder, _ memory: UnsafeMutableRawBufferPointer) {
    check(!error.rfcSection.utf8.isEmpty, "an error names its section")
    check(error.closeCode.mayAppearOnTheWire, "an error has a close code")
    check(!decoder.isBetweenFrames, "after a fault no frame begins")
    var offset = 0
    var span = memory.mutableBytes
    do throws(FrameError) {
        _ = try decoder.next(in: &span, at: &offset)
        check(false, "an error is final")
    } catch let again {
        check(again == error && offset == 0, "an error is repeated, and nothing more is taken")
    }
}

// MARK: In pieces

private func runCut(_ start: FrameDecoder, _ stream: UnsafeRawBufferPointer, _ plan: Cuts) -> Reading {
    var decoder = start
    var cuts = plan
    var reading = Reading()
    var position = 0
    var current: FrameHeader?
    var remaining: UInt64 = 0
    stream: while position < stream.count {
        let length = cuts.next(atMost: stream.count - position)
        let memory = piece.place(UnsafeRawBufferPointer(rebasing: stream[position..<position + length]))
        guard let base = memory.baseAddress else { break }
        var offset = 0
        do throws(FrameError) {
            while let part = try decoder.next(in: base, offset: &offset, end: length) {
                check(part.payload.upperBound == offset, "a part ends where reading goes on")
                if part.beginsFrame {
                    check(current == nil, "a frame begins after the last one ended")
                    reading.headers.add(part.header)
                    remaining = part.header.payloadLength
                } else {
                    check(part.header == current, "all parts of a frame have its header")
                    check(!part.payload.isEmpty, "a further part has payload")
                }
                cutPayload.append(UnsafeRawBufferPointer(rebasing: memory[part.payload]))
                remaining -= UInt64(part.payload.count)
                check(part.endsFrame == (remaining == 0), "a frame ends with its payload")
                current = part.endsFrame ? nil : part.header
                if part.endsFrame { reading.endedFrames += 1 }
            }
        } catch {
            reading.error = error
            reading.end = position + offset
            check(offset > 0, "a fault is behind the byte that showed it")
            break stream
        }
        check(offset == length, "a piece is taken whole")
        position += length
        reading.end = position
    }
    reading.isBetweenFrames = decoder.isBetweenFrames
    reading.isInsideMessage = decoder.isInsideMessage
    return reading
}
