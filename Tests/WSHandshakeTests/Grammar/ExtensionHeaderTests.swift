import Testing
import WSHandshake

@Suite("RFC 6455 §9.1 Sec-WebSocket-Extensions")
struct ExtensionHeaderTests {
    private func offer(_ name: String, _ parameters: (String, String?)...) -> ExtensionOffer {
        ExtensionOffer(name: name, parameters: parameters.map { ExtensionOffer.Parameter(name: $0.0, value: $0.1) })
    }

    /// What goes wrong with a value; nil when nothing does.
    private func error(_ value: String) -> HeaderSyntaxError? {
        do throws(HeaderSyntaxError) {
            _ = try ExtensionHeader.parse(value)
            return nil
        } catch {
            return error
        }
    }

    // B-EXT-001
    @Test func `a name alone is an extension without parameters`() throws {
        #expect(try ExtensionHeader.parse("foo") == [offer("foo")])
    }

    // B-EXT-002, R-4.3-1
    @Test func `parameters stand with or without values, also twice`() throws {
        #expect(
            try ExtensionHeader.parse("foo;bar;baz=1;bar=2") == [offer("foo", ("bar", nil), ("baz", "1"), ("bar", "2"))]
        )
    }

    // B-EXT-003, R-9.1-3
    @Test func `extensions stand in order, also twice`() throws {
        #expect(
            try ExtensionHeader.parse("foo,bar;baz,foo;baz") == [
                offer("foo"), offer("bar", ("baz", nil)), offer("foo", ("baz", nil)),
            ])
    }

    // B-EXT-004, H-21, R-4.3-1
    @Test(arguments: [
        (#"foo;bar="hi""#, "hi"), (#"foo;bar="\0""#, "0"), (#"foo;bar="b\a\z""#, "baz"), (#"foo;bar="\b\a\z""#, "baz"),
        (#"foo;bar="10""#, "10"), (#"foo;bar="1\0""#, "10"),
    ])
    func `a quoted value is a token once unescaped`(value: String, expected: String) throws {
        #expect(try ExtensionHeader.parse(value) == [offer("foo", ("bar", expected))])
    }

    // B-EXT-004
    @Test func `a parameter may follow a quoted value`() throws {
        #expect(try ExtensionHeader.parse(#"foo;bar="b\az";bar"#) == [offer("foo", ("bar", "baz"), ("bar", nil))])
        #expect(try ExtensionHeader.parse(#"foo;bar="a" , qux"#) == [offer("foo", ("bar", "a")), offer("qux")])
    }

    // B-EXT-005
    @Test func `nothing else may follow a quoted value`() {
        #expect(error(#"foo;bar="baz"qux"#) == .unexpectedCharacter(index: 13))
        #expect(error(#"foo;bar="baz" qux"#) == .unexpectedCharacter(index: 14))
    }

    // B-EXT-006
    @Test(arguments: ["hasOwnProperty", "toString", "constructor", "__proto__"])
    func `no name is special`(name: String) throws {
        #expect(try ExtensionHeader.parse("\(name);\(name)=\(name)") == [offer(name, (name, name))])
    }

    // B-EXT-007
    @Test func `spaces and tabs around semicolons and commas are ignored`() throws {
        let value = "foo; bar\t; \tbaz=1\t ;  bar=\"1\"\t\t, \tqux\t ;norf"
        #expect(
            try ExtensionHeader.parse(value) == [
                offer("foo", ("bar", nil), ("baz", "1"), ("bar", "1")), offer("qux", ("norf", nil)),
            ])
    }

    // B-EXT-008
    @Test(arguments: [
        (",", 0), ("foo,,", 4), ("foo,  ,", 6), ("foo;=", 4), ("foo; =", 5), ("foo;;", 4), ("foo; ;", 5),
        ("foo;bar=,", 8),
        (#"foo;bar="""#, 9),
    ])
    func `an empty name or value is refused at its index`(value: String, index: Int) {
        #expect(error(value) == .unexpectedCharacter(index: index))
    }

    // B-EXT-009
    @Test(arguments: [
        (" foo", 0), ("f oo", 2), ("foo;ba r", 7), ("foo;bar =", 8), ("foo;bar= ", 8), ("foo;bar=ba z", 11),
        ("\tfoo", 0),
    ])
    func `misplaced whitespace is refused at its index`(value: String, index: Int) {
        #expect(error(value) == .unexpectedCharacter(index: index))
    }

    // B-EXT-010
    @Test(arguments: [
        (#"f@o"#, 1), (#"f\oo"#, 1), (#""foo""#, 0), (#"f"oo""#, 1), (#"foo;b@r"#, 5), (#"foo;b\ar"#, 5),
        (#"foo;"bar""#, 4),
        (#"foo;b"ar""#, 5), (#"foo;bar=b@z"#, 9), (#"foo;bar=b\az "#, 9), (#"foo;bar="b@z""#, 10),
        (#"foo;bar="baz;""#, 12),
        (#"foo;bar=b"az""#, 9), (#"foo;bar="\\""#, 10),
    ])
    func `a character that fits nowhere is refused at its index`(value: String, index: Int) {
        #expect(error(value) == .unexpectedCharacter(index: index))
        #expect(error(value)?.description == "Unexpected character at index \(index)")
    }

    // B-EXT-011
    @Test(arguments: [
        "", "foo ", "foo\t", "foo, ", "foo;", "foo;bar ", "foo;bar,", "foo;bar; ", "foo;bar=", #"foo;bar="baz"#,
        #"foo;bar="1\"#,
        #"foo;bar="baz" "#, #"foo;bar=""#,
    ])
    func `a value that ends too early is refused`(value: String) {
        #expect(error(value) == .unexpectedEnd)
        #expect(error(value)?.description == "Unexpected end of input")
    }

    // R-4.3-1, R-8.1-1
    @Test(arguments: everyOctet)
    func `names, parameters and values are made of token characters`(octet: UInt8) {
        let sign = String(octet: octet)
        let isToken = tokenOctets.contains(octet)
        let places = [("x\(sign)y", 1), ("foo;b\(sign)r", 5), ("foo;bar=b\(sign)z", 9), ("foo;bar=\"b\(sign)z\"", 10)]
        for (value, index) in places {
            switch octet {
            case _ where isToken: #expect(error(value) == nil)
            // Separators and quotes mean something in their places.
            case 0x09, 0x20, 0x22, 0x2C, 0x3B, 0x3D, 0x5C: continue
            default: #expect(error(value) == .unexpectedCharacter(index: index))
            }
        }
    }

    // R-9.1-2
    @Test(arguments: ["foo,bar;baz,foo;baz", #"a; b="1\0", c"#])
    func `lines split at commas mean the same as one line`(value: String) throws {
        var fields = HeaderFields()
        for line in value.split(separator: ",") {
            try fields.append(name: "Sec-WebSocket-Extensions", value: String(line))
        }
        let joined = try #require(fields.joined("sec-websocket-extensions"))
        #expect(try ExtensionHeader.parse(joined) == ExtensionHeader.parse(value))
    }

    // R-9.1-1, H-b, H-20
    @Test func `the worst values are read once from left to right`() {
        // A value is refused at the first character that does not fit, so twice the length cannot cost more than twice.
        let count = 32_768
        let escapes = #"a; b=""# + String(repeating: #"\c"#, count: count)
        #expect(error(escapes) == .unexpectedEnd)
        #expect(error(String(repeating: ",", count: 2 * count)) == .unexpectedCharacter(index: 0))
        #expect(error("a" + String(repeating: " ", count: count) + "b") == .unexpectedCharacter(index: count + 1))
        #expect(error("a" + String(repeating: ";a", count: count) + "@") == .unexpectedCharacter(index: 2 * count + 1))
        #expect(error(String(repeating: "a,", count: count)) == .unexpectedEnd)
    }

    // B-EXT-012
    @Test func `an extension without parameters is written as its name`() {
        #expect(ExtensionHeader.format([offer("foo")]) == "foo")
    }

    // B-EXT-013
    @Test func `parameters are written after semicolons`() {
        #expect(
            ExtensionHeader.format([offer("foo", ("bar", nil), ("bar", "2"), ("baz", "1"))]) == "foo; bar; bar=2; baz=1"
        )
    }

    // B-EXT-014
    @Test func `extensions are written after commas`() {
        let offers = [offer("foo"), offer("foo", ("baz", nil)), offer("bar", ("baz", nil))]
        #expect(ExtensionHeader.format(offers) == "foo, foo; baz, bar; baz")
        #expect(ExtensionHeader.format([]).isEmpty)
    }

    // B-HDR-012
    @Test func `an offer is written as Node writes it`() {
        let deflate = offer(
            "permessage-deflate", ("server_no_context_takeover", nil), ("client_no_context_takeover", nil),
            ("server_max_window_bits", "10"), ("client_max_window_bits", nil))
        let expected =
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
            + "server_max_window_bits=10; client_max_window_bits"
        #expect(ExtensionHeader.format([deflate]) == expected)
    }

    @Test func `what is written reads back the same`() throws {
        let offers = [offer("a", ("b", "c"), ("d", nil)), offer("e"), offer("a", ("b", "0"))]
        #expect(try ExtensionHeader.parse(ExtensionHeader.format(offers)) == offers)
    }
}
