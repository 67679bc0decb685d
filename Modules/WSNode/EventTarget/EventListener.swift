/// A listener for event objects that can be recognised again: added twice it is there once, and it can be removed.
public final class EventListener<Received: SocketEvent> {
    package let handle: (Received) -> Void

    /// A listener.
    public init(_ handle: @escaping (Received) -> Void) {
        self.handle = handle
    }
}

/// An object that is a listener itself.
public protocol EventListenerObject: AnyObject {
    /// Is told what happened.
    func handleEvent(_ event: SocketEvent)
}
