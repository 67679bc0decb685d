import CZlib
import WSConnection

extension CompressionError {
    /// What zlib answered, by its own name and text.
    init(zlib status: Int32, _ stream: UnsafeMutablePointer<z_stream>) {
        let code =
            switch status {
            case Z_NEED_DICT: "Z_NEED_DICT"
            case Z_STREAM_ERROR: "Z_STREAM_ERROR"
            case Z_DATA_ERROR: "Z_DATA_ERROR"
            case Z_MEM_ERROR: "Z_MEM_ERROR"
            case Z_VERSION_ERROR: "Z_VERSION_ERROR"
            default: "Z_BUF_ERROR"
            }
        let text = unsafe stream.pointee.msg ?? UnsafeMutablePointer(mutating: zError(status))
        self.init(code: code, message: unsafe text.map { unsafe String(cString: $0) } ?? code)
    }

    /// The message ends where no message may: inside a block, or before anything (RFC 7692 §7.2.2).
    static let truncated = CompressionError(code: "Z_BUF_ERROR", message: "unexpected end of file")
}
