/// Something that lives on a loop, such as a server, in a form that other threads can hold and send work to.
///
///     let bound = LoopBound(server, on: loop)
///     // on any thread:
///     bound.post { server in server.broadcast("hello") }
///
/// The value is touched on the loop's thread only; that is what makes the box safe to send.
public final class LoopBound<Value>: @unchecked Sendable {
    private let value: Value
    private let mailbox: Mailbox

    /// Boxes a value. To be called on the loop's thread.
    public init(_ value: Value, on loop: EventLoop) {
        self.value = value
        mailbox = loop.mailbox
    }

    /// Runs a closure with the value, on the loop's thread.
    public func post(_ work: @escaping @Sendable (Value) -> Void) {
        mailbox.post { _ in work(self.value) }
    }
}
