import Testing
import WSFrame

@Suite("RFC 6455 §8.1: text is UTF-8")
struct UTF8Tests {
    // R-8.1-2, B-UTF8-001, B-UTF8-002, B-UTF8-004, B-RECV-052
    @Test(
        arguments: [
            ("f8", 0), ("fe", 0), ("ff", 0), ("80", 0), ("bf", 0), ("c0a0", 0), ("c1bf", 0), ("e080a0", 1),
            ("f08080a0", 1), ("f4908080", 1), ("f5808080", 0), ("eda080", 1), ("edbfbf", 1), ("c341", 1), ("e28241", 2),
            ("f09f9841", 3), ("e28280ac", 3), ("cebae1bdb9cf83cebcceb5eda080", 12),
        ])
    func `an impossible byte is found where it stands`(text: String, offset: Int) {
        let bytes = hex(text)
        var validator = UTF8Validator()
        #expect(validator.validate(bytes.span.bytes) == offset)
        #expect(UTF8Oracle.judge(bytes).impossible == offset)
        #expect(String(validating: bytes, as: UTF8.self) == nil)
    }

    // B-UTF8-003
    @Test func `no surrogate is valid`() {
        for second in UInt8(0xA0)...0xBF {
            for third in UInt8(0x80)...0xBF { #expect(judgement([0xED, second, third]).impossible == 1) }
        }
    }

    // R-8.1-4, B-UTF8-005
    @Test(
        arguments: [
            "00", "efbbbf", "efbfbe", "efbfbf", "f48fbfbf", "f0908080", "c280", "dfbf", "e0a080", "ed9fbf", "ee8080",
            "f48fbfbe", "e282ac f0908c88 24",
        ])
    func `whatever Unicode allows is valid`(text: String) {
        #expect(judgement(hex(text)) == UTF8Oracle.Judgement(impossible: nil, isComplete: true))
        #expect(String(validating: hex(text), as: UTF8.self) != nil)
    }

    // R-8.1-3, B-UTF8-006, B-RECV-036
    @Test(arguments: ["c3", "e2", "e282", "f0", "f09f", "f09f98", "cebae1bd"])
    func `an unfinished character is no fault until the text ends`(text: String) {
        #expect(judgement(hex(text)) == UTF8Oracle.Judgement(impossible: nil, isComplete: false))
    }

    @Test func `no bytes change nothing`() {
        var validator = UTF8Validator()
        #expect(validator.validate(RawSpan()) == nil)
        #expect(validator.isComplete)
        #expect(validator.validate(([0xE2, 0x82] as [UInt8]).span.bytes) == nil)
        #expect(validator.validate(RawSpan()) == nil)
        #expect(!validator.isComplete)
    }

    // R-5.6-1, R-8.1-3, B-RECV-064
    @Test func `a character may be cut anywhere`() {
        var validator = UTF8Validator()
        for (byte, isComplete) in [(0xE2, false), (0x82, false), (0xAC, true), (0xF0, false), (0x9F, false)] {
            #expect(validator.validate([UInt8(byte)].span.bytes) == nil)
            #expect(validator.isComplete == isComplete)
        }
        #expect(validator.validate([UInt8(0x41)].span.bytes) == 0)
        validator.reset()
        #expect(validator == UTF8Validator())
        #expect(validator.validate([UInt8]().span.bytes) == nil)
    }

    // R-8.1-2, R-8.1-3
    @Test func `all strings of one and two bytes are judged as the oracle does`() {
        var wrong: [[UInt8]] = []
        for first in UInt8.min...UInt8.max {
            if !agrees([first]) { wrong.append([first]) }
            for second in UInt8.min...UInt8.max where !agrees([first, second]) { wrong.append([first, second]) }
        }
        #expect(wrong == [])
    }

    // R-8.1-2, R-8.1-3
    // After an ASCII byte a validator is as new, and after an impossible one there is nothing more to say: both are shown
    // below, and leave the strings that begin a character.
    @Test func `all strings of three bytes are judged as the oracle does`() {
        var wrong: [[UInt8]] = []
        for ascii in UInt8.min...0x7F {
            var validator = UTF8Validator()
            if validator.validate([ascii].span.bytes) != nil || validator != UTF8Validator() { wrong.append([ascii]) }
        }
        for first in UInt8(0x80)...0xFF {
            for second in UInt8.min...UInt8.max {
                let fault = UTF8Oracle.judge([first, second]).impossible
                if fault != nil {
                    if judgement([first, second, 0x80]).impossible != fault { wrong.append([first, second]) }
                    continue
                }
                for third in UInt8.min...UInt8.max where !agrees([first, second, third]) {
                    wrong.append([first, second, third])
                }
            }
        }
        #expect(wrong == [])
    }

    // R-8.1-2, R-8.1-3
    @Test func `strings of four bytes around every boundary are judged as the oracle does`() {
        let boundaries: [UInt8] = [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xF0, 0xFF]
        var wrong: [[UInt8]] = []
        for first in UInt8(0xE0)...0xF8 {
            for second in UInt8.min...UInt8.max {
                for third in boundaries {
                    for fourth in boundaries where !agrees([first, second, third, fourth]) {
                        wrong.append([first, second, third, fourth])
                    }
                }
            }
        }
        #expect(wrong == [])
    }

    // R-8.1-2
    @Test func `the standard library agrees on which strings are valid`() {
        let bytes: [UInt8] = [
            0x24, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2, 0xE0, 0xE2, 0xED, 0xF0, 0xF1, 0xF4, 0xF5,
        ]
        var wrong: [[UInt8]] = []
        for index in 0..<(1 << 16) {
            let text = (0..<4).map { bytes[index >> (4 * $0) & 15] }
            let mine = judgement(text)
            let isValid = mine.impossible == nil && mine.isComplete
            if isValid != (String(validating: text, as: UTF8.self) != nil) { wrong.append(text) }
        }
        #expect(wrong == [])
    }

    /// What the validator says of a text given at once.
    private func judgement(_ bytes: [UInt8]) -> UTF8Oracle.Judgement {
        var validator = UTF8Validator()
        let impossible = validator.validate(bytes.span.bytes)
        return UTF8Oracle.Judgement(impossible: impossible, isComplete: validator.isComplete)
    }

    private func agrees(_ bytes: [UInt8]) -> Bool {
        let mine = judgement(bytes)
        let right = UTF8Oracle.judge(bytes)
        // After a fault it does not matter whether the text may end.
        return right.impossible != nil ? mine.impossible == right.impossible : mine == right
    }
}
