/// The value of `Sec-WebSocket-Protocol` in a request (RFC 6455 §4.1).
public enum SubprotocolHeader {
    /// Reads a list of subprotocols, most preferred first, in time linear in its length.
    ///
    /// Several header lines are one value joined with commas (``HeaderFields/joined(_:)``). Names compare with case.
    /// - Throws: ``HeaderSyntaxError`` for something else than tokens between single commas, or for a repeated name.
    public static func parse(_ value: String) throws(HeaderSyntaxError) -> [String] {
        let octets = value.utf8.span
        var scanner = ListScanner()
        var names: [String] = []
        var known: Set<String> = []
        while true {
            let name = try scanner.token(octets)
            let separator = try scanner.separator(octets, mayHaveParameters: false, mayAssign: false)
            // A set pays for itself only in lists longer than any honest client sends.
            if names.count == 16 { known = Set(names) }
            let isRepeated = names.count < 16 ? names.contains(name) : !known.insert(name).inserted
            guard !isRepeated else { throw .duplicate(name) }
            names.append(name)
            if separator == .end { return names }
        }
    }

    /// Writes a list as Node's `ws` does: commas without spaces.
    public static func format(_ names: [String]) -> String { names.joined(separator: ",") }

    /// The first name that may not be offered: empty, no token, or repeated.
    static func firstInvalidName(_ names: [String]) -> String? {
        var known: Set<String> = []
        return names.first { !HTTPGrammar.isToken($0) || !known.insert($0).inserted }
    }
}
