import WSConnection
import WSHandshake

/// Finds the body of a server's answer in the bytes that follow its head (RFC 9112 §6.3, §7.1), and where it ends.
struct ResponseBody {
    private enum State {
        /// So many bytes are still to come.
        case counted(Int)
        /// All until the stream ends.
        case untilClose
        /// The line with the size of the next chunk.
        case chunkSize(size: Int, digits: Int, isInExtension: Bool)
        /// So many bytes of a chunk are still to come.
        case chunk(Int)
        /// The end of line behind a chunk.
        case chunkEnd
        /// The lines behind the last chunk; how much of the current one was read.
        case trailer(lineLength: Int)
        /// Nothing more is part of the body.
        case finished(isWhole: Bool)
    }

    private var state: State

    /// The body that follows a head. One whose length is announced in a way that makes no sense is not read.
    init(after head: ResponseHead) {
        state =
            switch try? head.bodyFraming() {
            case nil: .finished(isWhole: false)
            case .some(.none): .finished(isWhole: true)
            case .length(let count): .counted(count)
            case .chunked: .chunkSize(size: 0, digits: 0, isInExtension: false)
            case .untilClose: .untilClose
            }
    }

    /// Whether nothing more is to be read.
    var isFinished: Bool {
        if case .finished = state { true } else { false }
    }

    /// The stream has ended. Answers whether the body has come as a whole.
    mutating func end() -> Bool {
        switch state {
        case .finished(let isWhole): return isWhole
        case .untilClose:
            state = .finished(isWhole: true)
            return true
        case .counted, .chunkSize, .chunk, .chunkEnd, .trailer:
            state = .finished(isWhole: false)
            return false
        }
    }

    /// Takes what has arrived. Answers the next piece of the body in it, and removes from `bytes` what was used.
    mutating func next(in bytes: inout Bytes) -> Bytes? {
        while !bytes.isEmpty {
            switch state {
            case .untilClose:
                return take(bytes.count, of: &bytes)
            case .counted(let count):
                let piece = take(count, of: &bytes)
                state = piece.count == count ? .finished(isWhole: true) : .counted(count - piece.count)
                return piece
            case .chunk(let count):
                let piece = take(count, of: &bytes)
                state = piece.count == count ? .chunkEnd : .chunk(count - piece.count)
                return piece
            case .chunkSize, .chunkEnd, .trailer:
                let octet = bytes[0]
                bytes = bytes.slice(1..<bytes.count)
                state = after(octet)
            case .finished:
                return nil
            }
        }
        return nil
    }

    private func take(_ count: Int, of bytes: inout Bytes) -> Bytes {
        let piece = bytes.slice(0..<count)
        bytes = bytes.slice(piece.count..<bytes.count)
        return piece
    }

    /// What follows from one octet around the chunks.
    private func after(_ octet: UInt8) -> State {
        let carriageReturn = UInt8(ascii: "\r")
        let lineFeed = UInt8(ascii: "\n")
        switch state {
        case .chunkSize(let size, let digits, let isInExtension):
            if octet == lineFeed {
                guard digits > 0 else { return .finished(isWhole: false) }
                return size == 0 ? .trailer(lineLength: 0) : .chunk(size)
            }
            if octet == carriageReturn { return state }
            guard digits < Self.maxLineLength else { return .finished(isWhole: false) }
            if isInExtension || octet == UInt8(ascii: ";") || octet == UInt8(ascii: " ") {
                return .chunkSize(size: size, digits: digits + 1, isInExtension: true)
            }
            guard let digit = Self.hexDigit(octet), size <= Int.max >> 8 else { return .finished(isWhole: false) }
            return .chunkSize(size: size << 4 | digit, digits: digits + 1, isInExtension: false)
        case .chunkEnd:
            if octet == carriageReturn { return .chunkEnd }
            guard octet == lineFeed else { return .finished(isWhole: false) }
            return .chunkSize(size: 0, digits: 0, isInExtension: false)
        case .trailer(let lineLength):
            if octet == carriageReturn { return state }
            if octet == lineFeed { return lineLength == 0 ? .finished(isWhole: true) : .trailer(lineLength: 0) }
            guard lineLength < Self.maxLineLength else { return .finished(isWhole: false) }
            return .trailer(lineLength: lineLength + 1)
        case .counted, .untilClose, .chunk, .finished:
            return state
        }
    }

    private static func hexDigit(_ octet: UInt8) -> Int? {
        switch octet {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(octet) - 0x30
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(octet) - 0x57
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(octet) - 0x37
        default: nil
        }
    }

    /// Longer lines between the chunks are no longer read.
    private static let maxLineLength = 4096
}
