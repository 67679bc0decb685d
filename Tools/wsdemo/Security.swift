import ToolSupport
import WSNode

/// Whether the demonstration is over TLS, and what follows from that.
struct Security {
    #if TLS
    private var identity: TLSServerOptions?
    private let certificate: TLSMaterial?
    private let path: String?

    init(_ arguments: CommandLineParser) {
        certificate = arguments.material("--tls-cert")
        path = arguments.string("--tls-cert")
        switch (certificate, arguments.material("--tls-key")) {
        case (nil, nil): break
        case (let cert?, let key?): identity = TLSServerOptions(cert: cert, key: key)
        case (_?, nil), (nil, _?): arguments.fail("--tls-cert and --tls-key go together")
        }
    }

    func makeServer(on loop: EventLoop) throws(WebSocketError) -> HTTPServer {
        guard let identity else { return HTTPServer(on: loop) }
        return try HTTPServer(tls: identity, on: loop)
    }

    private var isSecure: Bool { identity != nil }

    /// Of a client that trusts the server's certificate, whoever has signed it.
    var clientOptions: ClientOptions { ClientOptions { $0.tls.ca = certificate.map { [$0] } } }

    /// What wscat has to be told of that.
    var trust: String { path.map { "--ca \($0) " } ?? "" }
    #else
    init(_ arguments: CommandLineParser) {}

    func makeServer(on loop: EventLoop) throws(WebSocketError) -> HTTPServer { HTTPServer(on: loop) }

    private let isSecure = false
    let clientOptions = ClientOptions()
    let trust = ""
    #endif

    /// The scheme of the page.
    var scheme: String { isSecure ? "https" : "http" }

    /// The scheme of its sockets.
    var socketScheme: String { isSecure ? "wss" : "ws" }
}
