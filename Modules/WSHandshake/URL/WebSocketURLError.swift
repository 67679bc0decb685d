/// Why a text is not an address a WebSocket client can connect to (RFC 6455 §3).
public enum WebSocketURLError: Error, Equatable, Sendable {
    /// What makes an address invalid.
    public enum Fault: Error, Equatable, Sendable {
        /// No scheme with a colon and two slashes at the beginning.
        case notAbsolute
        /// A control character anywhere; it is never dropped in silence, since a request line could be injected.
        case controlCharacter
        /// A space at the beginning or the end.
        case surroundingSpace
        /// No host between the slashes and the port or the path.
        case emptyHost
        /// A character that no host holds, such as a space, a backslash or a bracket in the wrong place.
        case invalidHost
        /// A host that is not ASCII. Internationalised names have to come in their `xn--` form (RFC 5891).
        case nonASCIIHost
        /// A host that looks like an IPv4 address but is not four decimal octets.
        case ambiguousIPv4Address
        /// Something in brackets that is no IPv6 address, or a bracket that is not closed.
        case invalidIPv6Address
        /// An IPv6 address with a zone identifier (RFC 6874), which means something on one machine only.
        case zoneIdentifier
        /// A port that is not one to five digits up to 65535.
        case invalidPort
        /// User information with two `@`, a bad percent escape, or a part that Basic authentication cannot carry: a colon
        /// or a control character in the user, text that is not UTF-8 (RFC 7617 §2).
        case invalidUserInformation
        /// A `ws+unix` address whose socket path holds a question mark, or whose request path has no leading slash.
        case invalidSocketPath
    }

    /// The address cannot be read. The text is the address, any user information in it masked.
    case invalid(String, Fault)
    /// A scheme other than ws, wss, http, https and ws+unix.
    case unsupportedScheme(String)
    /// A `ws+unix` address without a socket path.
    case emptySocketPath
    /// A fragment, also an empty one (RFC 6455 §3).
    case fragment
}

extension WebSocketURLError: CustomStringConvertible {
    /// The text Node's `ws` gives the same fault; control characters are escaped, since the text ends up in logs.
    public var description: String {
        switch self {
        case .invalid(let address, _): "Invalid URL: \(Self.printable(address))"
        case .unsupportedScheme:
            #"The URL's protocol must be one of "ws:", "wss:", "http:", "https:", or "ws+unix:""#
        case .emptySocketPath: "The URL's pathname is empty"
        case .fragment: "The URL contains a fragment identifier"
        }
    }
    private static func printable(_ address: String) -> String {
        var text = ""
        for scalar in address.unicodeScalars {
            text += scalar.value < 0x20 || scalar.value == 0x7F ? scalar.escaped(asASCII: true) : String(scalar)
        }
        return text
    }
}
