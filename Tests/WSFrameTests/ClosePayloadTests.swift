import Testing
import WSFrame

@Suite("RFC 6455 §5.5.1: the body of a close frame")
struct ClosePayloadTests {
    // R-5.5.1-1, B-RECV-002
    @Test func `an empty body has no code`() throws {
        let payload = try parse([])
        #expect(payload.code == nil)
        #expect(payload.reason.isEmpty)
    }

    // R-5.5.1-1, B-RECV-038
    @Test func `a body of one byte is refused`() {
        for byte in UInt8.min...UInt8.max {
            #expect(throws: ClosePayloadError.truncatedCode) { try parse([byte]) }
        }
        #expect(ClosePayloadError.truncatedCode.closeCode == .protocolError)
        #expect(ClosePayloadError.truncatedCode.rfcSection == "5.5.1")
    }

    // R-7.4-2, B-RECV-039, B-RECV-066
    @Test func `of all 65,536 codes the invalid ones are refused by number`() {
        var wrong: [UInt16] = []
        for number in UInt16.min...UInt16.max {
            let body = [UInt8(number >> 8), UInt8(number & 0xFF)]
            do throws(ClosePayloadError) {
                let payload = try parse(body)
                let isRight = payload.code?.rawValue == number && payload.code?.mayAppearOnTheWire == true
                if !isRight || payload.reason != 2..<2 { wrong.append(number) }
            } catch {
                let isRight = error == .invalidCode(number) && error.closeCode == .protocolError
                if !isRight || CloseCode(number).mayAppearOnTheWire { wrong.append(number) }
            }
        }
        #expect(wrong == [])
        #expect(ClosePayloadError.invalidCode(0).rfcSection == "7.4.2")
    }

    // R-5.5.1-4, B-RECV-003
    @Test func `the reason is what follows the code`() throws {
        let payload = try parse(hex("03 e8 44 4f 4e 45"))
        #expect(payload.code == .normalClosure)
        #expect(payload.reason == 2..<6)
        let longest = try parse(hex("03 e9") + [UInt8](repeating: 0x61, count: 123))
        #expect(longest.reason.count == ClosePayload.maxReasonByteCount)
        #expect(ClosePayload.maxReasonByteCount == 123)
        #expect(ClosePayload.maxControlPayload == 125)
    }

    // R-5.5.1-2, B-RECV-040, B-UTF8-006
    @Test func `a reason that is not UTF-8 is refused, also when cut at its end`() {
        #expect(throws: ClosePayloadError.invalidReason(offset: 2)) { try parse(hex("03 e8 f8")) }
        #expect(throws: ClosePayloadError.invalidReason(offset: 6)) { try parse(hex("03 ef ce ba e1 bd")) }
        #expect(throws: ClosePayloadError.invalidReason(offset: 5)) { try parse(hex("03 e8 61 61 ed a0 80")) }
        let cutAtTheEnd = hex("03 e8") + [UInt8](repeating: 0x61, count: 121) + hex("e2 82")
        #expect(throws: ClosePayloadError.invalidReason(offset: 125)) { try parse(cutAtTheEnd) }
        #expect(ClosePayloadError.invalidReason(offset: 2).closeCode == .invalidPayloadData)
        #expect(ClosePayloadError.invalidReason(offset: 2).rfcSection == "8.1")
    }

    // B-RECV-053
    @Test func `the reason can be left unchecked`() throws {
        let payload = try parse(hex("03 e8 f8"), validatesReason: false)
        #expect(payload.code == .normalClosure)
        #expect(payload.reason == 2..<3)
        #expect(throws: ClosePayloadError.invalidCode(999)) { try parse(hex("03 e7 f8"), validatesReason: false) }
    }

    private func parse(_ body: [UInt8], validatesReason: Bool = true) throws(ClosePayloadError) -> ClosePayload {
        try ClosePayload(parsing: body.span.bytes, validatesReason: validatesReason)
    }
}
