import Testing
import WSHandshake

@Suite("RFC 9110 §15.5 What a faulty head is answered with")
struct HeadErrorTests {
    private static let all: [HeadError] = [
        .bareCarriageReturn, .bareLineFeed, .controlOctet(0), .tooManyEmptyLines, .malformedRequestLine,
        .invalidMethod(octet: 64), .invalidTarget(octet: 35), .malformedVersion,
        .unsupportedVersion(major: 2, minor: 0),
        .malformedStatusLine, .whitespaceBeforeFirstField, .foldedField, .missingColon, .emptyFieldName,
        .whitespaceBeforeColon, .invalidFieldName(octet: 64), .methodTooLong, .targetTooLong(limit: 1),
        .statusLineTooLong(limit: 1), .fieldLineTooLong(limit: 1), .tooManyFields(limit: 1), .headTooLarge(limit: 1),
        .missingHost, .repeatedHost, .invalidHost, .invalidContentLength, .invalidTransferEncoding,
        .unsupportedTransferCoding, .contentLengthWithTransferEncoding, .transferEncodingInHTTP10,
    ]

    // R-10.7-1, R-4.2.1-1
    @Test(arguments: all)
    func `every fault has a status with a phrase, a section and a sentence`(error: HeadError) {
        #expect((400...505).contains(error.status))
        #expect(!HTTPStatus.reasonPhrase(for: error.status).isEmpty)
        #expect(error.rfcSection.hasPrefix("RFC "))
        #expect(error.description.hasSuffix("(\(error.rfcSection))"))
    }

    // R-10.7-1
    @Test(arguments: all)
    func `every fault becomes a complete refusal`(error: HeadError) {
        let refusal = HandshakeRefusal(.head(error))
        #expect(refusal.status == error.status)
        let head = feed(refusal.response(), responseMachine())
        #expect(head.answer?.head?.status == error.status)
        #expect(head.answer?.head?.fields["Connection"] == "close")
        #expect(text(head.leftOver) == HTTPStatus.reasonPhrase(for: error.status))
    }
}
