import Testing
import WSFrame

/// What came out of a decoder for a stream of bytes.
struct Reception: Equatable {
    /// One frame: its header and as much of its payload as has come.
    struct Frame: Equatable {
        var header: FrameHeader
        var payload: [UInt8]
        var isWhole: Bool
    }

    /// The frames in order.
    var frames: [Frame] = []
    /// The fault that ended the stream.
    var error: FrameError?
    /// How many bytes had been taken when it ended: all of them, or up to and with the one that showed the fault.
    var consumed = 0
    /// What the decoder says of itself at the end.
    var isBetweenFrames = true
    var isInsideMessage = false
    /// Whether the flags of some part did not fit to the part before it.
    var hasMisplacedPart = false

    /// Whether every frame has come to its end.
    var areWhole: Bool { !frames.contains { !$0.isWhole } }

    /// The payloads of the frames as text.
    var texts: [String] { frames.map { String(decoding: $0.payload, as: UTF8.self) } }

    /// Feeds `stream` to `decoder` in the pieces that `cuts` make, through both forms of `next`, which must agree.
    static func of(_ stream: [UInt8], by decoder: FrameDecoder, cuts: [Int] = []) -> Reception {
        var bySpan = Reception()
        var byPointer = Reception()
        var spanDecoder = decoder
        var pointerDecoder = decoder
        for (start, end) in zip([0] + cuts, cuts + [stream.count]) {
            bySpan.take(Array(stream[start..<end]), spanParts, &spanDecoder)
            byPointer.take(Array(stream[start..<end]), pointerParts, &pointerDecoder)
        }
        if bySpan != byPointer { Issue.record("span and pointer differ at \(cuts): \(bySpan), \(byPointer)") }
        return bySpan
    }

    /// As above, with a fresh decoder.
    static func of(_ stream: [UInt8], role: Role, allowsRSV1: Bool = false, cuts: [Int] = []) -> Reception {
        of(stream, by: FrameDecoder(role: role, allowsRSV1: allowsRSV1), cuts: cuts)
    }

    /// As above, one byte at a time.
    static func byteWise(_ stream: [UInt8], role: Role, allowsRSV1: Bool = false) -> Reception {
        of(stream, role: role, allowsRSV1: allowsRSV1, cuts: stream.count < 2 ? [] : Array(1..<stream.count))
    }

    private typealias Parts = (parts: [FramePart], consumed: Int, error: FrameError?)

    private mutating func take(
        _ chunk: [UInt8], _ next: (inout [UInt8], inout FrameDecoder) -> Parts, _ decoder: inout FrameDecoder
    ) {
        guard error == nil else { return }
        var chunk = chunk
        let taken = next(&chunk, &decoder)
        for part in taken.parts {
            let follows = !part.beginsFrame && frames.last?.isWhole == false && frames.last?.header == part.header
            let begins = part.beginsFrame && frames.last?.isWhole != false
            if !begins && !follows { hasMisplacedPart = true }
            if part.beginsFrame { frames.append(Frame(header: part.header, payload: [], isWhole: false)) }
            frames[frames.count - 1].payload += chunk[part.payload]
            frames[frames.count - 1].isWhole = part.endsFrame
        }
        consumed += taken.consumed
        error = taken.error
        isBetweenFrames = decoder.isBetweenFrames
        isInsideMessage = decoder.isInsideMessage
    }

    private static func spanParts(_ chunk: inout [UInt8], _ decoder: inout FrameDecoder) -> Parts {
        var parts: [FramePart] = []
        var offset = 0
        var span = chunk.mutableSpan
        var bytes = span.mutableBytes
        do throws(FrameError) {
            while let part = try decoder.next(in: &bytes, at: &offset) { parts.append(part) }
        } catch {
            return (parts, offset, error)
        }
        return (parts, offset, nil)
    }

    private static func pointerParts(_ chunk: inout [UInt8], _ decoder: inout FrameDecoder) -> Parts {
        var parts: [FramePart] = []
        var offset = 0
        let error: FrameError? = chunk.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return nil }
            do throws(FrameError) {
                while let part = try decoder.next(in: base, offset: &offset, end: buffer.count) { parts.append(part) }
            } catch {
                return error
            }
            return nil
        }
        return (parts, offset, error)
    }
}
