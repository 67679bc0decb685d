import WSFrame

/// Masking in place and while copying, at fitting and at odd addresses.
enum MaskingOperations {
    static let sizes = [64, 1024, 16 * 1024, 1024 * 1024]

    static var groups: [[Operation]] { sizes.map(group) }

    private static func group(_ size: Int) -> [Operation] {
        let source = Workspace(PayloadKind.binary.bytes(count: size + 64, seed: 1)).base
        let destination = Workspace(byteCount: size + 64).base
        return [
            memcpy(size, from: source, to: destination),
            inPlace(size, at: destination, offset: 0),
            inPlace(size, at: destination, offset: 5),
            copying(size, from: source, offset: 0, to: destination, offset: 0),
            // As a client does it: the payload from anywhere, its place behind a header of eight bytes.
            copying(size, from: source, offset: 3, to: destination, offset: 8),
        ]
    }

    /// What everything else is compared with.
    static func memcpy(_ size: Int, from source: UnsafeMutableRawPointer, to destination: UnsafeMutableRawPointer)
        -> Operation
    {
        Operation("memcpy", byteCount: size) { times in
            for _ in 0..<times { Opaque.hide(destination).copyMemory(from: source, byteCount: size) }
        }
    }

    private static func inPlace(_ size: Int, at base: UnsafeMutableRawPointer, offset: Int) -> Operation {
        let key = MaskingKey(0x37, 0xFA, 0x21, 0x3D)
        return Operation("in place, offset \(offset)", byteCount: size) { times in
            for _ in 0..<times { Masking.apply(key, phase: 0, to: Opaque.hide(base) + offset, count: size) }
        }
    }

    private static func copying(
        _ size: Int, from source: UnsafeMutableRawPointer, offset: Int, to destination: UnsafeMutableRawPointer,
        offset destinationOffset: Int
    ) -> Operation {
        let key = MaskingKey(0x37, 0xFA, 0x21, 0x3D)
        return Operation("copying, offsets \(offset) and \(destinationOffset)", byteCount: size) { times in
            for _ in 0..<times {
                Masking.copy(
                    source + offset, to: Opaque.hide(destination) + destinationOffset, count: size, key: key, phase: 0)
            }
        }
    }
}
