import ToolSupport

/// Named figures in the order in which they are told: as lines for people, or as one line of JSON for scripts.
struct Report {
    private var entries: [(name: String, figure: Figure)] = []

    init() {}

    /// Adds a figure. A figure that could not be measured is left out.
    mutating func add(_ name: String, _ figure: Figure?) {
        if let figure { entries.append((name, figure)) }
    }

    /// The report as a JSON object, without a line break.
    var json: String {
        "{" + entries.map { "\(Figure.quoted($0.name)):\($0.figure.json)" }.joined(separator: ",") + "}"
    }

    /// Prints the report in the form asked for.
    func print(asJSON: Bool) {
        if asJSON { return StandardOutput.write(json + "\n") }
        let width = (entries.map(\.name.count).max() ?? 0) + 2
        var text = ""
        for (name, figure) in entries {
            text += name + String(repeating: " ", count: width - name.count) + figure.text + "\n"
        }
        StandardOutput.write(text)
    }
}
