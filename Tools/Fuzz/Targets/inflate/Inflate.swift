import WSConnection
import WSDeflate
import WSFrame

// Receiving permessage-deflate, both roles: [terms, limit, cuts, message…], a message being made of frames
// [flags, length, payload…]. The highest bit of the limit's byte has the stream come whole instead of cut.
//
// Oracle: zlib itself, which is given each message whole and stops at every block: both agree on the bytes, or that the
// message is broken, or that it is longer than the limit, however the stream is cut. Text is not judged here. A
// connection takes no more room than its limit allows; contexts that earlier executions have used know nothing of them.

nonisolated(unsafe) private let workspace = DeflateWorkspace()
nonisolated(unsafe) private let oracle = Oracle()

/// The fuzzer's entry.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 3 else { return 0 }
    var script = Script(data, count: count)
    let terms = AgreedTerms(script.byte())
    let size = script.byte()
    let limit = 512 << Int(min(size & 15, 11))
    var cuts = Cuts(script.byte())
    let stream = FrameStream(&script, isMasked: terms.role == .server)
    // A frame too long by itself fails before what came before it was looked at; that is for others to try.
    guard stream.messages.allSatisfy({ $0.payload.count <= limit }) else { return 0 }
    let expected = oracle.expect(stream, terms, limit: limit)

    var receiver = Receiver(terms, limit: limit, workspace)
    var rest = stream.bytes[...]
    while !rest.isEmpty {
        let length = size & 128 != 0 ? rest.count : cuts.next(atMost: rest.count)
        receiver.receive(rest.prefix(length))
        rest = rest.dropFirst(length)
    }
    receiver.check(against: expected)
    return 0
}

/// What one byte of the input makes of the negotiation.
struct AgreedTerms {
    let role: Role
    /// The peer's messages may refer to earlier ones.
    let keepsContext: Bool
    /// The peer's window.
    let windowBits: Int
    let chunkSize: Int
    /// Messages are handed on in parts.
    let inParts: Bool

    init(_ byte: UInt8) {
        role = byte & 1 == 0 ? .client : .server
        keepsContext = byte & 2 == 0
        windowBits = 15 - Int(byte >> 2 & 7)
        chunkSize = byte & 32 == 0 ? 64 * 1024 : 64
        inParts = byte & 64 != 0
    }

    var parameters: PerMessageDeflateParameters {
        var parameters = PerMessageDeflateParameters()
        if role == .client {
            parameters.serverNoContextTakeover = !keepsContext
            parameters.serverMaxWindowBits = windowBits
        } else {
            parameters.clientNoContextTakeover = !keepsContext
            parameters.clientMaxWindowBits = windowBits
        }
        return parameters
    }
}

/// The frames of an input, faultless but for what their compressed payloads say.
struct FrameStream {
    struct Message {
        var isCompressed: Bool
        var payload: [UInt8]
        /// Whether its last frame is there.
        var isWhole: Bool
    }

    private(set) var bytes: [UInt8] = []
    private(set) var messages: [Message] = []

    init(_ script: inout Script, isMasked: Bool) {
        var isInside = false
        while !script.isAtEnd {
            let flags = script.byte()
            let payload = script.take(Int(script.byte()))
            let isFinal = flags & 1 == 0
            if isInside {
                bytes.append(isFinal ? 0x80 : 0)
            } else {
                let isCompressed = flags & 2 == 0
                bytes.append((isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0) | 2)
                messages.append(Message(isCompressed: isCompressed, payload: [], isWhole: false))
            }
            if payload.count < 126 {
                bytes.append(UInt8(payload.count) | (isMasked ? 0x80 : 0))
            } else {
                bytes += [126 | (isMasked ? 0x80 : 0), 0, UInt8(payload.count)]
            }
            if isMasked { bytes += [0, 0, 0, 0] }
            bytes += payload
            messages[messages.count - 1].payload += payload
            messages[messages.count - 1].isWhole = isFinal
            isInside = !isFinal
            // A ping may come at any time.
            if flags & 4 != 0 { bytes += isMasked ? [0x89, 0x80, 0, 0, 0, 0] : [0x89, 0] }
        }
    }
}
