/// Something to measure.
struct Operation {
    let name: String
    /// How many bytes it handles; nil where a speed in bytes says nothing.
    let byteCount: Int?
    /// Does it as often as asked.
    let perform: (_ times: Int) -> Void

    init(_ name: String, byteCount: Int? = nil, perform: @escaping (_ times: Int) -> Void) {
        self.name = name
        self.byteCount = byteCount
        self.perform = perform
    }
}
