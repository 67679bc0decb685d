/// Why a system call failed: which one, the errno, and what it was aimed at.
///
/// Two errors are equal when operation and errno are: the address is for the reader.
public struct TransportError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was being done; the raw value is the word Node's messages start with.
    public enum Operation: String, Sendable {
        /// Looking up a host name.
        case lookup = "getaddrinfo"
        /// Opening, binding or starting a listening socket.
        case listen
        /// Opening or connecting a socket.
        case connect
        /// Taking the next connection of a listener.
        case accept
        /// Receiving bytes.
        case read
        /// Sending bytes.
        case write
        /// Handing a socket to the kernel's readiness queue, or making that queue.
        case watch
    }

    /// What was being done.
    public let operation: Operation

    /// The system's error number. After a lookup it may be one of the resolver's own codes, which are negative.
    public let errno: Int32

    /// The host name, address literal or path aimed at, where there is one.
    public let host: String?

    /// The port aimed at, where there is one.
    public let port: UInt16?

    /// An error as the system reported it.
    public init(_ operation: Operation, errno: Int32, host: String? = nil, port: UInt16? = nil) {
        self.operation = operation
        self.errno = errno
        self.host = host
        self.port = port
    }

    /// The symbolic name of the errno, such as `ECONNREFUSED`; a name that does not exist is `ENOTFOUND`, as in Node.
    public var code: String {
        ErrorText(errno: errno).code
    }

    /// One line as Node writes it: `connect ECONNREFUSED 127.0.0.1:80`,
    /// `listen EADDRINUSE: address already in use ::1:80`, `getaddrinfo ENOTFOUND nowhere.example`.
    public var description: String {
        var text = "\(operation.rawValue) \(code)"
        if operation == .listen { text += ": \(ErrorText(errno: errno).message)" }
        if let host { text += " \(host)" }
        if let port { text += ":\(port)" }
        return text
    }

    /// Whether operation and errno agree.
    public static func == (left: TransportError, right: TransportError) -> Bool {
        left.operation == right.operation && left.errno == right.errno
    }
}
