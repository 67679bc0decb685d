import WSNode

/// One attempt of a client to talk to a server, and what comes of it: the two ends, their link, and what went wrong.
final class Conversation {
    let number: Int
    let host: Host
    let application: ApplicationKind
    let client: End
    /// The server's end, once the server has accepted.
    private(set) var accepted: End?
    /// The link, once there is one, and when it was made.
    private(set) var link: (pipe: PipeLink, made: Duration)?

    /// What may end a connection without a close frame.
    struct Causes: OptionSet {
        let rawValue: Int
        /// The network refused, lost the name, or never answered.
        static let connecting = Causes(rawValue: 1)
        /// An application terminated the connection.
        static let terminated = Causes(rawValue: 2)
        /// An end reported an error that was judged itself.
        static let failed = Causes(rawValue: 4)
        /// An end has waited as long as it may for the other.
        static let timedOut = Causes(rawValue: 8)
        /// The server shut down before the connection was open.
        static let shutDown = Causes(rawValue: 16)
    }

    var causes: Causes = []

    /// The longest message, in bytes, that this link can be expected to carry.
    private(set) var sizeLimit = 70_000
    /// Whether applications send pings of their own.
    var usesPings = false

    init(number: Int, host: Host, client: End) {
        self.number = number
        self.host = host
        application = host.application
        self.client = client
    }

    func limitSize(to limit: Int) {
        sizeLimit = min(sizeLimit, limit)
        host.sizeLimit = min(host.sizeLimit, limit)
    }

    /// Whether anything explains that the connection was lost.
    func explainsLoss(at now: Duration) -> Bool {
        if !causes.isEmpty || isCut { return true }
        return accepted == nil && (host.options.maxConnections != nil || hasKeptServerWaiting(at: now))
    }

    /// Whether the server has waited for the request as long as it may.
    func hasKeptServerWaiting(at now: Duration) -> Bool {
        guard let link else { return false }
        return accepted == nil && now >= link.made + host.options.handshakeTimeout
    }

    /// Whether a fault of the network has struck the link.
    var isCut: Bool {
        link.map { $0.pipe.clientToServer.lastCut != nil || $0.pipe.serverToClient.lastCut != nil } ?? false
    }

    /// The client's attempt has made a link.
    func wasLinked(by pipe: PipeLink, at now: Duration) {
        link = (pipe, now)
        client.streams = (pipe.clientToServer, pipe.serverToClient)
    }

    /// The server has accepted.
    func wasAccepted(as end: End) {
        accepted = end
        if let pipe = link?.pipe { end.streams = (pipe.serverToClient, pipe.clientToServer) }
    }

    /// The other of two ends.
    func peer(of end: End) -> End? {
        end === client ? accepted : client
    }
}
