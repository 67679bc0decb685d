import ToolSupport

extension CommandLineParser {
    /// The value of an option that is a time in seconds.
    func seconds(_ name: String) -> Double? {
        guard let text = string(name) else { return nil }
        guard let seconds = Double(text), (0...3600).contains(seconds) else {
            fail("\(name) must be a number from 0 to 3600, not \(text)")
        }
        return seconds
    }
}
