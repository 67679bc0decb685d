/// A place where peers connect. Belongs to the thread of its backend, which keeps it until `close()`.
public protocol Listener: AnyObject {
    /// Who is given the connections. Held strongly; `close()` lets go of it. Nothing is accepted while it is nil: peers
    /// wait in the backlog.
    var handler: (any ListenerHandler)? { get set }

    /// Where peers connect, with the port that was chosen when port 0 was asked for.
    var address: SocketAddress { get }

    /// Stops listening, and removes the path of a Unix-domain socket if it is still the one this listener made.
    /// Connections already accepted stay. Idempotent.
    func close()
}
