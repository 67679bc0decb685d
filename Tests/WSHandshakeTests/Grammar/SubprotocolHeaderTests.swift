import Testing
import WSHandshake

@Suite("RFC 6455 §4.1 Sec-WebSocket-Protocol")
struct SubprotocolHeaderTests {
    private func error(_ value: String) -> HeaderSyntaxError? {
        do throws(HeaderSyntaxError) {
            _ = try SubprotocolHeader.parse(value)
            return nil
        } catch {
            return error
        }
    }

    // B-SUB-001
    @Test func `one name is a list`() throws {
        #expect(try SubprotocolHeader.parse("foo") == ["foo"])
    }

    // B-SUB-002, R-4.2.1-11
    @Test func `several names keep their order`() throws {
        #expect(try SubprotocolHeader.parse("foo,bar,baz") == ["foo", "bar", "baz"])
    }

    // B-SUB-003
    @Test func `spaces and tabs around commas are ignored`() throws {
        #expect(
            try SubprotocolHeader.parse("foo , bar\t, \tbaz\t ,  qux\t\t,norf") == ["foo", "bar", "baz", "qux", "norf"])
    }

    // B-SUB-004
    @Test(arguments: [(",", 0), ("foo,,", 4), ("foo,  ,", 6), ("a,,b", 2)])
    func `an empty name is refused at its index`(value: String, index: Int) {
        #expect(error(value) == .unexpectedCharacter(index: index))
    }

    // B-SUB-005
    @Test(arguments: ["foo,foo,bar", "foo,bar,foo", "foo,foo"])
    func `a name that comes twice is refused`(value: String) {
        #expect(error(value) == .duplicate("foo"))
        #expect(error(value)?.description == #"The "foo" subprotocol is duplicated"#)
    }

    // B-SUB-005
    @Test func `a name that comes twice is found in a long list`() throws {
        let names = (0..<1000).map { "p\($0)" }
        #expect(try SubprotocolHeader.parse(names.joined(separator: ",")) == names)
        for repeated in ["p0", "p15", "p16", "p999"] {
            #expect(error((names + [repeated]).joined(separator: ",")) == .duplicate(repeated))
        }
    }

    @Test func `names that differ in case are two names`() throws {
        #expect(try SubprotocolHeader.parse("foo,FOO") == ["foo", "FOO"])
    }

    // B-SUB-006
    @Test(arguments: [("f oo", 2), (" foo", 0)])
    func `misplaced whitespace is refused at its index`(value: String, index: Int) {
        #expect(error(value) == .unexpectedCharacter(index: index))
    }

    // B-SUB-007
    @Test(arguments: [(#"f@o"#, 1), (#"f\oo"#, 1), ("foo,b@r", 5), ("foo;bar", 3), ("foo=bar", 3), ("\"foo\"", 0)])
    func `a character that fits nowhere is refused at its index`(value: String, index: Int) {
        #expect(error(value) == .unexpectedCharacter(index: index))
    }

    // B-SUB-008
    @Test(arguments: ["foo ", "foo, ", "foo,bar ", "foo,bar,", ""])
    func `a value that ends too early is refused`(value: String) {
        #expect(error(value) == .unexpectedEnd)
    }

    // R-4.2.1-11, R-8.1-1
    @Test(arguments: everyOctet)
    func `names are made of token characters`(octet: UInt8) {
        let value = "x" + String(octet: octet) + "y"
        if tokenOctets.contains(octet) || octet == 0x2C {
            #expect(error(value) == nil)
        } else {
            let isWhitespace = octet == 0x20 || octet == 0x09
            #expect(error(value) == .unexpectedCharacter(index: isWhitespace ? 2 : 1))
        }
    }

    // H-b
    @Test func `the worst values are read once from left to right`() {
        let count = 32_768
        #expect(error(String(repeating: ",", count: 2 * count)) == .unexpectedCharacter(index: 0))
        #expect(error("a" + String(repeating: " ", count: count) + "b") == .unexpectedCharacter(index: count + 1))
        #expect(error(String(repeating: "a", count: count) + " ") == .unexpectedEnd)
    }

    @Test(arguments: [
        ("", false), ("a", true), ("a b", false), ("a,b", false), ("é", false), ("a\r\n", false),
        ("!#$%&'*+-.^_`|~", true),
    ])
    func `a token is told from anything else`(text: String, isToken: Bool) {
        #expect(HTTPGrammar.isToken(text) == isToken)
    }

    @Test(arguments: [
        ("", true), ("a b", true), (" a", false), ("a\t", false), ("a\r", false), ("\u{E9}", true), ("\u{100}", false),
    ])
    func `a field value is told from anything else`(text: String, isValue: Bool) {
        #expect(HTTPGrammar.isFieldValue(text) == isValue)
    }
}
