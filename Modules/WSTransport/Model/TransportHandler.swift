/// The one who is told what happens on a transport. Every call comes from inside the backend's `wait`, never from
/// inside a call of the handler's own, and none comes after `close()`.
public protocol TransportHandler: AnyObject {
    /// The connection stands. Only for a transport that `connect` returned; an accepted one stands from the start.
    func transportDidConnect(_ transport: any Transport)

    /// The connection could not be made; the transport is closed.
    func transport(_ transport: any Transport, didFailToConnect error: TransportError)

    /// Something the transport waits for is possible now. Repeated at each wait for as long as it stays so.
    func transport(_ transport: any Transport, isReady readiness: Readiness)
}
