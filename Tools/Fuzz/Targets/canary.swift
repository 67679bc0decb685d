// A planted fault, to show that the fuzzer finds what it is there to find: a frame walker that turns the 64-bit length
// into an `Int` unchecked, as a well-known decoder did until 2026. A frame with the top bit set traps, but only behind a
// frame whose key begins with 37 FA, so that guessing is not enough: the way there has to be found edge by edge.

/// The fuzzer's entry.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    var script = Script(data, count: count)
    var isTrusting = false
    while !script.isAtEnd {
        guard script.byte() == 0x82 else { return 0 }
        let code = script.byte()
        guard code & 0x80 != 0 else { return 0 }
        var length = UInt64(code & 0x7F)
        if length >= 126 {
            let width = length == 126 ? 2 : 8
            length = 0
            for _ in 0..<width { length = length << 8 | UInt64(script.byte()) }
        }
        if script.byte() == 0x37 {
            if script.byte() == 0xFA { isTrusting = true }
        }
        guard isTrusting || length < 1 << 53 else { return 0 }
        _ = script.take(Int(length))
    }
    return 0
}
