internal import COpenSSL

/// What OpenSSL takes for the network: a BIO that reads from bytes which are lent to it, and writes to a buffer. Unlike
/// OpenSSL's own memory BIO it copies no input, and keeps no memory while nothing is under way.
@safe struct TLSWire: ~Copyable {
    /// What OpenSSL has not read yet of the ciphertext it was lent.
    var input = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    /// The records OpenSSL has written.
    var output = TLSBuffer()

    /// A wire in a place of its own, which the BIO refers to.
    static func make() -> UnsafeMutablePointer<TLSWire> {
        let wire = UnsafeMutablePointer<TLSWire>.allocate(capacity: 1)
        unsafe wire.initialize(to: TLSWire())
        return unsafe wire
    }

    /// A BIO over a wire, which must live longer; nil when OpenSSL is out of memory.
    static func makeBIO(over wire: UnsafeMutablePointer<TLSWire>) -> OpaquePointer? {
        guard let method = unsafe method, let bio = unsafe BIO_new(method) else { return nil }
        unsafe BIO_set_data(bio, wire)
        unsafe BIO_set_init(bio, 1)
        return unsafe bio
    }

    private mutating func read(into base: UnsafeMutableRawPointer, count wanted: Int) -> Int {
        let count = unsafe min(wanted, input.count)
        guard count > 0, let source = unsafe input.baseAddress else { return 0 }
        unsafe base.copyMemory(from: source, byteCount: count)
        unsafe input = UnsafeRawBufferPointer(rebasing: input[count...])
        return count
    }

    // MARK: What OpenSSL calls

    nonisolated(unsafe) private static let method: OpaquePointer? = {
        // A source and a sink, of a kind of its own.
        guard let method = unsafe BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire") else { return nil }
        unsafe BIO_meth_set_read(method) { bio, base, count in
            unsafe cssl_clear_retry(bio)
            guard let base = unsafe base, count > 0, let wire = unsafe TLSWire.of(bio) else { return 0 }
            let read = unsafe wire.pointee.read(into: base, count: Int(count))
            if read > 0 { return Int32(read) }
            unsafe cssl_retry_read(bio)
            return -1
        }
        unsafe BIO_meth_set_write(method) { bio, base, count in
            unsafe cssl_clear_retry(bio)
            guard let base = unsafe base, count > 0, let wire = unsafe TLSWire.of(bio) else { return 0 }
            unsafe wire.pointee.output.append(base, count: Int(count))
            return count
        }
        unsafe BIO_meth_set_ctrl(method) { _, command, _, _ in
            command == BIO_CTRL_FLUSH || command == BIO_CTRL_DUP ? 1 : 0
        }
        return unsafe method
    }()

    private static func of(_ bio: OpaquePointer?) -> UnsafeMutablePointer<TLSWire>? {
        unsafe BIO_get_data(bio)?.assumingMemoryBound(to: TLSWire.self)
    }
}
