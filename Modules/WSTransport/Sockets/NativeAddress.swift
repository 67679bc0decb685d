import CSystem

/// A socket address as the kernel has it.
struct NativeAddress {
    var storage = sockaddr_storage()
    var length: socklen_t = 0

    /// AF_INET, AF_INET6 or AF_UNIX.
    var family: Int32 { Int32(storage.ss_family) }

    /// The longest path of a Unix-domain socket: `sun_path` less the zero that ends it.
    static let maxPathBytes = 107

    /// An empty address for the kernel to fill.
    init() {}

    /// A copy of an address the resolver made; nil if it has none of our families.
    init?(copying info: addrinfo) {
        guard let source = unsafe info.ai_addr, unsafe info.ai_addrlen <= MemoryLayout<sockaddr_storage>.size else {
            return nil
        }
        length = unsafe info.ai_addrlen
        unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(start: source, count: Int(length)))
        }
        guard family == AF_INET || family == AF_INET6 else { return nil }
    }

    /// A Unix-domain address. A path of more than 107 bytes throws ENAMETOOLONG instead of naming another file; an
    /// empty one, or one with a zero byte after the first, throws EINVAL.
    init(path: String) throws(Errno) {
        let bytes = Array(path.utf8)
        if bytes.count > Self.maxPathBytes { throw .nameTooLong }
        if bytes.isEmpty || bytes.dropFirst().contains(0) || bytes == [0] { throw .invalid }
        storage.ss_family = sa_family_t(AF_UNIX)
        // An abstract name is as long as it is said to be; a path ends with a zero, already there.
        let terminator = bytes[0] == 0 ? 0 : 1
        length = socklen_t(Self.pathOffset + bytes.count + terminator)
        unsafe withUnsafeMutableBytes(of: &storage) { target in
            for (index, byte) in bytes.enumerated() { unsafe target[Self.pathOffset + index] = byte }
        }
    }

    /// The address in the application's terms; nil for a family we do not use.
    var socketAddress: SocketAddress? {
        switch family {
        case AF_INET: SystemCalls.numericHost(of: self).map { .ipv4($0, port) }
        case AF_INET6: SystemCalls.numericHost(of: self).map { .ipv6($0, port) }
        case AF_UNIX: .unix(path)
        default: nil
        }
    }

    /// The port of an IP address: in both families the two bytes after the family.
    var port: UInt16 {
        unsafe withUnsafeBytes(of: storage) {
            unsafe UInt16(bigEndian: $0.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
        }
    }

    /// The same address with another port; a Unix-domain address as it is.
    func with(port: UInt16) -> NativeAddress {
        guard family == AF_INET || family == AF_INET6 else { return self }
        var copy = self
        unsafe withUnsafeMutableBytes(of: &copy.storage) { bytes in
            unsafe bytes.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
        }
        return copy
    }

    private var path: String {
        let count = min(max(Int(length) - Self.pathOffset, 0), Self.maxPathBytes + 1)
        return unsafe withUnsafeBytes(of: storage) { bytes in
            let name = unsafe bytes[Self.pathOffset..<Self.pathOffset + count]
            guard let first = unsafe name.first else { return "" }
            // Only an abstract name may start with zero; a path stops at one.
            return unsafe String(decoding: first == 0 ? name : name.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    private static let pathOffset = MemoryLayout<sa_family_t>.size
}
