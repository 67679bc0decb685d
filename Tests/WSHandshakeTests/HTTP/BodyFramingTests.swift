import Testing
import WSHandshake

@Suite("RFC 9112 §6 Message bodies")
struct BodyFramingTests {
    private func request(
        _ fields: [(name: String, value: String)], version: HTTPVersion = .http11
    ) throws -> RequestHead {
        RequestHead(method: "POST", target: "/", version: version, fields: try HeaderFields(validating: fields))
    }

    private func response(_ status: Int, _ fields: [(name: String, value: String)] = []) throws -> ResponseHead {
        ResponseHead(status: status, fields: try HeaderFields(validating: fields))
    }

    // H-22
    @Test(arguments: [
        ("0", BodyFraming.none), ("5", .length(5)), ("005", .length(5)), ("5, 5", .length(5)), ("5,5 ,\t5", .length(5)),
        ("9223372036854775807", .length(.max)),
    ])
    func `a content length is decimal digits, and a list of one number is that number`(
        value: String, framing: BodyFraming
    ) throws {
        #expect(try request([("Content-Length", value)]).bodyFraming() == framing)
    }

    // H-22, H-e
    @Test(arguments: [
        "+5", "-5", "5, 6", "0x5", "", ",", "5,", ",5", "5 5", "5.0", "5a", "\u{B2}", "9223372036854775808",
        "99999999999999999999",
        "18446744073709551617", "1e3", "five",
    ])
    func `any other content length is answered with 400`(value: String) throws {
        #expect(throws: HeadError.invalidContentLength) {
            try request([("Content-Length", value)]).bodyFraming()
        }
        #expect(HeadError.invalidContentLength.status == 400)
    }

    // H-19, H-22
    @Test func `content lengths on several lines have to agree`() throws {
        #expect(try request([("Content-Length", "7"), ("content-length", "7")]).bodyFraming() == .length(7))
        #expect(throws: HeadError.invalidContentLength) {
            try request([("Content-Length", "7"), ("Content-Length", "8")]).bodyFraming()
        }
    }

    // H-23
    @Test(arguments: ["chunked", "Chunked", "CHUNKED", " chunked ", ", chunked", "chunked,"])
    func `chunked is read in any letter case`(value: String) throws {
        #expect(try request([("Transfer-Encoding", value)]).bodyFraming() == .chunked)
    }

    // H-23, H-e
    @Test(arguments: [
        ("chunked, identity", HeadError.invalidTransferEncoding), ("identity", .invalidTransferEncoding),
        ("gzip", .invalidTransferEncoding),
        ("", .invalidTransferEncoding), (",", .invalidTransferEncoding), ("x\tchunked", .invalidTransferEncoding),
        ("chunked chunked", .invalidTransferEncoding), ("chunked, chunked", .invalidTransferEncoding),
        ("\"chunked\"", .invalidTransferEncoding), ("chunked;q=1", .invalidTransferEncoding),
        ("xchunked", .invalidTransferEncoding),
        ("\u{B}chunked", .invalidTransferEncoding), ("gzip, chunked", .unsupportedTransferCoding),
    ])
    func `any other transfer coding is refused`(value: String, error: HeadError) throws {
        var fields = HeaderFields()
        if value.contains("\u{B}") {
            #expect(parseRequest("GET / HTTP/1.1\r\nTransfer-Encoding: \(value)\r\n\r\n")?.error == .controlOctet(0x0B))
            return
        }
        try fields.append(name: "Transfer-Encoding", value: value)
        let head = RequestHead(method: "GET", target: "/", fields: fields)
        #expect(throws: error) { try head.bodyFraming() }
        #expect(error.status == (error == .unsupportedTransferCoding ? 501 : 400))
    }

    // H-23
    @Test func `transfer codings on several lines are one list`() throws {
        let lines = [("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "identity")]
        #expect(throws: HeadError.invalidTransferEncoding) { try request(lines).bodyFraming() }
    }

    // H-23, H-d
    @Test(arguments: ["0", "5", "5, 6", "x"])
    func `a content length beside a transfer coding is an attack`(length: String) throws {
        let head = try request([("Content-Length", length), ("Transfer-Encoding", "chunked")])
        let error = #expect(throws: HeadError.self) { try head.bodyFraming() }
        #expect(error?.status == 400)
    }

    // H-25
    @Test func `a transfer coding in HTTP 1.0 is a fault`() throws {
        #expect(throws: HeadError.transferEncodingInHTTP10) {
            try request([("Transfer-Encoding", "chunked")], version: .http10).bodyFraming()
        }
        #expect(HeadError.transferEncodingInHTTP10.status == 400)
    }

    @Test func `a request without either field has no body`() throws {
        #expect(try request([("Content-Type", "text/plain")]).bodyFraming() == .none)
    }

    // H-32
    @Test(arguments: [100, 101, 103, 199, 204, 304])
    func `informational responses, 204 and 304 have no body whatever they say`(status: Int) throws {
        for fields in [[], [("Content-Length", "5")], [("Transfer-Encoding", "chunked")], [("Content-Length", "x")]] {
            #expect(try response(status, fields).bodyFraming() == .none)
        }
    }

    // H-33
    @Test func `other responses are chunked, else counted, else last until the end`() throws {
        #expect(try response(200).bodyFraming() == .untilClose)
        #expect(try response(404, [("Content-Length", "0")]).bodyFraming() == .none)
        #expect(try response(404, [("Content-Length", "3")]).bodyFraming() == .length(3))
        #expect(try response(200, [("Transfer-Encoding", "chunked")]).bodyFraming() == .chunked)
        #expect(try response(200, [("Transfer-Encoding", "gzip, Chunked")]).bodyFraming() == .chunked)
        #expect(try response(200, [("Transfer-Encoding", "gzip")]).bodyFraming() == .untilClose)
        let both = [("Transfer-Encoding", "chunked"), ("Content-Length", "3")]
        #expect(try response(200, both).bodyFraming() == .chunked)
        #expect(throws: HeadError.invalidContentLength) {
            try response(200, [("Content-Length", "-1")]).bodyFraming()
        }
    }
}
