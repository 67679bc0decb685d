import CSystem

/// An attempt to connect with blocking calls, made in steps of limited length: one address after the other.
///
/// A blocking `connect` with a send time-out answers EINPROGRESS when the time has passed, and called again it goes on
/// waiting for the same handshake (EALREADY); so a step can be as short as one likes and nothing is lost between two.
final class BlockingConnect {
    /// Where the attempt stands after a step.
    enum Progress {
        case connected(Int32)
        case failed(TransportError)
        case pending
    }

    private let options: ConnectOptions
    private let endpoint: Endpoint
    private var addresses: [NativeAddress]
    private var current: (descriptor: Int32, address: NativeAddress)?
    private var lastError: TransportError?

    /// Addresses that were looked up before, in the order to try them.
    init(to endpoint: Endpoint, options: ConnectOptions, addresses: [NativeAddress]) {
        self.endpoint = endpoint
        self.options = options
        self.addresses = addresses.reversed()
    }

    /// Looks the endpoint up first, for as long as that takes.
    convenience init(to endpoint: Endpoint, options: ConnectOptions) throws(TransportError) {
        var addresses: [NativeAddress]?
        do throws(Errno) {
            addresses = try ConnectingSocket.literalAddresses(of: endpoint, options: options)
        } catch {
            throw ConnectingSocket.error(error, endpoint: endpoint)
        }
        do throws(Errno) {
            if addresses == nil { addresses = try ConnectingSocket.lookedUpAddresses(of: endpoint, options: options) }
        } catch {
            throw ConnectingSocket.lookupError(error, of: endpoint)
        }
        self.init(to: endpoint, options: options, addresses: addresses ?? [])
    }

    deinit {
        cancel()
    }

    /// Waits for the current address up to the limit (nil: as long as the system does), and goes on to the next if it
    /// fails.
    func step(within limit: Duration?) -> Progress {
        while true {
            do throws(Errno) {
                if current == nil { current = try openNext() }
                guard let (descriptor, address) = current else { return .pending }
                try SystemCalls.setTimeout(descriptor, receiving: false, to: limit)
                try SystemCalls.connect(descriptor, to: address)
                current = nil
                return .connected(descriptor)
            } catch {
                switch error.rawValue {
                // Unix-domain: the listener's backlog is full, and was for as long as we may wait.
                case EINPROGRESS, EALREADY, EINTR, EAGAIN: return .pending
                case EISCONN:
                    guard let descriptor = current?.descriptor else { return .failed(self.error(error)) }
                    current = nil
                    return .connected(descriptor)
                default: lastError = self.error(error)
                }
                cancel()
                if addresses.isEmpty { return .failed(lastError ?? self.error(error)) }
            }
        }
    }

    /// Gives up the current address.
    func cancel() {
        if let current { SystemCalls.close(current.descriptor) }
        current = nil
    }

    /// An error that names the address under way, or the endpoint.
    func error(_ error: Errno) -> TransportError {
        ConnectingSocket.error(error, address: current?.address, endpoint: endpoint)
    }

    private func openNext() throws(Errno) -> (Int32, NativeAddress) {
        guard let address = addresses.popLast() else { throw .invalid }
        let descriptor = try SystemCalls.socket(family: address.family, nonblocking: false)
        do throws(Errno) {
            try ConnectingSocket.prepare(descriptor, for: address, options: options)
        } catch {
            SystemCalls.close(descriptor)
            throw error
        }
        return (descriptor, address)
    }
}
