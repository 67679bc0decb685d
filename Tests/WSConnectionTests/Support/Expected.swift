import WSFrame

/// A close frame as an endpoint writes it, its mask key 0; the code 0 stands for an empty body.
func closeFrame(_ code: UInt16, _ role: Role) -> [UInt8] {
    written(0x88, code == 0 ? [] : [UInt8(code >> 8), UInt8(code & 0xFF)], role)
}

/// A pong as an endpoint writes it, its mask key 0.
func pongFrame(_ text: String, _ role: Role) -> [UInt8] { written(0x8A, Array(text.utf8), role) }

/// A short frame as an endpoint writes it, its mask key 0.
func written(_ first: UInt8, _ payload: [UInt8], _ role: Role) -> [UInt8] {
    precondition(payload.count < 126)
    return role == .server
        ? [first, UInt8(payload.count)] + payload : [first, 0x80 | UInt8(payload.count), 0, 0, 0, 0] + payload
}

/// A frame in an endpoint's output, its mask key 0.
func expectedFrame(_ first: UInt8, _ payload: [UInt8], _ role: Role) -> WrittenFrame {
    WrittenFrame(
        isFinal: first & 0x80 != 0, rsv1: first & 0x40 != 0, opcode: first & 0x0F,
        key: role == .client ? [0, 0, 0, 0] : nil, payload: payload)
}
