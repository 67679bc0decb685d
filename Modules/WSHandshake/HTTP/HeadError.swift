/// Why bytes are not an acceptable HTTP/1.1 head.
///
/// Each case is one rule of RFC 9110 or 9112 or one limit of ``HeadLimits``; ``status`` is what a server answers.
public enum HeadError: Error, Equatable, Sendable {
    // Lines
    /// A carriage return that no line feed follows (RFC 9112 §2.2).
    case bareCarriageReturn
    /// A line feed that no carriage return precedes. RFC 9112 §2.2 lets a recipient accept it; we do not, since two
    /// readers of one stream must not disagree on where a line ends.
    case bareLineFeed
    /// A control octet other than tab (RFC 9110 §5.5).
    case controlOctet(UInt8)
    /// More empty lines before the request line than ``HeadLimits/maxLeadingEmptyLines``.
    case tooManyEmptyLines

    // Start lines
    /// Not method, space, target, space, version (RFC 9112 §3).
    case malformedRequestLine
    /// An octet in the method that no token holds (RFC 9110 §9.1).
    case invalidMethod(octet: UInt8)
    /// An octet no request target holds: whitespace, a fragment sign or something outside visible ASCII (RFC 9112 §3.2).
    case invalidTarget(octet: UInt8)
    /// Not `HTTP/` digit dot digit (RFC 9112 §2.3).
    case malformedVersion
    /// A well-formed version whose major digit is not 1.
    case unsupportedVersion(major: UInt8, minor: UInt8)
    /// Not version, space, status code, optional reason (RFC 9112 §4).
    case malformedStatusLine

    // Field lines
    /// Whitespace between the start line and the first field (RFC 9112 §2.2).
    case whitespaceBeforeFirstField
    /// A field continued on a second line, in a request (RFC 9112 §5.2).
    case foldedField
    /// A field line without a colon (RFC 9112 §5).
    case missingColon
    /// A field line that begins with its colon (RFC 9110 §5.1).
    case emptyFieldName
    /// Whitespace between field name and colon (RFC 9112 §5.1).
    case whitespaceBeforeColon
    /// An octet in a field name that no token holds (RFC 9110 §5.1).
    case invalidFieldName(octet: UInt8)

    // Limits
    /// A first line that goes on past the limit without the space that ends a method.
    case methodTooLong
    /// A request target longer than ``HeadLimits/maxLineBytes``.
    case targetTooLong(limit: Int)
    /// A status line longer than ``HeadLimits/maxLineBytes``.
    case statusLineTooLong(limit: Int)
    /// A field line longer than ``HeadLimits/maxLineBytes``.
    case fieldLineTooLong(limit: Int)
    /// More field lines than ``HeadLimits/maxFields``.
    case tooManyFields(limit: Int)
    /// A head longer than ``HeadLimits/maxBytes``.
    case headTooLarge(limit: Int)

    // Fields every HTTP/1.1 message depends on
    /// No Host in an HTTP/1.1 request (RFC 9112 §3.2).
    case missingHost
    /// More than one Host line (RFC 9112 §3.2).
    case repeatedHost
    /// A Host that is not a host with an optional port (RFC 9110 §7.2).
    case invalidHost
    /// A Content-Length that is not one decimal number, or several that differ (RFC 9112 §6.3).
    case invalidContentLength
    /// A Transfer-Encoding that is no list of tokens, or whose last coding is not chunked (RFC 9112 §6.1, §6.3).
    case invalidTransferEncoding
    /// A transfer coding other than chunked (RFC 9112 §6.1).
    case unsupportedTransferCoding
    /// Transfer-Encoding together with Content-Length: a smuggling attempt (RFC 9112 §6.1).
    case contentLengthWithTransferEncoding
    /// Transfer-Encoding in an HTTP/1.0 message (RFC 9112 §6.1).
    case transferEncodingInHTTP10
}
