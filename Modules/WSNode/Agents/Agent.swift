public import WSHandshake
public import WSTransport

/// Makes the streams over which clients connect: directly, or through a proxy. What an agent returns leads to the server in
/// the clear; TLS with the server, where the address asks for it, runs inside.
public protocol Agent {
    /// A stream to the server of an address. It has yet to tell its handler that it has connected, as the transports of
    /// ``Backend/connect(to:options:)`` do.
    ///
    /// - Throws: an error if nothing can be tried: the client emits it.
    func connect(
        to url: WebSocketURL, options: ConnectOptions, on loop: EventLoop
    ) throws(WebSocketError) -> any Transport
}
