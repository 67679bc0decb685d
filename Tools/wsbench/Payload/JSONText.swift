/// Text as an interface sends it: an array of records with the same names and other values, cut where it is long enough.
enum JSONText {
    private static let words = [
        "amber", "basalt", "cedar", "delta", "ember", "fjord", "granite", "harbor", "indigo", "juniper", "kelp",
        "lagoon",
        "meadow", "nectar", "obsidian", "pebble",
    ]

    static func bytes(count: Int, _ random: inout Xorshift) -> [UInt8] {
        var text = "["
        while text.utf8.count < count {
            let id = random.next() % 1_000_000
            let first = words[Int(random.next() % 16)]
            let second = words[Int(random.next() % 16)]
            let cents = random.next() % 100_000
            text += "{\"id\":\(id),\"name\":\"\(first) \(second)\",\"price\":\(cents / 100).\(cents % 100),"
            text +=
                "\"tags\":[\"\(second)\",\"\(first)\"],\"active\":\(id % 3 == 0),\"updated\":\(1_700_000_000 + id)},"
        }
        return Array(text.utf8.prefix(count))
    }
}
