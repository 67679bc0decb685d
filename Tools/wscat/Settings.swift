import ToolRecording
import ToolSupport
import WSNode

/// What the command line asks for.
struct Settings {
    /// The end of the connection we are.
    enum Role {
        case client(url: String)
        case server(port: Int)
    }

    var role: Role
    var commands: [String]
    /// How long to stay when all is sent; nil for ever.
    var wait: Duration?
    var subprotocols: [String]
    var client = ClientOptions()
    var server = ServerOptions()
    var host: String?
    var showsPingsAndPongs: Bool
    var hasSlashCommands: Bool
    var isBinary: Bool
    var hasColors: Bool

    init(_ arguments: CommandLineParser) {
        if let word = arguments.words.first { arguments.fail("unexpected argument \(word)") }
        switch (arguments.string("--connect"), arguments.integer("--listen", in: 0...65535)) {
        case (let url?, nil): role = .client(url: Self.completed(url))
        case (nil, let port?): role = .server(port: port)
        case (nil, nil): arguments.fail("either --connect or --listen is needed; --help tells more")
        case (_?, _?): arguments.fail("use either --connect or --listen")
        }
        commands = arguments.strings("--execute")
        wait = commands.isEmpty ? .zero : .seconds(2)
        if let text = arguments.string("--wait") {
            wait = text == "-1" ? nil : Self.seconds(text, of: "--wait", arguments)
        }
        subprotocols = arguments.strings("--subprotocol")
        host = arguments.string("--host")
        showsPingsAndPongs = arguments.has("--show-ping-pong")
        hasSlashCommands = arguments.has("--slash")
        isBinary = arguments.has("--binary")
        hasColors = !arguments.has("--no-color")
        #if TLS
        readSecurity(arguments)
        #endif
        if let directory = arguments.string("--record") {
            client.recording = Recordings.journals(in: directory, for: "wscat")
            server.recording = client.recording
        }
        client.closeTimeout = .seconds(5)
        server.closeTimeout = .seconds(5)
        if case .client = role {
            readClientOptions(arguments)
        } else {
            server.host = host
            server.perMessageDeflate = DeflateArguments.setting(arguments, isOn: arguments.has("--deflate"))
            let options = [
                "--no-deflate", "--execute", "--header", "--origin", "--auth", "--protocol", "--handshake-timeout",
                "--location", "--proxy", "--proxy-env",
            ]
            for name in options where arguments.has(name) { arguments.fail("\(name) goes with --connect only") }
        }
    }

    #if TLS
    private mutating func readSecurity(_ arguments: CommandLineParser) {
        var configuration = TLSConfiguration()
        configuration.ca = arguments.material("--ca").map { [$0] }
        configuration.cert = arguments.material("--cert")
        configuration.key = arguments.material("--key")
        configuration.passphrase = arguments.string("--passphrase")
        if configuration.cert != nil, configuration.key == nil { arguments.fail("--cert needs --key") }
        client.tls.configuration = configuration
        client.tls.servername = arguments.string("--servername")
        client.tls.rejectUnauthorized = !arguments.has("--no-check")
        guard case .server = role, configuration.cert != nil else { return }
        var options = TLSServerOptions()
        options.configuration = configuration
        options.requestCert = configuration.ca != nil
        options.rejectUnauthorized = client.tls.rejectUnauthorized
        server.tls = options
    }
    #endif

    private mutating func readClientOptions(_ arguments: CommandLineParser) {
        client.origin = arguments.string("--origin")
        client.auth = arguments.string("--auth")
        client.followRedirects = arguments.has("--location")
        if arguments.has("--proxy-env") { client.agent = EnvironmentAgent() }
        if let address = arguments.string("--proxy") {
            do throws(WebSocketError) {
                client.agent = try ProxyAgent(address)
            } catch {
                arguments.fail(error.message)
            }
        }
        client.perMessageDeflate = DeflateArguments.setting(
            arguments, isOn: DeflateArguments.isAvailable && !arguments.has("--no-deflate"))
        if arguments.has("--deflate") { arguments.fail("--deflate goes with --listen only") }
        if let version = arguments.integer("--protocol", in: 0...255) { client.protocolVersion = version }
        if let text = arguments.string("--handshake-timeout") {
            client.handshakeTimeout = Self.seconds(text, of: "--handshake-timeout", arguments)
        }
        do throws(HeaderFieldError) {
            for header in arguments.strings("--header") {
                guard let colon = header.firstIndex(of: ":") else {
                    arguments.fail("--header must be NAME:VALUE, not \(header)")
                }
                try client.headers.append(
                    name: String(header[..<colon]), value: String(header[header.index(after: colon)...]))
            }
            if let host { try client.headers.set(name: "Host", value: host) }
        } catch {
            arguments.fail("\(error)")
        }
    }

    /// What wscat is told is often only a host and a port.
    private static func completed(_ url: String) -> String {
        url.contains("://") || url.hasPrefix("ws+unix:") ? url : "ws://" + url
    }

    private static func seconds(_ text: String, of option: String, _ arguments: CommandLineParser) -> Duration {
        guard let seconds = Double(text), seconds >= 0, seconds <= 1e9 else {
            arguments.fail("\(option) must be a number of seconds, not \(text)")
        }
        return .seconds(seconds)
    }
}
