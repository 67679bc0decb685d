import WSHandshake

extension HeadError {
    /// The code Node's parser gives the same fault.
    var nodeCode: String {
        switch self {
        case .bareCarriageReturn: "HPE_LF_EXPECTED"
        case .bareLineFeed: "HPE_CR_EXPECTED"
        case .tooManyEmptyLines, .malformedVersion: "HPE_INVALID_CONSTANT"
        case .unsupportedVersion: "HPE_INVALID_VERSION"
        case .malformedStatusLine: "HPE_INVALID_STATUS"
        case .malformedRequestLine, .invalidMethod: "HPE_INVALID_METHOD"
        case .invalidTarget: "HPE_INVALID_URL"
        case .controlOctet, .whitespaceBeforeFirstField, .foldedField, .missingColon, .emptyFieldName,
            .whitespaceBeforeColon, .invalidFieldName, .missingHost, .repeatedHost, .invalidHost:
            "HPE_INVALID_HEADER_TOKEN"
        case .methodTooLong, .targetTooLong, .statusLineTooLong, .fieldLineTooLong, .tooManyFields, .headTooLarge:
            "HPE_HEADER_OVERFLOW"
        case .invalidContentLength: "HPE_INVALID_CONTENT_LENGTH"
        case .invalidTransferEncoding, .unsupportedTransferCoding, .contentLengthWithTransferEncoding,
            .transferEncodingInHTTP10:
            "HPE_INVALID_TRANSFER_ENCODING"
        }
    }
}
