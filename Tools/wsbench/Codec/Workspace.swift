/// Memory to measure in: it begins at a multiple of 64, and was touched before the first measurement. Never given back.
struct Workspace {
    let base: UnsafeMutableRawPointer
    let count: Int

    init(byteCount: Int) {
        count = byteCount + 64
        base = .allocate(byteCount: count, alignment: 64)
        base.initializeMemory(as: UInt8.self, repeating: 0x5A, count: count)
    }

    /// Bytes, from the beginning.
    init(_ bytes: [UInt8]) {
        self.init(byteCount: bytes.count)
        bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(start: base, count: count).copyMemory(from: $0) }
    }
}
