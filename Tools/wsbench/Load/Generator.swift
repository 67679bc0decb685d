import ToolSupport
import WSHandshake
import WSNode
import WSTransport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// One thread with many connections to a server.
final class Generator {
    let target: Target
    /// What everything is read into.
    let chunk = Workspace(byteCount: 512 * 1024)
    private let backend: PollBackend
    #if TLS
    /// Has the memory that secured connections share. It is not run: `chunk` takes all that one read of theirs can give, so
    /// that nothing waits inside for its turn.
    private let loop: EventLoop
    #endif
    private let sourceCount: Int
    private let offers: [ExtensionOffer]
    private var nextSource = 0

    /// How many connections are being made at a time: fewer than a listener's backlog holds.
    static let maxOpening = 128

    /// - Parameters:
    ///   - connections: how many there will be; the limit of descriptors is raised accordingly.
    ///   - sources: from how many addresses 127.0.0.x to connect; nil for as many as their ports demand.
    ///   - offers: extensions to offer, to which the server must agree.
    init(_ target: Target, connections: Int, sources: Int? = nil, offers: [ExtensionOffer] = []) {
        self.target = target
        self.offers = offers
        sourceCount = target.hasManySources ? sources ?? (connections / 20_000 + 1) : 1
        Self.allowDescriptors(connections + 64)
        do {
            backend = try PollBackend()
        } catch {
            CommandLineParser.fail(program: "wsbench", "\(error)")
        }
        #if TLS
        loop = EventLoop(backend: backend)
        #endif
    }

    private static func allowDescriptors(_ wanted: Int) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < rlim_t(wanted)
        else {
            return
        }
        guard limit.rlim_max >= rlim_t(wanted) else {
            CommandLineParser.fail(
                program: "wsbench", "\(wanted) descriptors are needed, \(limit.rlim_max) are allowed (ulimit -Hn)")
        }
        limit.rlim_cur = rlim_t(wanted)
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    // MARK: Waiting

    /// Runs the connections until a condition holds or an instant of ``Clock/monotonic`` has come.
    func run(until instant: Int64? = nil, or condition: () -> Bool = { false }) {
        while !condition() {
            var wait: Duration?
            if let instant {
                let rest = instant - Clock.monotonic
                guard rest > 0 else { return }
                wait = backend.now + .nanoseconds(rest)
            }
            backend.wait(until: wait)
        }
    }

    /// Runs the connections for a time.
    func run(seconds: Double) {
        run(until: Clock.monotonic + Int64(seconds * 1e9))
    }

    // MARK: Connecting

    /// Opens one connection and hands it over once it has been upgraded.
    func open(then done: @escaping (any Transport) -> Void) {
        var options = ConnectOptions()
        if sourceCount > 1 {
            nextSource = (nextSource + 1) % sourceCount
            options.localAddress = "127.0.0.\(nextSource + 1)"
        }
        let opening = Opening(target, offers: offers, done)
        opening.start(connect(options))
    }

    private func connect(_ options: ConnectOptions) -> any Transport {
        #if TLS
        if target.url.isSecure {
            do {
                // What is measured is the server: whose it is, its operator knows.
                var tls = TLSClientOptions()
                tls.rejectUnauthorized = false
                return try tls.secure(
                    { backend.connect(to: target.endpoint, options: options) }, to: target.url.host, on: loop)
            } catch {
                CommandLineParser.fail(program: "wsbench", "\(error)")
            }
        }
        #endif
        return backend.connect(to: target.endpoint, options: options)
    }

    /// Opens many connections, and waits until all of them are open.
    func open(_ count: Int) -> [any Transport] {
        var transports: [any Transport] = []
        transports.reserveCapacity(count)
        var begun = 0
        while transports.count < count {
            while begun < count, begun - transports.count < Self.maxOpening {
                begun += 1
                open { transports.append($0) }
            }
            let present = transports.count
            run { transports.count > present }
        }
        return transports
    }
}
