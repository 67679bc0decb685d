import WSFrame
import WSHandshake

// The small parsers, by the first byte: 0 addresses, 1 references to resolve, 2 extension lists, 3 subprotocol lists,
// 4 UTF-8, 5 masking, 6 the accept value, 7 the body of a close frame, 8 fields.
//
// Oracle: what was read is written so that it reads the same again and holds nothing that could end its line; UTF-8 is
// judged as by a validator that goes byte by byte from the table of RFC 3629, at every cut; masking is what §5.3 words;
// the accept value has the form of the digest; an error names its place or its section.

/// The fuzzer's entry.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    var script = Script(data, count: count)
    switch script.byte() % 9 {
    case 0: checkAddress(text(script.rest))
    case 1:
        let base = text(script.take(Int(script.byte())))
        checkReference(text(script.rest), to: base)
    case 2: checkExtensions(text(script.rest))
    case 3: checkSubprotocols(text(script.rest))
    case 4: checkUTF8(&script)
    case 5: checkMasking(&script)
    case 6: checkAccept(text(script.rest))
    case 7: checkClosePayload(script.rest)
    default:
        let name = text(script.take(Int(script.byte())))
        checkField(name, text(script.rest))
    }
    return 0
}

/// The bytes as text; what is not UTF-8 is read as ISO 8859-1, so that every byte counts.
private func text(_ bytes: UnsafeRawBufferPointer) -> String {
    let span = UnsafeBufferPointer(start: bytes.bindMemory(to: UInt8.self).baseAddress, count: bytes.count).span
    if let valid = try? UTF8Span(validating: span) { return String(copying: valid) }
    return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
}

// MARK: Addresses

private func checkAddress(_ address: String) {
    do throws(WebSocketURLError) {
        judge(try WebSocketURL(address))
    } catch {
        check(isOneLine(error.description), "an error's text is one line")
    }
}

private func checkReference(_ reference: String, to address: String) {
    guard let base = try? WebSocketURL(address) else { return }
    do throws(WebSocketURLError) {
        judge(try WebSocketURL(reference, relativeTo: base))
    } catch {
        check(isOneLine(error.description), "an error's text is one line")
    }
}

private func judge(_ url: WebSocketURL) {
    check(isVisible(url.resourceName), "a resource name can stand in a request line")
    check(isVisible(url.hostField), "a host can stand in a field")
    check(url.resourceName.utf8.first == 0x2F, "a resource name is a path")
    let head = RequestHead(method: "GET", target: url.resourceName)
    check((try? head.serialized()) != nil, "a resource name can be written")
    if let path = url.unixSocketPath {
        check(!path.isEmpty && url.scheme == .wsUnix, "a socket has a path")
    } else {
        check(!url.host.isEmpty && url.host == url.host.lowercased(), "a host is in lower case")
    }
    do throws(WebSocketURLError) {
        let again = try WebSocketURL(url.href)
        check(again == url, "an address reads the same again")
        check(again.href == url.href, "an address is normalised once")
    } catch {
        check(false, "a normalised address is an address")
    }
    if url.userInfo != nil {
        let bare = try? WebSocketURL(url.description)
        check(bare != nil && bare?.userInfo == nil && bare?.host == url.host, "a description has no credentials")
    }
}

private func isVisible(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
}

private func isOneLine(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
}

// MARK: Lists and fields

private func checkExtensions(_ value: String) {
    do throws(HeaderSyntaxError) {
        let offers = try ExtensionHeader.parse(value)
        check(!offers.isEmpty, "a list has members")
        let again = try ExtensionHeader.parse(ExtensionHeader.format(offers))
        check(again == offers, "a list reads the same again")
    } catch {
        judge(error, in: value)
    }
}

private func checkSubprotocols(_ value: String) {
    do throws(HeaderSyntaxError) {
        let names = try SubprotocolHeader.parse(value)
        check(!names.isEmpty && Set(names).count == names.count, "a list names each subprotocol once")
        check(names.allSatisfy(HTTPGrammar.isToken), "a subprotocol is a token")
        let again = try SubprotocolHeader.parse(names.joined(separator: ", "))
        check(again == names, "a list reads the same again")
    } catch {
        judge(error, in: value)
    }
}

private func judge(_ error: HeaderSyntaxError, in value: String) {
    guard case .unexpectedCharacter(let index) = error else { return }
    check(index >= 0 && index < value.utf8.count, "a fault has its place in the value")
}

private func checkField(_ name: String, _ value: String) {
    var fields = HeaderFields()
    guard (try? fields.append(name: name, value: value)) != nil else { return }
    do {
        let octets = try RequestHead(method: "GET", target: "/", fields: fields).serialized()
        var parser = RequestHeadParser()
        var consumed = 0
        let head = try parser.receive(octets.span.bytes, consumed: &consumed)
        check(head?.fields == fields && consumed == octets.count, "a field stays one field")
    } catch is HeadError {
        check(octetCount(name) + octetCount(value) > 8 * 1024 - 2, "a field that was accepted can be read")
    } catch {
        check(false, "a field that was accepted can be written")
    }
}

private func octetCount(_ text: String) -> Int { text.unicodeScalars.count }

private func checkAccept(_ key: String) {
    let value = AcceptKey.value(for: key)
    check(value.utf8.count == 28 && value.utf8.last == 0x3D, "the accept value is 20 bytes in Base64")
    check(!AcceptKey.isKey(key) || key.utf8.count == 24, "a key is 16 bytes in Base64")
}

// MARK: Bytes

/// From the table of RFC 3629 §4: how many bytes follow a leading byte, and between what the first of them lies.
private func following(_ lead: UInt8) -> (count: Int, first: ClosedRange<UInt8>)? {
    switch lead {
    case 0x00...0x7F: (0, 0x80...0xBF)
    case 0xC2...0xDF: (1, 0x80...0xBF)
    case 0xE0: (2, 0xA0...0xBF)
    case 0xE1...0xEC, 0xEE, 0xEF: (2, 0x80...0xBF)
    case 0xED: (2, 0x80...0x9F)
    case 0xF0: (3, 0x90...0xBF)
    case 0xF1...0xF3: (3, 0x80...0xBF)
    case 0xF4: (3, 0x80...0x8F)
    default: nil
    }
}

/// The first impossible byte, and whether the text is complete without one.
private func referenceUTF8(_ bytes: UnsafeRawBufferPointer) -> (fault: Int?, isComplete: Bool) {
    var index = 0
    while index < bytes.count {
        guard let (count, first) = following(bytes[index]) else { return (index, false) }
        for step in 0..<count {
            let position = index + 1 + step
            guard position < bytes.count else { return (nil, false) }
            guard (step == 0 ? first : 0x80...0xBF).contains(bytes[position]) else { return (position, false) }
        }
        index += 1 + count
    }
    return (nil, true)
}

private func checkUTF8(_ script: inout Script) {
    var cuts = Cuts(script.byte())
    let bytes = script.rest
    let expected = referenceUTF8(bytes)
    var whole = UTF8Validator()
    let fault = whole.validate(bytes.bytes)
    check(fault == expected.fault, "the first impossible byte is found")
    check(fault != nil || whole.isComplete == expected.isComplete, "an unfinished character is told")

    var cut = UTF8Validator()
    var position = 0
    while position < bytes.count {
        let length = cuts.next(atMost: bytes.count - position)
        let piece = UnsafeRawBufferPointer(rebasing: bytes[position..<position + length])
        if let offset = cut.validate(piece.bytes) {
            check(position + offset == expected.fault, "the first impossible byte is found, wherever the text is cut")
            return
        }
        position += length
    }
    check(expected.fault == nil && cut.isComplete == expected.isComplete, "text is judged alike, wherever it is cut")
}

nonisolated(unsafe) private let masked = Scratch(capacity: 1 << 16)

private func checkMasking(_ script: inout Script) {
    let (b0, b1, b2, b3) = (script.byte(), script.byte(), script.byte(), script.byte())
    let phase = Int(script.byte())
    let key = [b0, b1, b2, b3]
    _ = script.take(Int(script.byte() & 15))
    let bytes = script.rest
    guard bytes.count <= masked.capacity else { return }
    let memory = masked.place(bytes)
    guard let base = memory.baseAddress else { return }
    Masking.apply(MaskingKey(b0, b1, b2, b3), phase: phase, to: base, count: memory.count)
    var difference: UInt8 = 0
    for index in 0..<bytes.count { difference |= memory[index] ^ bytes[index] ^ key[(phase + index) & 3] }
    check(difference == 0, "each byte is masked with its byte of the key")
}

private func checkClosePayload(_ body: UnsafeRawBufferPointer) {
    let code = body.count >= 2 ? UInt16(body[0]) << 8 | UInt16(body[1]) : 0
    let isCode = (1000...1003).contains(code) || (1007...1014).contains(code) || (3000...4999).contains(code)
    let reason = UnsafeRawBufferPointer(rebasing: body[min(2, body.count)...])
    let isText = referenceUTF8(reason) == (nil, true)
    do throws(ClosePayloadError) {
        let payload = try ClosePayload(parsing: body.bytes)
        check(body.isEmpty || isCode && isText, "a close frame has a code for the wire, and text")
        check(payload.code?.rawValue == (body.isEmpty ? nil : code), "the code is read")
        check(payload.reason == (body.isEmpty ? 0..<0 : 2..<body.count), "the reason is the rest")
    } catch {
        check(!body.isEmpty && !(isCode && isText), "a good close frame is read")
        check(!error.rfcSection.utf8.isEmpty && error.closeCode.mayAppearOnTheWire, "an error names its section")
    }
}
