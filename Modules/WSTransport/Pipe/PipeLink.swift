/// One connection of the in-memory network, as a script sees it.
public final class PipeLink {
    /// The number of the link in its network, in the order of connecting.
    public let number: Int

    /// What the one who connected writes.
    public let clientToServer: PipeStream

    /// What the one who accepted writes.
    public let serverToClient: PipeStream

    /// The address of the one who connected.
    public let clientAddress: SocketAddress

    /// The address of the listener.
    public let serverAddress: SocketAddress

    private(set) weak var network: PipeNetwork?

    init(
        number: Int, network: PipeNetwork, clientToServer: PipeStream, serverToClient: PipeStream,
        clientAddress: SocketAddress,
        serverAddress: SocketAddress
    ) {
        self.number = number
        self.network = network
        self.clientToServer = clientToServer
        self.serverToClient = serverToClient
        self.clientAddress = clientAddress
        self.serverAddress = serverAddress
        clientToServer.opposite = serverToClient
        serverToClient.opposite = clientToServer
    }

    deinit {
        clientToServer.opposite = nil
        serverToClient.opposite = nil
    }

    /// Both directions.
    public var streams: [PipeStream] {
        [clientToServer, serverToClient]
    }

    /// Breaks both directions now.
    public func cut(_ kind: PipeCut) {
        for stream in streams { stream.cut(kind) }
    }

    /// Mends a black hole in either direction.
    public func mend() {
        for stream in streams { stream.mend() }
    }

    /// Whether neither end is open any more.
    var isOver: Bool {
        clientToServer.sender == nil && serverToClient.sender == nil
    }
}
