/// Why a field cannot be part of a head (RFC 9110 §5.1, §5.5).
public enum HeaderFieldError: Error, Equatable, Sendable {
    /// The name is empty or holds something other than token characters.
    case invalidName(String)
    /// The value holds a control character (CR, LF and NUL among them: header injection) or a scalar above U+00FF, which
    /// has no octet.
    case invalidValue(name: String, scalar: Unicode.Scalar)
}

extension HeaderFieldError: CustomStringConvertible {
    /// The fault as a sentence; the value is left out, since it may be a secret.
    public var description: String {
        switch self {
        case .invalidName(let name): "Header name must be a valid HTTP token [\(name.debugDescription)]"
        case .invalidValue(let name, _): "Invalid character in header content [\(name.debugDescription)]"
        }
    }
}
