import WSFrame

/// The bytes written in hexadecimal, such as `"81 05 48656c6c6f"`; spaces are for the reader.
func hex(_ text: String) -> [UInt8] {
    let digits = text.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// XORs byte i with key byte (phase + i) mod 4, as RFC 6455 §5.3 words it.
func masked(_ bytes: [UInt8], _ key: [UInt8], phase: Int = 0) -> [UInt8] {
    bytes.indices.map { bytes[$0] ^ key[(phase + $0) % 4] }
}

extension MaskingKey {
    /// The key with these four bytes.
    init(_ bytes: [UInt8]) {
        self.init(bytes[0], bytes[1], bytes[2], bytes[3])
    }
}

/// How a test says what reaches one end of a connection. It shares no code with `FrameHeader`.
struct Wire {
    /// The end that receives.
    var role: Role
    /// The key that a client's frames carry.
    var key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

    /// One frame: its first byte, and the length in its shortest form or in the given number of bytes.
    func frame(_ first: UInt8, _ payload: [UInt8] = [], lengthWidth: Int? = nil) -> [UInt8] {
        header(first, payload.count, lengthWidth: lengthWidth) + (role == .server ? masked(payload, key) : payload)
    }

    /// The header alone, of a frame that announces `length` bytes.
    func header(_ first: UInt8, _ length: Int, lengthWidth: Int? = nil) -> [UInt8] {
        let width = lengthWidth ?? (length < 126 ? 0 : length < 65536 ? 2 : 8)
        let code = width == 0 ? UInt8(length) : width == 2 ? 126 : 127
        let extended = (0..<width).reversed().map { UInt8(length >> (8 * $0) & 0xFF) }
        return [first, (role == .server ? 0x80 : 0) | code] + extended + (role == .server ? key : [])
    }
}

extension Role {
    /// Both ends, as the argument of a test.
    static var both: [Role] { [.client, .server] }
}
