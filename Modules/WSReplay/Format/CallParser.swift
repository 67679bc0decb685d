import WSConnection
import WSFrame
import WSHandshake

/// Reads what stands behind `call`.
enum CallParser {
    static func parse(_ scanner: inout Scanner) throws(FixtureError) -> Step.Action {
        let call = try call(&scanner)
        let outcome = scanner.take("->") ? try scanner.expectWord("full or the name of an error") : ""
        return .call(call, CallOutcome(word: outcome))
    }

    private static func call(_ scanner: inout Scanner) throws(FixtureError) -> ConnectionCall {
        let name = try scanner.expectWord("a call")
        switch name {
        case "accept": return try accept(&scanner)
        case "refuse": return try refuse(&scanner)
        case "send", "send-prepared": return try send(&scanner, isPrepared: name == "send-prepared")
        case "ping": return .ping(try payload(&scanner))
        case "pong": return .pong(try payload(&scanner))
        case "close": return try close(&scanner)
        case "abort": return .abort
        case "pause": return .pause(true)
        case "resume": return .pause(false)
        case "discard-output": return .discardOutput
        default: throw scanner.fault("\(name) is no call")
        }
    }

    private static func payload(_ scanner: inout Scanner) throws(FixtureError) -> Bytes {
        scanner.take(":") ? Bytes(try scanner.bytes()) : Bytes()
    }

    private static func accept(_ scanner: inout Scanner) throws(FixtureError) -> ConnectionCall {
        var agreement = Agreement()
        while let name = scanner.word() {
            try scanner.expect("=")
            guard let value = try scanner.string().map({ String(decoding: $0, as: UTF8.self) }) else {
                throw scanner.fault("\(name) wants a text between quotation marks")
            }
            switch name {
            case "subprotocol": agreement.subprotocol = value
            case "extensions":
                guard let extensions = try? ExtensionHeader.parse(value) else {
                    throw scanner.fault("\(value) is no list of extensions")
                }
                agreement.extensions = extensions
            default: throw scanner.fault("\(name) is nothing that is agreed on")
            }
        }
        let bytes = try payload(&scanner)
        guard !bytes.isEmpty else { return .accept(nil, agreement) }
        var parser = ResponseHeadParser(limits: HeadLimits(maxBytes: .max, maxLineBytes: .max, maxFields: .max))
        var consumed = 0
        guard let head = try? bytes.withSpan({ try parser.receive($0, consumed: &consumed) }), consumed == bytes.count
        else { throw scanner.fault("a response is one whole head") }
        return .accept(head, agreement)
    }

    private static func refuse(_ scanner: inout Scanner) throws(FixtureError) -> ConnectionCall {
        guard let word = scanner.word() else { return .refuse(HandshakeRefusal(.upgradeRequired)) }
        guard let status = Int(word) else { throw scanner.fault("expected a status, not \(word)") }
        var fields = HeaderFields()
        while scanner.nextWord() == "field" {
            _ = scanner.word()
            try scanner.expect("=")
            let line = try scanner.string() ?? []
            let name = String(decoding: line.prefix { $0 != 0x3A }, as: UTF8.self)
            let value = String(decoding: line.dropFirst(name.utf8.count + 1), as: UTF8.self)
            do {
                try fields.append(name: name, value: value)
            } catch {
                throw scanner.fault("\(error)")
            }
        }
        let body = scanner.take(":") ? String(decoding: try scanner.bytes(), as: UTF8.self) : nil
        return .refuse(HandshakeRefusal(status: status, body: body, fields: fields))
    }

    private static func send(_ scanner: inout Scanner, isPrepared: Bool) throws(FixtureError) -> ConnectionCall {
        var isFinal = true
        var compress = true
        let type = try scanner.expectWord("text or binary")
        guard type == "text" || type == "binary" else { throw scanner.fault("\(type) is neither text nor binary") }
        while let word = scanner.word() {
            switch word {
            case "more" where !isPrepared: isFinal = false
            case "uncompressed" where !isPrepared: compress = false
            default: throw scanner.fault("\(word) is nothing one can ask of a message")
            }
        }
        let bytes = try payload(&scanner)
        if isPrepared { return .sendPrepared(Message(bytes: bytes, isBinary: type == "binary")) }
        return .send(bytes, isBinary: type == "binary", isFinal: isFinal, compress: compress)
    }

    private static func close(_ scanner: inout Scanner) throws(FixtureError) -> ConnectionCall {
        var code: CloseCode?
        if let word = scanner.word() {
            guard let number = UInt16(word) else { throw scanner.fault("\(word) is no close code") }
            code = CloseCode(number)
        }
        return .close(code, reason: String(try payload(&scanner)))
    }
}
