import Testing
import WSFrame

@Suite("RFC 6455 §5.4: fragmentation")
struct FragmentationTests {
    // R-5.4-1, R-5.4-6
    @Test(arguments: Role.both, [2, 3, 100])
    func `a message in many fragments keeps its order and its type`(role: Role, count: Int) {
        let wire = Wire(role: role)
        let stream = (0..<count).flatMap { index in
            wire.frame((index == 0 ? 2 : 0) | (index == count - 1 ? 0x80 : 0), [UInt8(index)])
        }
        let reception = Reception.of(stream, role: role)
        #expect(reception.error == nil)
        #expect(reception.frames.map(\.payload) == (0..<count).map { [UInt8($0)] })
        #expect(reception.frames.map(\.header.opcode) == [.binary] + Array(repeating: .continuation, count: count - 1))
        #expect(reception.frames.map(\.header.isFinal) == Array(repeating: false, count: count - 1) + [true])
    }

    // R-5.4-2, B-RECV-027
    @Test(arguments: Role.both, [0x00, 0x80] as [UInt8])
    func `a continuation without a message is refused`(role: Role, first: UInt8) {
        let wire = Wire(role: role)
        #expect(Reception.of([first], role: role).error == .unexpectedContinuation)
        let afterMessage = wire.frame(0x01) + wire.frame(0x80) + wire.frame(first)
        #expect(Reception.of(afterMessage, role: role).error == .unexpectedContinuation)
        let afterControl = wire.frame(0x89) + wire.frame(first)
        #expect(Reception.of(afterControl, role: role).error == .unexpectedContinuation)
    }

    // R-5.4-3, B-RECV-028, B-RECV-029
    @Test(arguments: Role.both, [Opcode.text, .binary])
    func `a new message inside an unfinished one is refused`(role: Role, opcode: Opcode) {
        let wire = Wire(role: role)
        for begun: UInt8 in [0x01, 0x02] {
            for fin: UInt8 in [0, 0x80] {
                let stream = wire.frame(begun) + [fin | opcode.rawValue]
                #expect(Reception.of(stream, role: role).error == .expectedContinuation(opcode))
                let later = wire.frame(begun) + wire.frame(0x00, [1]) + wire.frame(0x89) + [fin | opcode.rawValue]
                #expect(Reception.of(later, role: role).error == .expectedContinuation(opcode))
            }
        }
    }

    // R-5.4-4, B-RECV-010, B-RECV-011, B-RECV-021
    @Test(arguments: Role.both)
    func `control frames between fragments come at once and leave the message open`(role: Role) {
        let wire = Wire(role: role)
        let stream =
            wire.frame(0x02, [0x48, 0x65]) + wire.frame(0x89, [7]) + wire.frame(0x8A) + wire.frame(0x80, [0x6C])
        let whole = Reception.of(stream, role: role)
        #expect(whole.frames.map(\.header.opcode) == [.binary, .ping, .pong, .continuation])
        #expect(whole.error == nil)
        for cut in 1..<stream.count { #expect(Reception.of(stream, role: role, cuts: [cut]) == whole) }
    }

    // R-5.4-5, B-RECV-030
    @Test(arguments: Role.both, [0x08, 0x09, 0x0A] as [UInt8])
    func `a control frame without FIN is refused at the first byte`(role: Role, first: UInt8) {
        #expect(Reception.of([first], role: role).error == .fragmentedControlFrame)
        let insideMessage = Wire(role: role).frame(0x01) + [first]
        #expect(Reception.of(insideMessage, role: role).error == .fragmentedControlFrame)
    }

    // R-5.4-7, B-RECV-067
    @Test(arguments: Role.both)
    func `fragments may be empty`(role: Role) {
        let wire = Wire(role: role)
        let reception = Reception.of(wire.frame(0x01) + wire.frame(0x00) + wire.frame(0x80), role: role)
        #expect(reception.frames.map(\.payload) == [[], [], []])
        #expect(reception.areWhole)
        #expect(reception.error == nil)
        #expect(!reception.isInsideMessage)
    }

    // R-5.4-1, R-6.2-2
    @Test(arguments: Role.both)
    func `whether a message is open follows the last data header`(role: Role) {
        let wire = Wire(role: role)
        #expect(!Reception.of([], role: role).isInsideMessage)
        #expect(!Reception.of(wire.frame(0x81, [1]), role: role).isInsideMessage)
        #expect(Reception.of(wire.frame(0x01, [1]), role: role).isInsideMessage)
        #expect(Reception.of(wire.frame(0x01, [1]) + wire.frame(0x89), role: role).isInsideMessage)
        #expect(Reception.of(wire.frame(0x01) + wire.frame(0x00), role: role).isInsideMessage)
        #expect(!Reception.of(wire.frame(0x01) + wire.frame(0x80), role: role).isInsideMessage)
    }
}
