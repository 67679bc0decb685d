import WSConnection
import WSDeflate
import WSFrame

/// Compresses and decompresses whole payloads with one connection's contexts, for tests without frames.
final class Codec {
    let terms: PerMessageDeflate.Terms
    let compression: any MessageCompression
    let workspace: DeflateWorkspace

    /// - Parameter change: what was agreed, besides the defaults.
    init(
        _ role: Role = .server, _ options: PerMessageDeflateOptions = PerMessageDeflateOptions(),
        workspace: DeflateWorkspace = DeflateWorkspace(),
        _ change: (inout PerMessageDeflateParameters) -> Void = { _ in }
    ) {
        var parameters = PerMessageDeflateParameters()
        change(&parameters)
        self.workspace = workspace
        terms = PerMessageDeflate.Terms(parameters, isServer: role == .server, options, in: workspace)
        compression = terms.makeCompression()
    }

    func compress(_ payload: [UInt8], isFinal: Bool = true) throws -> [UInt8] {
        var output: [UInt8] = []
        try Bytes(payload).withSpan { span throws(CompressionError) in
            try compression.compress(span, isFinal: isFinal) { output = Array($0) }
        }
        return output
    }

    func compress(_ text: String, isFinal: Bool = true) throws -> [UInt8] {
        try compress(Array(text.utf8), isFinal: isFinal)
    }

    /// The message that arrives in these pieces.
    func decompress(_ pieces: [[UInt8]], limit: Int = .max) throws -> [UInt8] {
        var output: [UInt8] = []
        for (index, piece) in pieces.enumerated() {
            try Bytes(piece).withSpan { span throws(CompressionError) in
                try compression.decompress(span, isFinal: index == pieces.count - 1) { bytes in
                    output += bytes
                    return output.count <= limit
                }
            }
        }
        return output
    }

    func decompress(_ payload: [UInt8]) throws -> [UInt8] { try decompress([payload]) }

    func text(_ payload: [UInt8]) throws -> String { String(decoding: try decompress(payload), as: UTF8.self) }
}

extension Role {
    static let both: [Role] = [.client, .server]
}

/// Bytes written in hexadecimal.
func hex(_ text: String) -> [UInt8] {
    text.split { $0 == " " || $0 == "\n" }.compactMap { UInt8($0, radix: 16) }
}

/// Reproducible random numbers.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }
}

/// Bytes of many kinds: runs, words that come again from far back, noise.
func corpus(_ count: Int, seed: UInt64) -> [UInt8] {
    var random = SplitMix64(seed: seed)
    var bytes: [UInt8] = []
    while bytes.count < count {
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            bytes += Array(
                repeating: UInt8.random(in: 0...255, using: &random), count: Int.random(in: 1...300, using: &random))
        case 1, 2:
            guard !bytes.isEmpty else { continue }
            let start = Int.random(in: max(0, bytes.count - 40_000)..<bytes.count, using: &random)
            bytes += Array(bytes[start..<min(bytes.count, start + Int.random(in: 3...200, using: &random))])
        default:
            bytes += (0..<Int.random(in: 1...64, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
    }
    return Array(bytes.prefix(count))
}
