import CSystem

/// Why a system call failed: which one, the errno, and what it was aimed at. Or why a layer between the system and the
/// application failed, such as TLS: its code and its words.
///
/// Two errors are equal when operation, errno and code are: the address and the words are for the reader.
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
        /// What a layer above the socket does, such as TLS.
        case layer
    }

    /// What only some errors have. Apart, so that outcomes of reads and writes stay small.
    private final class Detail: Sendable {
        let host: String?
        let port: UInt16?
        /// What a layer says of its failure.
        let layer: (code: String, message: String)?

        init(host: String? = nil, port: UInt16? = nil, layer: (code: String, message: String)? = nil) {
            self.host = host
            self.port = port
            self.layer = layer
        }
    }

    private let detail: Detail?

    /// What was being done.
    public let operation: Operation

    /// The system's error number; zero if it is not the system that failed. After a lookup it may be one of the resolver's
    /// own codes, which are negative.
    public let errno: Int32

    /// The host name, address literal or path aimed at, where there is one.
    public var host: String? { detail?.host }

    /// The port aimed at, where there is one.
    public var port: UInt16? { detail?.port }

    /// An error as the system reported it.
    public init(_ operation: Operation, errno: Int32, host: String? = nil, port: UInt16? = nil) {
        self.operation = operation
        self.errno = errno
        detail = host == nil && port == nil ? nil : Detail(host: host, port: port)
    }

    /// What is said of a host name that stands for no address.
    public init(nameNotFound host: String) {
        self.init(.lookup, errno: EAI_NONAME, host: host)
    }

    /// An error of a layer above the socket.
    ///
    /// - Parameters:
    ///   - code: its symbolic name, as Node has it, such as `CERT_HAS_EXPIRED`.
    ///   - message: one line that names the cause.
    public init(layerCode code: String, message: String) {
        operation = .layer
        errno = 0
        detail = Detail(layer: (code, message))
    }

    /// The symbolic name of the errno, such as `ECONNREFUSED`, or the code of a layer; a name that does not exist is
    /// `ENOTFOUND`, as in Node.
    public var code: String {
        detail?.layer?.code ?? ErrorText(errno: errno).code
    }

    /// One line as Node writes it: `connect ECONNREFUSED 127.0.0.1:80`,
    /// `listen EADDRINUSE: address already in use ::1:80`, `getaddrinfo ENOTFOUND nowhere.example`. Of a layer, its words.
    public var description: String {
        if let layer = detail?.layer { return layer.message }
        var text = "\(operation.rawValue) \(code)"
        if operation == .listen { text += ": \(ErrorText(errno: errno).message)" }
        if let host { text += " \(host)" }
        if let port { text += ":\(port)" }
        return text
    }

    /// Whether operation, errno and code agree.
    public static func == (left: TransportError, right: TransportError) -> Bool {
        left.operation == right.operation && left.errno == right.errno
            && left.detail?.layer?.code == right.detail?.layer?.code
    }
}
