/// A reader of DEFLATE (RFC 1951) that shares nothing with zlib: slow, and it remembers how far back matches reached.
struct DeflateReader {
    struct Fault: Error {}

    private(set) var output: [UInt8] = []
    /// The largest distance of a match.
    private(set) var maxDistance = 0
    /// Blocks by their type: stored, fixed, dynamic.
    private(set) var blocks = [0, 0, 0]

    private var bytes: [UInt8] = []
    private var position = 0

    /// Reads blocks until the bytes end at a byte edge. Earlier messages may be referred to.
    mutating func read(_ message: [UInt8]) throws {
        bytes = message
        position = 0
        while position < bytes.count * 8 {
            let isLast = try bits(1) == 1
            let type = try bits(2)
            guard type < 3 else { throw Fault() }
            blocks[type] += 1
            switch type {
            case 0: try stored()
            case 1: try compressed(Code(Self.fixedLengths), Code(Array(repeating: 5, count: 30)))
            default: try dynamic()
            }
            // What follows a final block is another stream, and begins at a byte edge.
            if isLast { position = (position + 7) / 8 * 8 }
        }
    }

    private mutating func bits(_ count: Int) throws -> Int {
        var value = 0
        for index in 0..<count {
            guard position < bytes.count * 8 else { throw Fault() }
            value |= Int(bytes[position / 8] >> UInt8(position % 8) & 1) << index
            position += 1
        }
        return value
    }

    private mutating func stored() throws {
        position = (position + 7) / 8 * 8
        let count = try bits(16)
        guard try bits(16) == count ^ 0xFFFF else { throw Fault() }
        for _ in 0..<count { output.append(UInt8(try bits(8))) }
    }

    private mutating func dynamic() throws {
        let literalCount = try bits(5) + 257
        let distanceCount = try bits(5) + 1
        let codeCount = try bits(4) + 4
        var lengths = Array(repeating: 0, count: 19)
        for index in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15].prefix(codeCount) {
            lengths[index] = try bits(3)
        }
        let code = Code(lengths)
        var all: [Int] = []
        while all.count < literalCount + distanceCount {
            switch try symbol(code) {
            case 16:
                guard let last = all.last else { throw Fault() }
                all += Array(repeating: last, count: 3 + (try bits(2)))
            case 17: all += Array(repeating: 0, count: 3 + (try bits(3)))
            case 18: all += Array(repeating: 0, count: 11 + (try bits(7)))
            case let length: all.append(length)
            }
        }
        try compressed(Code(Array(all[..<literalCount])), Code(Array(all[literalCount...])))
    }

    private mutating func compressed(_ literals: Code, _ distances: Code) throws {
        while true {
            let literal = try symbol(literals)
            if literal < 256 {
                output.append(UInt8(literal))
            } else if literal == 256 {
                return
            } else {
                let index = literal - 257
                guard index < Self.lengthBase.count else { throw Fault() }
                let length = Self.lengthBase[index] + (try bits(Self.lengthExtra[index]))
                let distanceIndex = try symbol(distances)
                guard distanceIndex < 30 else { throw Fault() }
                let extra = max(0, distanceIndex / 2 - 1)
                let base = distanceIndex < 2 ? distanceIndex + 1 : (2 + distanceIndex % 2) << extra + 1
                let distance = base + (try bits(extra))
                maxDistance = max(maxDistance, distance)
                guard distance <= output.count else { throw Fault() }
                for _ in 0..<length { output.append(output[output.count - distance]) }
            }
        }
    }

    private mutating func symbol(_ code: Code) throws -> Int {
        var (value, first, index) = (0, 0, 0)
        for length in 1...15 {
            value |= try bits(1)
            let count = code.counts[length]
            if value - count < first { return code.symbols[index + value - first] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        throw Fault()
    }

    /// A Huffman code from its lengths (§3.2.2): how many codes there are of each, and their symbols in order.
    private struct Code {
        var counts = Array(repeating: 0, count: 16)
        var symbols: [Int] = []

        init(_ lengths: [Int]) {
            for length in lengths where length > 0 { counts[length] += 1 }
            for length in 1...15 {
                symbols += lengths.indices.filter { lengths[$0] == length }
            }
        }
    }

    private static let fixedLengths =
        Array(repeating: 8, count: 144) + Array(repeating: 9, count: 112) + Array(repeating: 7, count: 24)
        + Array(repeating: 8, count: 8)
    private static let lengthBase = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let lengthExtra = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
}
