import Testing
import WSHandshake

@Suite("RFC 9110 §5 Fields")
struct HeaderFieldsTests {
    private func fields(_ pairs: (name: String, value: String)...) throws -> HeaderFields {
        try HeaderFields(validating: pairs)
    }

    // H-4, H-13, H-c
    @Test(arguments: everyOctet)
    func `only tokens get in as names`(octet: UInt8) {
        for name in [String(octet: octet), "x" + String(octet: octet), String(octet: octet) + "x"] {
            var fields = HeaderFields()
            if tokenOctets.contains(octet) {
                #expect(throws: Never.self) { try fields.append(name: name, value: "v") }
                #expect(fields[name] == "v")
            } else {
                #expect(throws: HeaderFieldError.invalidName(name)) { try fields.append(name: name, value: "v") }
                #expect(throws: HeaderFieldError.invalidName(name)) { try fields.set(name: name, value: "v") }
                #expect(fields.isEmpty)
            }
        }
    }

    // H-4, H-14, H-c, R-4.1-18
    @Test(arguments: everyOctet)
    func `no control character gets in as a value`(octet: UInt8) throws {
        let value = "a" + String(octet: octet) + "b"
        var fields = HeaderFields()
        if octet >= 0x20 && octet != 0x7F || octet == 0x09 {
            try fields.append(name: "X", value: value)
            #expect(fields["X"] == value)
        } else {
            let error = HeaderFieldError.invalidValue(name: "X", scalar: Unicode.Scalar(octet))
            #expect(throws: error) { try fields.append(name: "X", value: value) }
            #expect(throws: error) { try fields.set(name: "X", value: value) }
            #expect(fields.isEmpty)
        }
    }

    // H-4, R-4.1-18
    @Test(arguments: [
        "a\r\nSet-Cookie: x=y", "a\rb", "a\nb", "a\u{0}b", "\r\n", "a\r\n\r\nbody", "a\u{7F}",
    ])
    func `a value cannot start a line of its own`(value: String) {
        var fields = HeaderFields()
        #expect(throws: HeaderFieldError.self) { try fields.append(name: "X", value: value) }
        #expect(throws: HeaderFieldError.self) { _ = try HeaderFields(validating: [("X", value)]) }
    }

    // R-8.1-1
    @Test(arguments: ["\u{100}", "\u{2028}", "a\u{301}", "日本", "\u{1F600}", "\u{10A}\u{10D}"])
    func `a scalar without an octet is refused`(value: String) {
        var fields = HeaderFields()
        // U+010A and U+010D would become line feed and carriage return if they were cut to eight bits.
        #expect(throws: HeaderFieldError.self) { try fields.append(name: "X", value: value) }
        #expect(throws: HeaderFieldError.invalidName(value)) { try fields.append(name: value, value: "") }
    }

    // H-15
    @Test func `whitespace around a value is dropped on the way in`() throws {
        let fields = try fields(("A", " \t v w \t"), ("B", "  "), ("C", " \u{E9} "))
        #expect(fields.map(\.value) == ["v w", "", "\u{E9}"])
    }

    // R-4.1-27
    @Test func `look-ups compare names without case, and ASCII only`() throws {
        let fields = try fields(("Host", "1"), ("x-Own", "2"), ("HOST", "3"))
        #expect(fields["hOST"] == "1")
        #expect(fields["X-OWN"] == "2")
        #expect(fields.count(of: "host") == 2)
        #expect(fields.contains("X-own"))
        #expect(!fields.contains("x_own"))
        #expect(fields["h\u{F6}st"] == nil)
        // U+212A KELVIN SIGN is no K, U+017F LONG S is no S.
        #expect(try self.fields(("K", "v"), ("S", "w"))["\u{212A}"] == nil)
        #expect(try self.fields(("s", "w"))["\u{17F}"] == nil)
    }

    // R-4.1-27
    @Test func `names that differ in bit five are not the same`() throws {
        #expect(try fields(("x^", "v"))["x~"] == nil)
        #expect(try fields(("x`", "v"))["x@"] == nil)
        #expect(try fields(("x~", "v"))["x^"] == nil)
        for (sign, twin) in [("@", "`"), ("[", "{"), ("\\", "|"), ("]", "}"), ("^", "~")] {
            #expect(try !fields(("X", twin)).hasToken(sign, in: "X"))
            #expect(try !fields(("X", sign)).hasToken(twin, in: "X"))
        }
    }

    @Test func `setting a field replaces the first and removes the others`() throws {
        var fields = try fields(("A", "1"), ("B", "2"), ("a", "3"), ("C", "4"), ("A", "5"))
        try fields.set(name: "a", value: "6")
        #expect(fields.map(\.name) == ["a", "B", "C"])
        #expect(fields.map(\.value) == ["6", "2", "4"])
        try fields.set(name: "D", value: "7")
        #expect(fields.last?.name == "D")
        fields.remove(name: "b")
        #expect(fields.map(\.name) == ["a", "C", "D"])
        fields.remove(name: "absent")
        #expect(fields.count == 3)
    }

    // H-18, R-9.1-2
    @Test func `repeated fields join with commas in order`() throws {
        let fields = try fields(("X", "a"), ("Y", "-"), ("x", "b, c"), ("X", ""))
        #expect(fields.joined("x") == "a, b, c, ")
        #expect(fields.joined("y") == "-")
        #expect(fields.joined("z") == nil)
        #expect(fields.values(of: "X") == ["a", "b, c", ""])
    }

    // H-18, H-20, H-b
    @Test func `ten thousand lines join, and are searched, in one pass`() throws {
        var fields = HeaderFields()
        for _ in 0..<10_000 { try fields.append(name: "Connection", value: ",,, ,") }
        try fields.append(name: "Connection", value: "Upgrade")
        #expect(fields.joined("Connection")?.utf8.count == 10_000 * 7 + 7)
        #expect(fields.hasToken("upgrade", in: "connection"))
    }

    // H-20, R-4.2.1-6
    @Test(arguments: [
        ("Upgrade", true), ("upgrade", true), ("keep-alive, Upgrade", true), ("a,upgrade,b", true),
        (" , ,Upgrade", true),
        ("keep-alive\t,\tUPGRADE\t", true), ("Upgraded", false), ("xUpgrade", false), ("Upgrade;q=1", false),
        ("Up grade", false),
        ("", false), (",", false), ("\"Upgrade\"", false), ("keep-alive", false),
    ])
    func `a token is found as a whole member of a list`(value: String, isFound: Bool) throws {
        let fields = try fields(("Other", "Upgrade"), ("Connection", value))
        #expect(fields.hasToken("upgrade", in: "Connection") == isFound)
    }

    @Test func `fields are equal when their names differ in case only`() throws {
        #expect(try fields(("Host", "h"), ("X", "y")) == fields(("HOST", "h"), ("x", "y")))
        #expect(try fields(("Host", "h")) != fields(("Host", "H")))
        #expect(try fields(("A", "1"), ("B", "2")) != fields(("B", "2"), ("A", "1")))
    }

    @Test func `an error names the field and keeps the value to itself`() {
        var fields = HeaderFields()
        let error = #expect(throws: HeaderFieldError.self) {
            try fields.append(name: "Authorization", value: "secret\r\n")
        }
        #expect(error?.description == "Invalid character in header content [\"Authorization\"]")
        #expect(HeaderFieldError.invalidName("a\nb").description == #"Header name must be a valid HTTP token ["a\nb"]"#)
    }
}
