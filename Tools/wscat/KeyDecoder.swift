/// Makes keys of the bytes a terminal sends: UTF-8, control characters, and the escape sequences of arrows and the like.
struct KeyDecoder {
    private enum State {
        case plain
        /// Inside a character of several bytes.
        case character([UInt8], missing: Int)
        /// After an escape.
        case escape
        /// After an escape and `[` or `O`, with the parameters so far.
        case sequence([UInt8])
    }

    private var state = State.plain

    /// Takes a byte. Answers the key it completes, if any.
    mutating func take(_ byte: UInt8) -> Key? {
        switch state {
        case .plain: return plain(byte)
        case .character(let bytes, let missing): return character(bytes + [byte], missing: missing - 1)
        case .escape:
            state = byte == UInt8(ascii: "[") || byte == UInt8(ascii: "O") ? .sequence([]) : .plain
            return nil
        case .sequence(let parameters):
            // ECMA-48: parameters and intermediates are 0x20 to 0x3F, and what follows them ends the sequence.
            if (0x20...0x3F).contains(byte), parameters.count < 16 {
                state = .sequence(parameters + [byte])
                return nil
            }
            state = .plain
            return Self.key(sequence: byte, parameters)
        }
    }

    private mutating func plain(_ byte: UInt8) -> Key? {
        switch byte {
        case 0x01: return .home
        case 0x02: return .left
        case 0x03: return .interrupt
        case 0x04: return .endOfInput
        case 0x05: return .end
        case 0x06: return .right
        case 0x08, 0x7F: return .deleteBackward
        case 0x0A, 0x0D: return .enter
        case 0x0B: return .deleteToEnd
        case 0x0C: return .clearScreen
        case 0x0E: return .newer
        case 0x10: return .older
        case 0x15: return .deleteToStart
        case 0x17: return .deleteWord
        case 0x1A: return .suspend
        case 0x1B:
            state = .escape
            return nil
        case 0x09, 0x20..<0x7F: return .character(Unicode.Scalar(byte))
        case 0xC2..<0xE0: state = .character([byte], missing: 1)
        case 0xE0..<0xF0: state = .character([byte], missing: 2)
        case 0xF0..<0xF5: state = .character([byte], missing: 3)
        default: break
        }
        return nil
    }

    private mutating func character(_ bytes: [UInt8], missing: Int) -> Key? {
        guard missing == 0 else {
            state = .character(bytes, missing: missing)
            return nil
        }
        state = .plain
        guard let scalar = String(validating: bytes, as: UTF8.self)?.unicodeScalars.first else { return nil }
        // C1 control characters are none to type or to paste.
        return scalar.value < 0xA0 ? nil : .character(scalar)
    }

    private static func key(sequence final: UInt8, _ parameters: [UInt8]) -> Key? {
        switch final {
        case UInt8(ascii: "A"): .older
        case UInt8(ascii: "B"): .newer
        case UInt8(ascii: "C"): .right
        case UInt8(ascii: "D"): .left
        case UInt8(ascii: "F"): .end
        case UInt8(ascii: "H"): .home
        case UInt8(ascii: "~"):
            switch parameters.first {
            case UInt8(ascii: "1"), UInt8(ascii: "7"): .home
            case UInt8(ascii: "3"): .deleteForward
            case UInt8(ascii: "4"), UInt8(ascii: "8"): .end
            default: nil
            }
        default: nil
        }
    }
}
