public import WSConnection

/// Bytes of a known number that are read when they are needed.
public final class Blob {
    /// How many bytes.
    public let size: Int
    private let contents: Bytes

    /// Bytes that are there.
    public init(_ bytes: Bytes) {
        size = bytes.count
        contents = bytes
    }

    /// The bytes.
    public func bytes() -> Bytes { contents }
}
