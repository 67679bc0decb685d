/// Reads the head of a response from bytes as they arrive; the counterpart of ``RequestHeadParser``.
///
/// Interim responses are heads like any other here: the caller skips them by their status.
public struct ResponseHeadParser: Sendable {
    private var parser: HeadParser<StatusLine>

    /// A parser at the beginning of a head.
    public init(limits: HeadLimits = .standard) { parser = HeadParser(limits: limits) }

    /// Takes the next piece of the stream.
    ///
    /// - Parameters:
    ///   - bytes: What arrived; any size, also empty.
    ///   - consumed: Set to the number of bytes used: all of them while the head goes on, else up to and including the
    ///     empty line.
    /// - Returns: The head, or nil when it needs more bytes.
    /// - Throws: ``HeadError`` at the octet that shows the fault, and the same error at each later call.
    public mutating func receive(_ bytes: RawSpan, consumed: inout Int) throws(HeadError) -> ResponseHead? {
        guard let head = try parser.receive(bytes, consumed: &consumed) else { return nil }
        return ResponseHead(
            status: head.startLine.status, reason: head.startLine.reason, version: head.startLine.version,
            fields: head.fields)
    }
}
