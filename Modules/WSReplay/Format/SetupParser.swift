import WSConnection
import WSFrame
import WSHandshake

/// Reads the lines before the steps, each a name and a colon.
enum SetupParser {
    static func parse(_ scanner: inout Scanner) throws(FixtureError) -> Setup {
        var setup = Setup()
        var hasRole = false
        while !scanner.isAtEnd, !scanner.isAtEmptyLine {
            if scanner.commentLine() != nil { continue }
            let name = try scanner.expectWord("a name and a colon")
            try scanner.expect(":")
            switch name {
            case "role":
                setup.role = try choice(&scanner, ["client": .client, "server": .server])
                hasRole = true
            case "start":
                let awaits = try choice(&scanner, ["open": false, "handshake": true])
                setup.opening = awaits ? .awaited : .done
            case "request":
                setup.opening = .request(try request(&scanner))
            case "limits":
                try limits(&scanner, &setup.configuration)
            case "switches":
                try switches(&scanner, &setup.configuration)
            case "keys":
                setup.keys = try keys(&scanner)
            case "splits":
                setup.isExact = try choice(&scanner, ["none": true, "all": false])
            default:
                throw scanner.fault("\(name) is nothing that can be set up")
            }
            try scanner.finishLine()
        }
        guard hasRole else { throw scanner.fault("the role is missing: client or server") }
        switch (setup.role, setup.opening) {
        case (.client, .awaited): throw scanner.fault("a client's handshake starts with its request")
        case (.server, .request): throw scanner.fault("a server makes no request")
        case (.client, .done), (.client, .request), (.server, .done), (.server, .awaited): return setup
        }
    }

    static func duration(_ scanner: inout Scanner) throws(FixtureError) -> Duration {
        let word = try scanner.expectWord("a duration such as 30s or 250ms")
        guard let duration = Duration(unitText: word) else {
            throw scanner.fault("\(word) is no duration such as 30s or 250ms")
        }
        return duration
    }

    private static func choice<Value>(
        _ scanner: inout Scanner, _ choices: KeyValuePairs<String, Value>
    ) throws(FixtureError) -> Value {
        let names = choices.map(\.key).joined(separator: " or ")
        let word = try scanner.expectWord(names)
        guard let choice = choices.first(where: { $0.key == word }) else {
            throw scanner.fault("expected \(names), not \(word)")
        }
        return choice.value
    }

    private static func request(_ scanner: inout Scanner) throws(FixtureError) -> RequestHead {
        let bytes = try scanner.bytes()
        var parser = RequestHeadParser(limits: HeadLimits(maxBytes: .max, maxLineBytes: .max, maxFields: .max))
        var consumed = 0
        let head = try? Bytes(bytes).withSpan { try parser.receive($0, consumed: &consumed) }
        guard let head, consumed == bytes.count else {
            throw scanner.fault("a request is one whole head")
        }
        return head
    }

    private static func limits(
        _ scanner: inout Scanner, _ configuration: inout ConnectionConfiguration
    ) throws(FixtureError) {
        while let name = scanner.word() {
            if name == "hardened" {
                configuration.limits = .hardened
                continue
            }
            try scanner.expect("=")
            if let count = LimitNames.counts.first(where: { $0.name == name }) {
                configuration[keyPath: count.path] = try scanner.number("a number")
            } else if let time = LimitNames.times.first(where: { $0.name == name }) {
                configuration[keyPath: time.path] = try duration(&scanner)
            } else if let time = LimitNames.optionalTimes.first(where: { $0.name == name }) {
                if scanner.nextWord() == "none" {
                    _ = scanner.word()
                    configuration[keyPath: time.path] = nil
                } else {
                    configuration[keyPath: time.path] = try duration(&scanner)
                }
            } else {
                throw scanner.fault("\(name) is no limit")
            }
        }
    }

    private static func switches(
        _ scanner: inout Scanner, _ configuration: inout ConnectionConfiguration
    ) throws(FixtureError) {
        while let name = scanner.word() {
            guard let item = LimitNames.switches.first(where: { $0.name == name }) else {
                throw scanner.fault("\(name) is no switch")
            }
            configuration[keyPath: item.path] = item.value
        }
    }

    private static func keys(_ scanner: inout Scanner) throws(FixtureError) -> Setup.Keys {
        if scanner.nextWord() == "zero" {
            _ = scanner.word()
            return .zero
        }
        if scanner.nextWord() == "seed" {
            _ = scanner.word()
            return .seed(UInt64(try scanner.number("a seed")))
        }
        let bytes = try scanner.bytes()
        guard !bytes.isEmpty, bytes.count % 4 == 0 else {
            throw scanner.fault("keys are zero, a seed, or four bytes each")
        }
        return .list(
            stride(from: 0, to: bytes.count, by: 4).map { start in
                bytes[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) }
            })
    }
}
