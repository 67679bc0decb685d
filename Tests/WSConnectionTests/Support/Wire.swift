import WSFrame

/// The bytes written in hexadecimal, such as `"81 05 48656c6c6f"`; spaces are for the reader.
func hex(_ text: String) -> [UInt8] {
    let digits = text.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// The bytes in hexadecimal, two digits each.
func hexText(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}

/// Bytes that repeat only after 251, so that a shifted or stale copy shows.
func pattern(_ count: Int, from first: Int = 0) -> [UInt8] {
    (first..<first + count).map { UInt8(truncatingIfNeeded: $0 % 251) }
}

/// How a test says what reaches one end of a connection: masked for a server, plain for a client.
///
/// It shares no code with the library.
struct Wire {
    /// The end that receives.
    var role: Role
    /// The key that a client's frames carry.
    var key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

    /// One frame: its first byte, and the length in its shortest form or in the given number of bytes.
    func frame(_ first: UInt8, _ payload: [UInt8] = [], lengthWidth: Int? = nil) -> [UInt8] {
        var masked = payload
        if role == .server {
            for index in masked.indices { masked[index] ^= key[index % 4] }
        }
        return header(first, payload.count, lengthWidth: lengthWidth) + masked
    }

    /// One frame with text.
    func frame(_ first: UInt8, _ text: String) -> [UInt8] { frame(first, Array(text.utf8)) }

    /// A message in fragments, with the opcode of the first.
    func message(_ opcode: UInt8, _ fragments: [[UInt8]]) -> [UInt8] {
        var stream: [UInt8] = []
        for (index, fragment) in fragments.enumerated() {
            let fin: UInt8 = index == fragments.count - 1 ? 0x80 : 0
            stream += frame((index == 0 ? opcode : 0) | fin, fragment)
        }
        return stream
    }

    /// A close frame with a code.
    func close(_ code: UInt16, _ reason: String = "") -> [UInt8] {
        frame(0x88, [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
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
