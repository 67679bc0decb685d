import ToolRecording
import ToolSupport
import WSNode

/// What the command line asks for.
struct Settings: Sendable {
    #if TLS
    var configuration: TLSConfiguration?
    var requestsCertificates = false
    #endif

    enum Mode: String { case echo, broadcast, discard }
    enum Backend: String { case epoll, poll, blocking }

    var host = "127.0.0.1"
    var port: UInt16 = 8080
    var unixPath: String?
    var transport = Backend.epoll
    var workers = 1
    var mode = Mode.echo
    var path: String?
    var subprotocols: [String]?
    var maxPayload: Int?
    var isHardened = false
    var deflate: PerMessageDeflateSetting = false
    /// Makes a journal for each connection.
    var recording: (@Sendable () -> any ConnectionJournal)?

    init(_ arguments: CommandLineParser) {
        if let host = arguments.string("--host") { self.host = host }
        if let port = arguments.integer("--port", in: 0...65535) { self.port = UInt16(port) }
        unixPath = arguments.string("--unix")
        if let name = arguments.choice("--transport", of: ["epoll", "poll", "blocking"]) {
            transport = Backend(rawValue: name) ?? .epoll
        }
        if let workers = arguments.integer("--workers", in: 1...256) { self.workers = workers }
        if let name = arguments.choice("--mode", of: ["echo", "broadcast", "discard"]) {
            mode = Mode(rawValue: name) ?? .echo
        }
        path = arguments.string("--path")
        subprotocols = arguments.string("--subprotocol")?.split(separator: ",").map(String.init)
        maxPayload = arguments.integer("--max-payload", in: 0...Int.max)
        isHardened = arguments.has("--hardened")
        deflate = DeflateArguments.setting(arguments, isOn: arguments.has("--deflate"))
        recording = Self.recording(arguments)
        if transport == .blocking, recording != nil { arguments.fail("blocking connections are not recorded") }
        if transport == .blocking, mode == .broadcast { arguments.fail("blocking connections cannot broadcast") }
        if transport == .blocking, workers > 1 { arguments.fail("with --transport blocking there are no workers") }
        if workers > 1, mode == .broadcast { arguments.fail("workers share nothing, so they cannot broadcast") }
        if workers > 1, unixPath != nil { arguments.fail("workers cannot share a Unix-domain socket") }
        #if TLS
        readSecurity(arguments)
        #endif
    }

    #if TLS
    private mutating func readSecurity(_ arguments: CommandLineParser) {
        switch (arguments.material("--tls-cert"), arguments.material("--tls-key")) {
        case (nil, nil):
            if arguments.has("--tls-ca") { arguments.fail("--tls-ca goes with --tls-cert and --tls-key") }
        case (let cert?, let key?):
            if transport == .blocking { arguments.fail("with --transport blocking there is no TLS") }
            var configuration = TLSConfiguration()
            configuration.cert = cert
            configuration.key = key
            configuration.ca = arguments.material("--tls-ca").map { [$0] }
            self.configuration = configuration
            requestsCertificates = configuration.ca != nil
        case (_?, nil), (nil, _?): arguments.fail("--tls-cert and --tls-key go together")
        }
    }

    private var security: TLSServerOptions? {
        guard let configuration else { return nil }
        var options = TLSServerOptions()
        options.configuration = configuration
        options.requestCert = requestsCertificates
        return options
    }
    #endif

    /// Whether connections are secured.
    private var isSecure: Bool {
        #if TLS
        configuration != nil
        #else
        false
        #endif
    }

    /// Makes journals as `--record` asks for.
    static func recording(_ arguments: CommandLineParser) -> (@Sendable () -> any ConnectionJournal)? {
        arguments.string("--record").map { Recordings.journals(in: $0, for: "wsecho") }
    }

    /// The limits where there is no ``WebSocketServer`` to derive them from its options.
    var limits: Limits { serverOptions.limits }

    var serverOptions: ServerOptions {
        var options = ServerOptions()
        if isHardened { options.harden() }
        options.host = host
        options.unixSocketPath = unixPath
        options.path = path
        options.backlog = 4096
        options.reusePort = workers > 1
        if let maxPayload { options.maxPayload = maxPayload }
        options.perMessageDeflate = deflate
        if let subprotocols {
            options.handleProtocols = { offered, _ in offered.first { subprotocols.contains($0) } }
        }
        options.clientTracking = true
        #if TLS
        options.tls = security
        #endif
        options.recording = recording
        return options
    }

    /// What to print once a server listens.
    func readyLine(port: UInt16) -> String {
        if let unixPath { return "listening ws+unix:\(unixPath):/" }
        let name = host.contains(":") ? "[\(host)]" : host
        return "listening \(isSecure ? "wss" : "ws")://\(name):\(port)/"
    }
}
