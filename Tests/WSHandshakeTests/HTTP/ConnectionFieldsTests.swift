import Testing
import WSHandshake

@Suite("RFC 9112 §9.3, RFC 9110 §10.1.1, §15.4: what a head says about what comes next")
struct ConnectionFieldsTests {
    private func request(_ version: HTTPVersion, _ fields: [(String, String)]) throws -> RequestHead {
        RequestHead(method: "GET", target: "/", version: version, fields: try HeaderFields(validating: fields))
    }

    @Test(
        arguments: [
            (HTTPVersion.http11, nil, true), (.http11, "close", false), (.http11, "x, CLOSE", false),
            (.http11, "keep-alive", true), (.http11, "closed", true), (.http10, nil, false),
            (.http10, "Keep-Alive", true),
            (.http10, "keep-alive, close", false),
        ] as [(HTTPVersion, String?, Bool)])
    func `a connection is kept as the version and the field say`(
        version: HTTPVersion, field: String?, isKept: Bool
    ) throws {
        let head = try request(version, field.map { [("Connection", $0)] } ?? [])
        #expect(head.keepsConnection == isKept)
    }

    @Test(
        arguments: [
            (HTTPVersion.http11, nil, false), (.http11, "100-continue", true), (.http11, "100-Continue", true),
            (.http10, "100-continue", false), (.http10, "else", false),
        ] as [(HTTPVersion, String?, Bool)])
    func `a client may wait to be told to go on`(version: HTTPVersion, field: String?, waits: Bool) throws {
        let head = try request(version, field.map { [("Expect", $0)] } ?? [])
        #expect(try head.expectsContinue() == waits)
    }

    @Test(arguments: ["else", "100-continue, else", "100-continue;x", ""])
    func `any other expectation cannot be met`(field: String) throws {
        let head = try request(.http11, [("Expect", field)])
        #expect(throws: HandshakeRefusal.Reason.expectation(field)) { try head.expectsContinue() }
        #expect(HandshakeRefusal(.expectation(field)).status == 417)
    }

    //
    @Test(arguments: 200...399)
    func `an answer leads on only with a status of a redirect and a Location`(status: Int) throws {
        let isRedirect = [300, 301, 302, 303, 307, 308].contains(status)
        for (fields, location) in [
            ([("Location", "/there")], "/there"), ([("location", "")], nil), ([], nil),
        ] as [([(String, String)], String?)] {
            let head = ResponseHead(status: status, fields: try HeaderFields(validating: fields))
            #expect(head.redirectLocation == (isRedirect ? location : nil))
        }
    }
}
