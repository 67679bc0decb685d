/// The value of `Sec-WebSocket-Extensions` (RFC 6455 §9.1).
public enum ExtensionHeader {
    /// Reads a list of extensions in order, in time linear in its length.
    ///
    /// Several header lines are one value joined with commas (``HeaderFields/joined(_:)``).
    /// - Throws: ``HeaderSyntaxError`` with the index of the first character that fits nowhere.
    public static func parse(_ value: String) throws(HeaderSyntaxError) -> [ExtensionOffer] {
        let octets = value.utf8.span
        var scanner = ListScanner()
        var offers: [ExtensionOffer] = []
        while true {
            var offer = ExtensionOffer(name: try scanner.token(octets))
            var separator = try scanner.separator(octets, mayHaveParameters: true, mayAssign: false)
            while separator == .semicolon {
                var parameter = ExtensionOffer.Parameter(name: try scanner.token(octets))
                separator = try scanner.separator(octets, mayHaveParameters: true, mayAssign: true)
                if separator == .equals {
                    parameter.value = try scanner.value(octets)
                    separator = try scanner.separator(octets, mayHaveParameters: true, mayAssign: false)
                }
                offer.parameters.append(parameter)
            }
            offers.append(offer)
            if separator == .end { return offers }
        }
    }

    /// Writes a list: parameters after `; `, extensions after `, `. What is no token was refused where it came in.
    public static func format(_ offers: [ExtensionOffer]) -> String {
        var text = ""
        for offer in offers {
            if !text.isEmpty { text += ", " }
            text += offer.name
            for parameter in offer.parameters {
                text += "; "
                text += parameter.name
                guard let value = parameter.value else { continue }
                text += "="
                text += value
            }
        }
        return text
    }
}
