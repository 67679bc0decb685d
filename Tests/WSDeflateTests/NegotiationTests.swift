import Testing
import WSDeflate
import WSHandshake

@Suite("RFC 7692 §7.1: negotiation")
struct NegotiationTests {
    // MARK: Offers

    private static let offers: [(Change, String)] = [
        ({ _ in }, "client_max_window_bits"),
        ({ $0.serverNoContextTakeover = true }, "server_no_context_takeover; client_max_window_bits"),
        ({ $0.serverNoContextTakeover = false }, "client_max_window_bits"),
        ({ $0.clientNoContextTakeover = true }, "client_no_context_takeover; client_max_window_bits"),
        ({ $0.clientNoContextTakeover = false }, "client_max_window_bits"),
        ({ $0.serverMaxWindowBits = 10 }, "server_max_window_bits=10; client_max_window_bits"),
        ({ $0.clientMaxWindowBits = 10 }, "client_max_window_bits=10"),
        ({ $0.clientMaxWindowBits = true }, "client_max_window_bits"),
        ({ $0.clientMaxWindowBits = false }, ""),
        (
            {
                $0.serverNoContextTakeover = true
                $0.clientNoContextTakeover = true
                $0.serverMaxWindowBits = 10
                $0.clientMaxWindowBits = 11
            },
            "server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=11"
        ),
    ]

    // B-PMDO-001, B-PMDO-002, D-5-1, D-7.1.2-2
    @Test(arguments: offers)
    func `a client offers what its options say`(change: Change, parameters: String) {
        let offer = PerMessageDeflateParameters.offer(PerMessageDeflateOptions(change))
        #expect(ExtensionHeader.format([offer]) == header(parameters))
    }

    // MARK: Parameters

    // B-PMDP-001 to B-PMDP-006, D-7-1, D-7-3
    @Test(arguments: [
        (
            "server_no_context_takeover; server_no_context_takeover",
            "Parameter \"server_no_context_takeover\" must have only a single value"
        ),
        ("foo", "Unknown parameter \"foo\""),
        ("client_no_context_takeover=10", "Invalid value for parameter \"client_no_context_takeover\": 10"),
        ("server_no_context_takeover=10", "Invalid value for parameter \"server_no_context_takeover\": 10"),
        ("server_max_window_bits=7", "Invalid value for parameter \"server_max_window_bits\": 7"),
        ("server_max_window_bits", "Invalid value for parameter \"server_max_window_bits\": true"),
        ("client_max_window_bits=16", "Invalid value for parameter \"client_max_window_bits\": 16"),
        ("server_max_window_bits=08", "Invalid value for parameter \"server_max_window_bits\": 08"),
        ("server_max_window_bits=+9", "Invalid value for parameter \"server_max_window_bits\": +9"),
        ("server_max_window_bits=-9", "Invalid value for parameter \"server_max_window_bits\": -9"),
        ("server_max_window_bits=9.0", "Invalid value for parameter \"server_max_window_bits\": 9.0"),
        ("server_max_window_bits=1e1", "Invalid value for parameter \"server_max_window_bits\": 1e1"),
    ])
    func `a parameter that makes no sense is named`(parameters: String, message: String) throws {
        let error = #expect(throws: NegotiationError.self) { try accept(parameters) }
        #expect(error?.description == message)
        // D-7-2: the same in an answer.
        let inAnswer = #expect(throws: NegotiationError.self) { try conclude(parameters) }
        #expect(inAnswer?.description == message)
    }

    // B-PMDP-001, B-PMDP-002, B-PMDP-003, B-PMDP-004, B-PMDP-005, B-PMDP-006, D-7-3
    @Test func `a value of a thousand digits is refused like any other`() {
        let digits = String(repeating: "9", count: 1_000)
        #expect(throws: NegotiationError.invalidValue("client_max_window_bits", value: digits)) {
            try accept("client_max_window_bits=\(digits)")
        }
    }

    // B-PMDP-007, D-7-2, D-7-4
    @Test(arguments: [("client_max_window_bits=16", "16"), ("client_max_window_bits", "true")])
    func `an answer gives the client's window a number that makes sense`(parameters: String, value: String) {
        let error = #expect(throws: NegotiationError.self) { try conclude(parameters) }
        #expect(error?.description == "Invalid value for parameter \"client_max_window_bits\": \(value)")
    }

    // B-PMDP-009
    @Test func `a quoted value is the value`() throws {
        #expect(try accept("server_max_window_bits=\"10\"")?.serverMaxWindowBits == 10)
    }

    // D-7-1, B-PMDP-008: we look at the next offer where ws gives up.
    @Test(arguments: ["foo", "server_max_window_bits=7", "client_no_context_takeover=1"])
    func `an offer that is none does not spoil the next`(bad: String) throws {
        let offers = try ExtensionHeader.parse("\(header(bad)), \(header("server_max_window_bits=12"))")
        let agreed = try PerMessageDeflateParameters.choose(among: offers, PerMessageDeflateOptions())
        #expect(agreed.map(written) == "server_max_window_bits=12")
    }

    // MARK: Server

    // B-PMDS-010, D-5-3
    @Test func `without an offer there is no agreement`() throws {
        #expect(try PerMessageDeflateParameters.choose(among: [], PerMessageDeflateOptions()) == nil)
        let others = try ExtensionHeader.parse("x-webkit-deflate-frame, foo; bar")
        #expect(try PerMessageDeflateParameters.choose(among: others, PerMessageDeflateOptions()) == nil)
    }

    // B-PMDS-001, B-PMDS-002, B-PMDS-003, D-5-2, D-7.1.1-1, D-7.1.2-1, D-7.1.2-2
    @Test func `a server answers the offer, less what its options take away`() throws {
        #expect(try accept("").map(written) == "")
        let all =
            "server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=11"
        #expect(try accept(all).map(written) == all)
        let agreed = try accept("server_max_window_bits=14; client_max_window_bits=13") {
            $0.serverNoContextTakeover = true
            $0.clientNoContextTakeover = true
            $0.serverMaxWindowBits = 12
            $0.clientMaxWindowBits = 11
        }
        #expect(
            agreed.map(written)
                == "server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12; client_max_window_bits=11"
        )
        #expect(ExtensionHeader.format([try #require(agreed).answer]).hasPrefix("permessage-deflate; "))
        // The client would not use more than it said.
        #expect(
            try accept("client_max_window_bits=9") { $0.clientMaxWindowBits = 12 }.map(written)
                == "client_max_window_bits=9")
    }

    // B-PMDS-004, D-7-1
    @Test func `the first offer that fits the options is taken`() throws {
        let offers = try ExtensionHeader.parse("permessage-deflate; server_max_window_bits=10, permessage-deflate")
        let agreed = try PerMessageDeflateParameters.choose(
            among: offers, PerMessageDeflateOptions { $0.serverMaxWindowBits = 11 })
        #expect(agreed.map(written) == "server_max_window_bits=11")
    }

    private static let declined: [(Change, String)] = [
        ({ $0.serverNoContextTakeover = false }, "server_no_context_takeover"),
        ({ $0.serverMaxWindowBits = false }, "server_max_window_bits=10"),
        ({ $0.serverMaxWindowBits = 11 }, "server_max_window_bits=10"),
        ({ $0.clientMaxWindowBits = 10 }, ""),
    ]

    // B-PMDS-005, B-PMDS-006, B-PMDS-007, B-PMDS-008
    @Test(arguments: declined)
    func `offers that do not fit the options are not accepted`(change: Change, parameters: String) {
        let error = #expect(throws: NegotiationError.self) { try accept(parameters, change) }
        #expect(error?.description == "None of the extension offers can be accepted")
    }

    /// What is offered, by the columns of the matrix.
    private static let columns = ["", "snct", "cnct", "smwb=10", "smwb=8", "smwb=15", "cmwb", "cmwb=10"]

    /// One server option, and what becomes of each offer: `=` the offer itself, `-` an answer without parameters, `x` none.
    private static let rows: [(Change, [String])] = [
        ({ _ in }, ["-", "=", "=", "=", "=", "=", "-", "="]),
        (
            { $0.serverNoContextTakeover = true },
            ["snct", "snct", "cnct snct", "smwb=10 snct", "smwb=8 snct", "smwb=15 snct", "snct", "cmwb=10 snct"]
        ),
        ({ $0.serverNoContextTakeover = false }, ["-", "x", "=", "=", "=", "=", "-", "="]),
        (
            { $0.clientNoContextTakeover = true },
            ["cnct", "snct cnct", "cnct", "smwb=10 cnct", "smwb=8 cnct", "smwb=15 cnct", "cnct", "cmwb=10 cnct"]
        ),
        ({ $0.clientNoContextTakeover = false }, ["-", "=", "=", "=", "=", "=", "-", "="]),
        (
            { $0.serverMaxWindowBits = 10 },
            ["smwb=10", "snct smwb=10", "cnct smwb=10", "smwb=10", "x", "smwb=10", "smwb=10", "cmwb=10 smwb=10"]
        ),
        ({ $0.serverMaxWindowBits = true }, ["-", "=", "=", "=", "=", "=", "-", "="]),
        ({ $0.serverMaxWindowBits = false }, ["-", "=", "=", "x", "x", "x", "-", "="]),
        ({ $0.clientMaxWindowBits = 10 }, ["x", "x", "x", "x", "x", "x", "cmwb=10", "cmwb=10"]),
        ({ $0.clientMaxWindowBits = true }, ["-", "=", "=", "=", "=", "=", "-", "="]),
        ({ $0.clientMaxWindowBits = false }, ["-", "=", "=", "=", "=", "=", "-", "-"]),
    ]

    // B-PMDS-009
    @Test(arguments: 0..<88)
    func `one option against one parameter gives what Node gives`(cell: Int) throws {
        let (change, outcomes) = Self.rows[cell / 8]
        let offered = Self.columns[cell % 8]
        let parameters =
            offered.replacing("snct", with: "server_no_context_takeover")
            .replacing("cnct", with: "client_no_context_takeover")
            .replacing("smwb", with: "server_max_window_bits").replacing("cmwb", with: "client_max_window_bits")
        let outcome: String
        do {
            let agreed = try #require(try accept(parameters, change))
            outcome = short(agreed)
        } catch NegotiationError.noAcceptableOffer {
            outcome = "x"
        }
        let expected = outcomes[cell % 8] == "=" ? offered : outcomes[cell % 8]
        #expect(Set(outcome.split(separator: " ")) == Set(expected.split(separator: " ")))
    }

    // MARK: Client

    // B-PMDC-001, B-PMDC-002, D-7.1.1-2
    @Test func `a client takes an answer that keeps to its offer`() throws {
        #expect(written(try conclude("")) == "")
        let all =
            "server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=11"
        #expect(written(try conclude(all)) == all)
        #expect(try conclude("client_no_context_takeover").clientNoContextTakeover)
        #expect(try conclude("") { $0.serverMaxWindowBits = 15 }.serverMaxWindowBits == nil)
    }

    private static let contradicted: [(Change, String, String)] = [
        (
            { $0.clientNoContextTakeover = false }, "client_no_context_takeover",
            "Unexpected parameter \"client_no_context_takeover\""
        ),
        (
            { $0.clientMaxWindowBits = false }, "client_max_window_bits=10",
            "Unexpected or invalid parameter \"client_max_window_bits\""
        ),
        (
            { $0.clientMaxWindowBits = 10 }, "client_max_window_bits=11",
            "Unexpected or invalid parameter \"client_max_window_bits\""
        ),
        (
            { $0.serverMaxWindowBits = 10 }, "server_max_window_bits=11",
            "Unexpected or invalid parameter \"server_max_window_bits\""
        ),
        ({ $0.serverMaxWindowBits = 10 }, "", "Missing parameter \"server_max_window_bits\""),
        ({ $0.serverNoContextTakeover = true }, "", "Missing parameter \"server_no_context_takeover\""),
    ]

    // B-PMDC-003, B-PMDC-004, B-PMDC-005, B-PMDC-007, D-5-4, D-7-2, D-7-4
    @Test(arguments: contradicted)
    func `a client fails an answer that does not`(change: Change, parameters: String, message: String) {
        let error = #expect(throws: NegotiationError.self) { try conclude(parameters, change) }
        #expect(error?.description == message)
    }

    // B-PMDC-006, B-PMDC-008
    @Test func `a client keeps to what it announced, whether or not the answer repeats it`() throws {
        #expect(try conclude("") { $0.clientMaxWindowBits = 10 }.clientMaxWindowBits == 10)
        #expect(try conclude("client_max_window_bits=9") { $0.clientMaxWindowBits = 10 }.clientMaxWindowBits == 9)
        #expect(try conclude("") { $0.clientNoContextTakeover = true }.clientNoContextTakeover)
    }

    // MARK: Options

    private static let nonsense: [(Change, String, Int)] = [
        ({ $0.serverMaxWindowBits = 7 }, "serverMaxWindowBits", 7),
        ({ $0.clientMaxWindowBits = 16 }, "clientMaxWindowBits", 16),
        ({ $0.threshold = -1 }, "threshold", -1),
        ({ $0.concurrencyLimit = -1 }, "concurrencyLimit", -1),
        ({ $0.zlibDeflateOptions.level = 10 }, "level", 10),
        ({ $0.zlibDeflateOptions.memLevel = 0 }, "memLevel", 0),
        ({ $0.zlibDeflateOptions.chunkSize = 63 }, "chunkSize", 63),
        ({ $0.zlibInflateOptions.chunkSize = 0 }, "chunkSize", 0),
    ]

    @Test(arguments: nonsense)
    func `an option outside of its range is named`(change: Change, name: String, value: Int) {
        let fault = PerMessageDeflateOptions(change).fault
        #expect(fault?.name == name)
        #expect(fault?.value == value)
        #expect(PerMessageDeflateOptions().fault == nil)
    }
}

extension NegotiationTests {
    typealias Change = @Sendable (inout PerMessageDeflateOptions) -> Void

    private func header(_ parameters: String) -> String {
        parameters.isEmpty ? "permessage-deflate" : "permessage-deflate; \(parameters)"
    }

    private func accept(
        _ parameters: String, _ change: Change = { _ in }
    ) throws -> PerMessageDeflateParameters? {
        let offers = try ExtensionHeader.parse(header(parameters))
        return try PerMessageDeflateParameters.choose(among: offers, PerMessageDeflateOptions(change))
    }

    private func conclude(
        _ parameters: String, _ change: Change = { _ in }
    ) throws -> PerMessageDeflateParameters {
        let answer = try ExtensionHeader.parse(header(parameters))
        return try PerMessageDeflateParameters(answer: answer[0], to: PerMessageDeflateOptions(change))
    }

    private func written(_ agreed: PerMessageDeflateParameters) -> String {
        String(ExtensionHeader.format([agreed.answer]).dropFirst("permessage-deflate; ".count))
    }

    /// The parameters as the matrix spells them.
    private func short(_ agreed: PerMessageDeflateParameters) -> String {
        var parts: [String] = []
        if agreed.serverNoContextTakeover { parts.append("snct") }
        if agreed.clientNoContextTakeover { parts.append("cnct") }
        if let bits = agreed.serverMaxWindowBits { parts.append("smwb=\(bits)") }
        if let bits = agreed.clientMaxWindowBits { parts.append("cmwb=\(bits)") }
        return parts.isEmpty ? "-" : parts.joined(separator: " ")
    }
}
