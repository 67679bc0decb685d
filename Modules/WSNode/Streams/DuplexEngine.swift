import WSConnection

/// What a ``Duplex`` reads from and writes to. It is handed the stream with each call, and keeps it only as long as something
/// is still to come.
protocol DuplexEngine: AnyObject {
    /// There is room: push what comes, until ``Duplex/push(_:)`` says that there is none.
    func read(into stream: Duplex)

    /// Nobody wants to read for now.
    func rest()

    /// Writes a chunk, after those before, and calls `done` when that has happened or has failed, never before it returns.
    func write(_ chunk: Message, of stream: Duplex, done: @escaping (WebSocketError?) -> Void)

    /// All was written: ends the direction out, and calls `done`.
    func finish(_ stream: Duplex, done: @escaping () -> Void)

    /// Gives up whatever is under way, and then calls ``Duplex/wasDestroyed(_:)``.
    func destroy(_ stream: Duplex, _ error: WebSocketError?)
}
