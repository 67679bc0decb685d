import WSConnection
import WSFrame
import WSHandshake

extension WebSocket {
    /// Connects to a server.
    ///
    /// The attempt starts at once; its outcome comes later, as `open`, or as `error` and `close`.
    ///
    /// - Parameters:
    ///   - address: `ws:`, `wss:`, `http:`, `https:` or `ws+unix:` URL.
    ///   - protocols: the subprotocols to offer, most wanted first.
    ///   - loop: where the socket lives; by default the thread's.
    /// - Throws: a SyntaxError for an address or a subprotocol that cannot be used, a RangeError for another protocol
    ///   version than 8 and 13 or for an option out of its range, and for a secure address the reason why the certificates and keys
    ///   of the options cannot be used.
    public convenience init(
        _ address: String, protocols: [String] = [], options: ClientOptions = ClientOptions(),
        on loop: EventLoop = .current
    ) throws(WebSocketError) {
        let plan = try ClientPlan(address, protocols: protocols, options: options, on: loop)
        let handshake = try plan.makeHandshake()
        let driver = ConnectionDriver(
            loop: loop, transport: try plan.connect(), isConnected: false, connection: plan.makeConnection())
        driver.spreadsEvents = !options.allowSynchronousEvents
        self.init(client: driver, facts: ClientFacts(plan))
        begin(handshake, of: plan)
    }

    /// Connects to a server, offering one subprotocol.
    public convenience init(
        _ address: String, protocol: String, options: ClientOptions = ClientOptions(), on loop: EventLoop = .current
    ) throws(WebSocketError) {
        try self.init(address, protocols: [`protocol`], options: options, on: loop)
    }

    /// Shows the request to who wants to see it, and sends it.
    private func begin(_ handshake: ClientHandshake, of plan: ClientPlan) {
        let request = OutgoingRequest(handshake, of: self)
        clientFacts?.request = request
        if plan.isRedirected { emit(\.redirect, (plan.url.href, request)) }
        if let finishRequest = plan.options.finishRequest {
            finishRequest(request, self)
        } else {
            request.end()
        }
    }

    /// Goes on to where the answer points, if the application wants that.
    ///
    /// - Returns: whether the answer has been dealt with.
    func follow(_ answer: ResponseHead) -> Bool {
        guard let facts = clientFacts, let plan = facts.plan, plan.options.followRedirects,
            let location = answer.redirectLocation
        else { return false }
        do throws(WebSocketError) {
            try plan.follow(location, keepsCredentials: !redirectListeners.isEmpty)
            let handshake = try plan.makeHandshake()
            facts.url = plan.url.href
            driver.restart(plan.makeConnection(), over: try plan.connect())
            begin(handshake, of: plan)
        } catch {
            giveUp(with: error)
        }
        return true
    }

    /// Ends the attempt to connect, with an error of ours.
    func giveUp(with error: WebSocketError) {
        clientFacts?.failure = error
        driver.connection.abort(now: driver.loop.now)
        driver.needsSettling()
    }
}

/// What only a client knows of its connection.
final class ClientFacts {
    var url: String
    /// How to connect, until that is done.
    private(set) var plan: ClientPlan?
    /// The request that was sent last, or is to be.
    var request: OutgoingRequest?
    /// The answer that was no upgrade, while its body is read.
    var response: IncomingResponse?
    /// Why the attempt is given up, where the connection cannot know.
    var failure: WebSocketError?

    init(_ plan: ClientPlan) {
        self.plan = plan
        url = plan.url.href
    }

    /// Connecting is over: what belongs to it goes.
    func forgetPlan() {
        let removed = (plan, request)
        plan = nil
        request = nil
        withExtendedLifetime(removed) {}
    }
}

/// Masking keys from a closure of the application.
final class CustomMaskingKeys: MaskingKeySource {
    private let generate: () -> (UInt8, UInt8, UInt8, UInt8)

    init(_ generate: @escaping () -> (UInt8, UInt8, UInt8, UInt8)) {
        self.generate = generate
    }

    func nextKey() -> MaskingKey {
        let key = generate()
        return MaskingKey(key.0, key.1, key.2, key.3)
    }
}
