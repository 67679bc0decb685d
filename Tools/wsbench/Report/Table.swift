import ToolSupport

/// Rows of words in aligned columns: the first to the left, the others to the right.
struct Table {
    private var rows: [[String]]

    init(_ heading: String...) {
        rows = [heading]
    }

    mutating func add(_ row: [String]) {
        rows.append(row)
    }

    func print() {
        var widths: [Int] = []
        for row in rows {
            for (column, word) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], word.count)
            }
        }
        var text = ""
        for row in rows {
            let cells = row.enumerated().map { column, word in
                let padding = String(repeating: " ", count: widths[column] - word.count)
                return column == 0 ? word + padding : padding + word
            }
            text += cells.joined(separator: "  ") + "\n"
        }
        StandardOutput.write(text + "\n")
    }
}
