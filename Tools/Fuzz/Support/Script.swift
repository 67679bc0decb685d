/// The fuzzer's bytes, read from the front as choices and lengths. Past the end everything is 0, so every input is a
/// whole script.
struct Script {
    private let bytes: UnsafeRawBufferPointer
    private(set) var position = 0

    init(_ data: UnsafePointer<UInt8>, count: Int) {
        bytes = UnsafeRawBufferPointer(start: data, count: count)
    }

    var isAtEnd: Bool { position >= bytes.count }

    /// What has not been read yet.
    var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[position...]) }

    /// The next byte; 0 past the end.
    mutating func byte() -> UInt8 {
        guard position < bytes.count else { return 0 }
        defer { position += 1 }
        return bytes[position]
    }

    /// The next `count` bytes, or as many as there are.
    mutating func take(_ count: Int) -> UnsafeRawBufferPointer {
        let end = min(bytes.count, position + count)
        defer { position = end }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<end])
    }
}

/// How a stream is cut into pieces: a plan that one byte of the input chooses.
struct Cuts {
    private var state: UInt32
    private let mask: UInt32

    /// The two low bits choose the longest piece, 1, 4, 16 or 64 bytes; the others vary the lengths.
    init(_ plan: UInt8) {
        state = UInt32(plan) &* 2_654_435_761 | 1
        mask = (1 << (2 * UInt32(plan & 3))) - 1
    }

    /// The length of the next piece, at least 1 and at most `limit`.
    mutating func next(atMost limit: Int) -> Int {
        state = state &* 1_664_525 &+ 1_013_904_223
        return min(limit, 1 + Int(state >> 16 & mask))
    }
}

/// A running digest of numbers: two sequences that differ in anything differ in it.
struct Digest: Equatable {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    @inline(__always)
    mutating func add(_ number: UInt64) {
        value = (value ^ number) &* 0x100_0000_01B3
        value ^= value >> 29
    }
}
