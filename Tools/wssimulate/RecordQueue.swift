/// Messages under way, oldest first.
struct RecordQueue {
    private var records: [Record] = []
    private var head = 0
    /// How many have been taken.
    private(set) var taken = 0

    var count: Int { records.count - head }

    mutating func append(_ record: Record) { records.append(record) }

    mutating func popFirst() -> Record? {
        guard head < records.count else { return nil }
        defer { head += 1 }
        taken += 1
        if head >= 64, head * 2 >= records.count {
            records.removeSubrange(..<head)
            head = 0
        }
        return records[head]
    }
}
