import Testing
import WSFrame

@Suite("RFC 6455 §7.4: close codes")
struct CloseCodeTests {
    // R-7.4-1, R-7.4-2
    @Test func `of all 65,536 codes exactly the registered and the free ones may be sent`() {
        var allowed: Set<UInt16> = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014]
        allowed.formUnion(3000..<5000)
        let accepted = (UInt16.min...UInt16.max).filter { CloseCode(rawValue: $0).mayAppearOnTheWire }
        #expect(Set(accepted) == allowed)
    }

    // R-7.4-1
    @Test func `every name has its number`() {
        let names: [(CloseCode, UInt16)] = [
            (.normalClosure, 1000), (.goingAway, 1001), (.protocolError, 1002), (.unsupportedData, 1003),
            (.noStatusReceived, 1005), (.abnormalClosure, 1006), (.invalidPayloadData, 1007),
            (.policyViolation, 1008), (.messageTooBig, 1009), (.mandatoryExtension, 1010), (.internalError, 1011),
            (.serviceRestart, 1012), (.tryAgainLater, 1013), (.badGateway, 1014), (.tlsHandshakeFailure, 1015),
            (.unauthorized, 3000), (.forbidden, 3003), (.timeout, 3008),
        ]
        for (code, number) in names { #expect(code.rawValue == number) }
        let local = names.filter { !$0.0.mayAppearOnTheWire }.map(\.1)
        #expect(local == [1005, 1006, 1015])
    }
}
