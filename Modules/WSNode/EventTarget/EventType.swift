import WSConnection
import WSFrame

/// A type of event object: what `addEventListener` takes, and what its listeners are given.
public struct EventType<Received: SocketEvent> {
    /// The name: `open`, `message`, `close` or `error`.
    public let name: String
    let slot: ReferenceWritableKeyPath<EventTarget, EventTarget.Slot<Received>?>
    let add: (WebSocket, ListenerPlace, @escaping (Received) -> Void) -> Subscription
    let remove: (WebSocket, Subscription) -> Void
    let has: (WebSocket, Subscription) -> Bool

    /// - Parameter adapt: makes a listener of the list from one that takes the object.
    private init<Function>(
        _ name: String, _ list: ReferenceWritableKeyPath<WebSocket, ListenerList<Function>>,
        _ slot: ReferenceWritableKeyPath<EventTarget, EventTarget.Slot<Received>?>,
        adapt: @escaping (WebSocket, @escaping (Received) -> Void) -> Function
    ) {
        self.name = name
        self.slot = slot
        let event = Event<WebSocket, Function>(list)
        add = { socket, place, handle in
            let dispatch = { [weak socket] (received: Received) in
                received.target = socket
                handle(received)
            }
            return event.add(socket, adapt(socket, dispatch), place)
        }
        remove = { _ = event.remove($0, $1) }
        has = { $0[keyPath: list].contains($1) }
    }
}

extension EventType where Received == SocketEvent {
    /// The connection is open.
    public static var open: EventType {
        EventType("open", \.openListeners, \.open) { _, handle in { handle(SocketEvent("open")) } }
    }
}

extension EventType where Received == MessageEvent {
    /// A message has arrived.
    public static var message: EventType {
        EventType("message", \.messageListeners, \.message) { socket, handle in
            { [weak socket] message in
                let type = socket?.binaryType ?? .nodebuffer
                handle(MessageEvent("message", data: MessageData(message, as: type)))
            }
        }
    }
}

extension EventType where Received == CloseEvent {
    /// The connection has ended.
    public static var close: EventType {
        EventType("close", \.closeListeners, \.close) { socket, handle in
            { [weak socket] code, reason in
                let wasClean = socket?.hasClosedCleanly ?? false
                handle(CloseEvent("close", code: code, reason: String(reason), wasClean: wasClean))
            }
        }
    }
}

extension EventType where Received == ErrorEvent {
    /// Something went wrong.
    public static var error: EventType {
        EventType("error", \.errorListeners, \.error) { _, handle in
            { handle(ErrorEvent("error", error: $0, message: $0.message)) }
        }
    }
}
