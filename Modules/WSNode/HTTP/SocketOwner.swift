import WSConnection

/// The one who reads a socket in place of listeners, and is told what becomes of it.
protocol SocketOwner: AnyObject {
    /// Bytes have arrived: slices of memory that is used again after the call.
    func socket(_ socket: Socket, didReceive bytes: Bytes)

    /// The peer sends nothing more.
    func socketDidEnd(_ socket: Socket)

    /// All that was written has gone out to the system.
    func socketDidFlush(_ socket: Socket)

    /// The connection is over. The last call.
    func socketDidClose(_ socket: Socket)
}
