extension HeadError {
    /// The status a server answers with, between 400 and 599 (RFC 9110 §15).
    public var status: Int {
        switch self {
        case .unsupportedVersion: 505
        case .methodTooLong, .unsupportedTransferCoding: 501
        case .targetTooLong: 414
        case .fieldLineTooLong, .tooManyFields, .headTooLarge: 431
        case .bareCarriageReturn, .bareLineFeed, .controlOctet, .tooManyEmptyLines, .malformedRequestLine,
            .invalidMethod, .invalidTarget, .malformedVersion, .malformedStatusLine, .whitespaceBeforeFirstField,
            .foldedField, .missingColon, .emptyFieldName, .whitespaceBeforeColon, .invalidFieldName,
            .statusLineTooLong, .missingHost, .repeatedHost, .invalidHost, .invalidContentLength,
            .invalidTransferEncoding, .contentLengthWithTransferEncoding, .transferEncodingInHTTP10:
            400
        }
    }

    /// The section that states the rule, such as `RFC 9112 §2.2`.
    public var rfcSection: String {
        switch self {
        case .bareCarriageReturn, .bareLineFeed, .tooManyEmptyLines, .whitespaceBeforeFirstField: "RFC 9112 §2.2"
        case .malformedVersion: "RFC 9112 §2.3"
        case .malformedRequestLine, .methodTooLong, .targetTooLong: "RFC 9112 §3"
        case .invalidTarget, .missingHost, .repeatedHost: "RFC 9112 §3.2"
        case .malformedStatusLine, .statusLineTooLong: "RFC 9112 §4"
        case .missingColon: "RFC 9112 §5"
        case .whitespaceBeforeColon: "RFC 9112 §5.1"
        case .foldedField: "RFC 9112 §5.2"
        case .unsupportedTransferCoding, .contentLengthWithTransferEncoding, .transferEncodingInHTTP10:
            "RFC 9112 §6.1"
        case .invalidContentLength, .invalidTransferEncoding: "RFC 9112 §6.3"
        case .emptyFieldName, .invalidFieldName: "RFC 9110 §5.1"
        case .controlOctet: "RFC 9110 §5.5"
        case .invalidHost: "RFC 9110 §7.2"
        case .invalidMethod: "RFC 9110 §9.1"
        case .unsupportedVersion: "RFC 9110 §15.6.6"
        case .fieldLineTooLong, .tooManyFields, .headTooLarge: "RFC 6585 §5"
        }
    }
}
