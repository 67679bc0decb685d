import Testing
import WSFrame

@Suite("RFC 6455 §5.1: who masks")
struct MaskDirectionTests {
    // R-5.1-3, B-RECV-032
    @Test(arguments: [0x81, 0x82, 0x88, 0x89, 0x8A] as [UInt8])
    func `a server refuses an unmasked frame at the second byte`(first: UInt8) {
        for second: UInt8 in [0, 1, 125] {
            let reception = Reception.of([first, second, 0x68, 0x69], role: .server)
            #expect(reception.error == .missingMask)
            #expect(reception.error?.closeCode == .protocolError)
            #expect(reception.consumed == 2)
        }
    }

    // R-5.1-4, B-RECV-033
    @Test(arguments: [0x81, 0x82, 0x88, 0x89, 0x8A] as [UInt8])
    func `a client refuses a masked frame at the second byte`(first: UInt8) {
        for second: UInt8 in [0x80, 0x82, 0xFD] {
            let reception = Reception.of([first, second, 0x56, 0x3A, 0xAC, 0x80, 0x3E, 0x53], role: .client)
            #expect(reception.error == .unexpectedMask)
            #expect(reception.error?.closeCode == .protocolError)
            #expect(reception.consumed == 2)
        }
    }
}
