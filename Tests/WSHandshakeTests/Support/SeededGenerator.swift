/// A small generator with a seed, so that a failing case can be made again (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension SeededGenerator {
    /// `bytes` with a few octets changed, dropped, doubled, or replaced by text that means something to the parsers.
    mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
        let dictionary = [
            "\r\n", "\r", "\n", " ", "\t", ":", ",", ";", "=", "\"", "\\", "\u{0}", "\u{FF}", "\u{80}", "HTTP/1.1",
            "HTTP/1.0", "101", "13",
            "websocket", "Upgrade", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Host: x\r\n",
            "\r\n\r\n", "%", "@", "[", "]", "::", "#", "?",
            "99999999999999999999", "Sec-WebSocket-Key: ", "ws://", "//",
        ]
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &self) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &self)
            switch Int.random(in: 0..<5, using: &self) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &self)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(bytes[place], at: place)
            case 3:
                let end = min(bytes.count, place + Int.random(in: 1...20, using: &self))
                bytes.removeSubrange(place..<end)
            default:
                let word = dictionary[Int.random(in: 0..<dictionary.count, using: &self)]
                bytes.insert(contentsOf: octets(word), at: place)
            }
        }
        return bytes
    }

    /// Up to six places to cut `count` bytes at, in order.
    mutating func cuts(_ count: Int) -> [Int] {
        (0..<Int.random(in: 1...6, using: &self)).map { _ in Int.random(in: 0...count, using: &self) }.sorted()
    }
}
