extension HeadError: CustomStringConvertible {
    /// The fault and its section, for logs.
    public var description: String { "\(sentence) (\(rfcSection))" }

    private var sentence: String {
        switch self {
        case .bareCarriageReturn: "Carriage return without line feed"
        case .bareLineFeed: "Line feed without carriage return"
        case .controlOctet(let octet): "Control octet \(octet)"
        case .tooManyEmptyLines: "Too many empty lines before the request"
        case .malformedRequestLine: "Malformed request line"
        case .invalidMethod(let octet): "Octet \(octet) in the method"
        case .invalidTarget(let octet): "Octet \(octet) in the request target"
        case .malformedVersion: "Malformed HTTP version"
        case .unsupportedVersion(let major, let minor): "Unsupported HTTP version \(major).\(minor)"
        case .malformedStatusLine: "Malformed status line"
        case .whitespaceBeforeFirstField: "Whitespace before the first field"
        case .foldedField: "Folded field line"
        case .missingColon: "Field line without colon"
        case .emptyFieldName: "Empty field name"
        case .whitespaceBeforeColon: "Whitespace before the colon of a field"
        case .invalidFieldName(let octet): "Octet \(octet) in a field name"
        case .methodTooLong: "Method too long"
        case .targetTooLong(let limit): "Request target longer than \(limit) bytes"
        case .statusLineTooLong(let limit): "Status line longer than \(limit) bytes"
        case .fieldLineTooLong(let limit): "Field line longer than \(limit) bytes"
        case .tooManyFields(let limit): "More than \(limit) field lines"
        case .headTooLarge(let limit): "Head longer than \(limit) bytes"
        case .missingHost: "Missing Host"
        case .repeatedHost: "More than one Host"
        case .invalidHost: "Invalid Host"
        case .invalidContentLength: "Invalid Content-Length"
        case .invalidTransferEncoding: "Invalid Transfer-Encoding"
        case .unsupportedTransferCoding: "Unsupported transfer coding"
        case .contentLengthWithTransferEncoding: "Content-Length together with Transfer-Encoding"
        case .transferEncodingInHTTP10: "Transfer-Encoding in HTTP/1.0"
        }
    }
}
