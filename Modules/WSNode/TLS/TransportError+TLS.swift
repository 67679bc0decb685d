#if TLS
internal import CSystem
import WSTLS
import WSTransport

extension TransportError {
    /// A failure of TLS.
    init(_ error: TLSError) {
        self.init(layerCode: error.code, message: error.reason)
    }

    /// The transport is closed.
    static func notConnected(_ operation: Operation) -> TransportError {
        TransportError(operation, errno: ENOTCONN)
    }
}
#endif
