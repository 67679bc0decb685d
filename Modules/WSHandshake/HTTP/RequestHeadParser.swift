/// Reads the head of a request from bytes as they arrive.
///
/// Call ``receive(_:consumed:)`` with each piece until it returns a head; what follows the head in the piece is the
/// caller's. The parser is then ready for the next request of the connection.
public struct RequestHeadParser: Sendable {
    private var parser: HeadParser<RequestLine>

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
    public mutating func receive(_ bytes: RawSpan, consumed: inout Int) throws(HeadError) -> RequestHead? {
        guard let head = try parser.receive(bytes, consumed: &consumed) else { return nil }
        return RequestHead(
            method: head.startLine.method, target: head.startLine.target, version: head.startLine.version,
            fields: head.fields)
    }
}
