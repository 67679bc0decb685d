import WSHandshake
import WSTransport

/// The server to measure: one on this machine, as what is measured elsewhere is the network, and as this is no tool to
/// press a stranger's server with.
struct Target {
    let url: WebSocketURL
    let endpoint: Endpoint

    /// Reads an address, or says what is wrong with it.
    static func parse(_ address: String) -> Result<Target, TargetError> {
        guard let url = try? WebSocketURL(address) else {
            return .failure(TargetError("\(address) is no WebSocket URL"))
        }
        if let path = url.unixSocketPath { return .success(Target(url: url, endpoint: .unix(path: path))) }
        #if !TLS
        guard url.scheme == .ws else {
            return .failure(TargetError("this build has no TLS: only ws: can be measured"))
        }
        #endif
        // A name is not looked up: who knows what it stands for.
        let host = url.host == "localhost" ? "127.0.0.1" : url.host
        let isIPv4Loopback = host.hasPrefix("127.") && (url.isIPAddress || url.host == "localhost")
        guard isIPv4Loopback && !url.isIPv6 || host == "::1" else {
            return .failure(TargetError("\(url.host) is not a loopback address"))
        }
        return .success(Target(url: url, endpoint: .tcp(host: host, port: url.port)))
    }

    /// Whether connections can come from any of 127.0.0.0/8.
    var hasManySources: Bool { !url.isIPv6 && url.unixSocketPath == nil }
}
