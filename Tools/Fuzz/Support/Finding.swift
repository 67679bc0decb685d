/// Ends the process as a finding when an oracle's promise does not hold: libFuzzer then keeps the input.
///
/// Nothing is built to say so unless it happens.
@inline(__always)
func check(_ holds: Bool, _ promise: StaticString, file: StaticString = #fileID, line: UInt = #line) {
    if !holds { finding(promise, file: file, line: line) }
}

@inline(never)
func finding(_ promise: StaticString, file: StaticString, line: UInt) -> Never {
    fatalError("FINDING: \(promise)", file: file, line: line)
}
