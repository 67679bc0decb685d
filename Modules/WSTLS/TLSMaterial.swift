internal import COpenSSL

/// Certificates or a private key, as the application has them: PEM text, or DER bytes.
///
/// Its description tells the size only, so that no key finds its way into a log.
public struct TLSMaterial: Sendable, Hashable, CustomStringConvertible {
    let bytes: [UInt8]

    /// The most bytes a file may have.
    private static let fileLimit = 16 * 1024 * 1024

    /// PEM text: any number of certificates, or a key.
    public init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// PEM text or DER, as bytes.
    public init(_ bytes: some Collection<UInt8>) {
        self.bytes = Array(bytes)
    }

    /// Reads a file, now and once.
    ///
    /// - Throws: when it cannot be read, or has more than 16 MiB.
    public init(file path: String) throws(TLSError) {
        ERR_clear_error()
        guard let file = unsafe BIO_new_file(path, "rb") else { throw TLSError.unreadable(path) }
        defer { unsafe BIO_free(file) }
        var bytes: [UInt8] = []
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 * 1024, alignment: 1)
        defer { unsafe chunk.deallocate() }
        while true {
            let count = unsafe BIO_read(file, chunk.baseAddress, Int32(chunk.count))
            if count <= 0 { break }
            unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: chunk[..<Int(count)]))
            guard bytes.count <= Self.fileLimit else { throw TLSError.unreadable(path) }
        }
        // Reading a directory fails here, not when it is opened.
        guard ERR_peek_error() == 0 else { throw TLSError.unreadable(path) }
        self.bytes = bytes
    }

    /// The size.
    public var description: String { "\(bytes.count) bytes" }

    /// Lends the bytes as OpenSSL reads them.
    func withReader<Result>(_ body: (OpaquePointer) throws(TLSError) -> Result) throws(TLSError) -> Result {
        let bytes = bytes.isEmpty ? [0] : bytes
        return try unsafe bytes.span.bytes.withUnsafeBytes { (bytes) throws(TLSError) -> Result in
            guard let reader = unsafe BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else {
                throw TLSError.queued(or: .outOfMemory)
            }
            defer { unsafe BIO_free(reader) }
            return unsafe try body(reader)
        }
    }
}
