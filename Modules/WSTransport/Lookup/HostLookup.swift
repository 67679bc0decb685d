/// The system's resolver, called directly.
package enum HostLookup {
    /// The addresses of a name as literals, in the order to try them. Blocks.
    package static func addresses(of host: String, family: AddressFamily?) -> Result<[String], TransportError> {
        let endpoint = Endpoint.tcp(host: host, port: 0)
        do throws(Errno) {
            let found = try ConnectingSocket.lookedUpAddresses(of: endpoint, options: ConnectOptions(family: family))
            return .success(found.compactMap { $0.socketAddress?.host })
        } catch {
            return .failure(ConnectingSocket.lookupError(error, of: endpoint))
        }
    }
}
