/// The one who is given the connections a listener accepts. Every call comes from inside the backend's `wait`.
public protocol ListenerHandler: AnyObject {
    /// A peer has connected. The transport reports nothing until the callee has set its handler and interest, and stays
    /// open until it is closed: by a callee that does not want it, at once.
    func listener(_ listener: any Listener, didAccept transport: any Transport)

    /// The system cannot give us the next connection (no descriptors or memory left, say). For the log: the listener
    /// pauses and tries again by itself. Said once, then not again before a connection has been accepted.
    func listener(_ listener: any Listener, didFailToAccept error: TransportError)
}
