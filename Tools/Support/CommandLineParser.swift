#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The options of a command line, in the form all our tools share: `--name VALUE`, `--name=VALUE`, `-n VALUE`, flags,
/// and words. A mistake is one line on standard error and status 1.
public struct CommandLineParser {
    /// One option: its names, what its value is called (nil for a flag), and what it does.
    public struct Option: Sendable {
        let names: [String]
        let value: String?
        let help: String

        /// Declares an option.
        public init(_ names: String..., value: String? = nil, help: String) {
            self.names = names
            self.value = value
            self.help = help
        }
    }

    /// The words that are no options.
    public private(set) var words: [String] = []
    private let program: String
    private let options: [Option]
    private var values: [String: [String]] = [:]

    /// Reads the process's command line. `--help` prints the usage and exits with 0.
    public init(program: String, usage: String, options: [Option]) {
        self.program = program
        self.options = options
        var arguments = CommandLine.arguments.dropFirst()
        while let argument = arguments.popFirst() {
            if argument == "--help" || argument == "-h" {
                Self.printHelp(program: program, usage: usage, options: options)
                exit(0)
            }
            guard argument.hasPrefix("-"), argument != "-" else {
                words.append(argument)
                continue
            }
            if argument == "--" {
                words += arguments
                break
            }
            let equals = argument.hasPrefix("--") ? argument.firstIndex(of: "=") : nil
            let name = equals.map { String(argument[..<$0]) } ?? argument
            guard let option = options.first(where: { $0.names.contains(name) }) else {
                fail("unknown option \(name)")
            }
            let key = option.names[0]
            if option.value == nil {
                if equals != nil { fail("\(name) takes no value") }
                values[key, default: []].append("")
            } else if let equals {
                values[key, default: []].append(String(argument[argument.index(after: equals)...]))
            } else if let value = arguments.popFirst() {
                values[key, default: []].append(value)
            } else {
                fail("\(name) needs a value")
            }
        }
    }

    private static func printHelp(program: String, usage: String, options: [Option]) {
        print(usage)
        print("\nOptions:")
        for option in options {
            let left = option.names.joined(separator: ", ") + (option.value.map { " \($0)" } ?? "")
            let padding = String(repeating: " ", count: max(1, 34 - left.count))
            print("  \(left)\(padding)\(option.help)")
        }
        print("  --help\(String(repeating: " ", count: 28))print this")
    }

    /// Says what is wrong with the command line, and exits with 1.
    public func fail(_ message: String) -> Never {
        Self.fail(program: program, message)
    }

    /// Says what went wrong, and exits with 1.
    public static func fail(program: String, _ message: String) -> Never {
        StandardError.write("\(program): \(message)\n")
        exit(1)
    }

    /// Whether an option was given.
    public func has(_ name: String) -> Bool { values[name] != nil }

    /// The last value of an option.
    public func string(_ name: String) -> String? { values[name]?.last }

    /// All values of an option, in order.
    public func strings(_ name: String) -> [String] { values[name] ?? [] }

    /// The value of an option that is a whole number.
    public func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let text = string(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            fail("\(name) must be a number from \(range.lowerBound) to \(range.upperBound), not \(text)")
        }
        return number
    }

    /// The value of an option that is one of a few words.
    public func choice(_ name: String, of choices: [String]) -> String? {
        guard let text = string(name) else { return nil }
        guard choices.contains(text) else {
            fail("\(name) must be one of \(choices.joined(separator: ", ")), not \(text)")
        }
        return text
    }
}
