import Testing
import WSReplay

@Suite("The text of a fixture")
struct FormatTests {
    private let sample = """
        # A story,
        # told in two lines.
        role: server
        start: handshake
        limits: hardened maxPayload=1000 keepAliveInterval=none messageTimeout=2.5s
        switches: message-parts no-auto-pong
        splits: none

        in "GET / HTTP/1.1\\r\\n\\r\\n"
        # Between the steps.
        event plain-request "GET" "/"
        call refuse 404 field="X: y": "gone"
        @0.25 in 81 85 masked 37fa213d ("Hello") 82 7e 0100 repeat 61 × 256
            fragments binary 100 masked 01020304 (random 7 × 250)
        call send text more uncompressed: "é" -> notOpen
        call close 1000: "bye"
        write 5
        @1 write all
        wait 1.5s
        timeout
        end
        event part text first last: 00 01
        event closed 1000 clean: "bye"
        stream end
        out 88 00
        state closed

        """

    @Test func `what the writer prints the parser reads, and prints the same again`() throws {
        let once = try Fixture(parsing: sample).description
        #expect(try Fixture(parsing: once).description == once)
        #expect(once.hasPrefix("# A story,\n# told in two lines.\nrole: server\nstart: handshake\n"))
        #expect(once.contains("# Between the steps.\n"))
        #expect(once.contains("\n@0.25 in\n    81 85 masked 37fa213d (\"Hello\")\n    82 7e"))
    }

    @Test(arguments: [
        ("", 1, "the role is missing"),
        ("role: server\n\nin 8", 3, "8 is neither"),
        ("role: server\n\n\nout \"a\n", 4, "does not end in its line"),
        ("role: server\n\nin 81\n   05 zz\n", 4, "zz is neither"),
        ("role: peer\n", 1, "expected client or server, not peer"),
        ("role: server\nlimits: tea=5\n", 2, "tea is no limit"),
        ("role: server\n\nsleep 5\n", 3, "sleep is no step"),
        ("role: server\n\n@2 end\n@1 end\n", 4, "time went back"),
        ("role: server\n\nin repeat 61 × 99999999999\n", 3, "more than"),
        ("role: server\n\nevent drained: 00\n", 3, "has no bytes"),
        ("role: server\n\nend 5\n", 3, "unexpected \"5\""),
        ("role: client\nstart: handshake\n\n", 3, "starts with its request"),
    ])
    func `a mistake is reported with its line`(text: String, line: Int, message: String) throws {
        let error = try #require(throws: FixtureError.self) { try Fixture(parsing: text) }
        #expect(error.line == line)
        #expect(error.message.contains(message), "\(error)")
    }
}
