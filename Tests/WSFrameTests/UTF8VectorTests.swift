import Testing
import WSFrame

@Suite("RFC 6455 §8.1: long texts, where the vectors work")
struct UTF8VectorTests {
    /// Valid, broken and unfinished sequences: each rule once on either side of its boundary.
    private static let sequences = [
        "24", "c280", "dfbf", "e0a080", "ed9fbf", "ee8080", "efbfbf", "f0908080", "f48fbfbf", "f09f9880",
        "80", "bf", "8080", "c0", "c080", "c1bf", "c2", "c224", "dfc3", "e080", "e09fbf", "e0a0", "e2", "e224", "e282",
        "e28224", "e28280ac", "eda080", "edbfbf", "f0", "f08080a0", "f08fbfbf", "f09f", "f09f98", "f09f9824", "f09f24",
        "f09f988080", "f4908080", "f4bf8080", "f5808080", "f8", "ff",
    ].map(hex)

    /// A hundred bytes and some more of one kind of text.
    private static let texts: [String: [UInt8]] = [
        "ASCII": Array(String(repeating: "The quick brown fox ", count: 5).utf8),
        "CJK": Array(String(repeating: "春眠不覺曉", count: 7).utf8),
        "mixed": Array(String(repeating: "aé漢😀", count: 10).utf8),
        "CJK, then ASCII": Array((String(repeating: "水", count: 9) + String(repeating: "x", count: 100)).utf8),
    ]

    // R-8.1-2, R-8.1-3
    @Test(arguments: texts.keys.sorted())
    func `every sequence is judged rightly at every position of a long text`(kind: String) throws {
        let text = try #require(Self.texts[kind])
        var wrong: [String] = []
        for sequence in Self.sequences {
            for position in 0...text.count {
                let bytes = text[..<position] + sequence + text[position...]
                if !agrees(Array(bytes), cuts: []) { wrong.append("\(sequence) at \(position)") }
                if !agrees(Array(bytes[..<(position + sequence.count)]), cuts: []) {
                    wrong.append("\(sequence) at \(position), the end")
                }
            }
        }
        #expect(wrong == [])
    }

    // R-5.6-1, R-8.1-3
    @Test(arguments: texts.keys.sorted())
    func `a text may be cut anywhere, and a fault has the same place`(kind: String) throws {
        let text = try #require(Self.texts[kind])
        var wrong: [String] = []
        for sequence in [hex("c3a9"), hex("eda080"), hex("f09f9824"), hex("e282")] {
            for position in [20, 47, 64, text.count] {
                let bytes = Array(text[..<position] + sequence + text[position...])
                for cut in 0...bytes.count {
                    if !agrees(bytes, cuts: [cut]) { wrong.append("\(sequence) at \(position), cut at \(cut)") }
                    let second = min(cut + 25, bytes.count)
                    if !agrees(bytes, cuts: [cut, second]) {
                        wrong.append("\(sequence) at \(position), \(cut), \(second)")
                    }
                }
            }
        }
        #expect(wrong == [])
    }

    // R-8.1-2, R-8.1-4
    @Test func `every scalar value is valid in a long text`() {
        var bytes: [UInt8] = []
        for number in UInt32(0)...0x10FFFF where number < 0x3000 || number % 61 == 0 || number & 0xFFFF > 0xFFF0 {
            if let scalar = Unicode.Scalar(number) { bytes += Array(UTF8.encode(scalar) ?? .init()) }
        }
        #expect(agrees(bytes, cuts: []))
        #expect(agrees(bytes, cuts: [1, 100, 5001, 40_000]))
    }

    /// Whether the validator, given the bytes in pieces, says what the oracle says of the whole.
    private func agrees(_ bytes: [UInt8], cuts: [Int]) -> Bool {
        var validator = UTF8Validator()
        var impossible: Int?
        for (start, end) in zip([0] + cuts, cuts + [bytes.count]) where impossible == nil {
            impossible = validator.validate(bytes.span.bytes.extracting(start..<end)).map { start + $0 }
        }
        let right = UTF8Oracle.judge(bytes)
        return impossible == right.impossible && (impossible != nil || validator.isComplete == right.isComplete)
    }
}
