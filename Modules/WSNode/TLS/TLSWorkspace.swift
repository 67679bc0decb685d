#if TLS
import WSConnection
import WSTLS

/// What the secured connections of a loop share: memory to read and write with, and the contexts of its clients. An idle
/// connection has no such memory of its own.
final class TLSWorkspace {
    /// How much ciphertext is read at a time.
    static let inputCapacity = 256 * 1024

    private var input: ByteStorage?

    /// Memory for ciphertext that is written; without any while a connection uses it.
    var output = TLSBuffer()

    private var contexts: [TLSConfiguration: TLSContext] = [:]

    /// More option sets than this are hardly in use at a time; the next one begins anew.
    private static let contextLimit = 32

    /// Memory to read ciphertext into. TLS inside of TLS needs it twice.
    func takeInput() -> ByteStorage {
        let memory = input ?? ByteStorage(capacity: Self.inputCapacity)
        input = nil
        return memory
    }

    /// Takes it back.
    func giveBack(_ memory: ByteStorage) {
        input = memory
    }

    /// Certificates and trust, loaded once for all clients with the same options: an option set is never used for another.
    func context(for configuration: TLSConfiguration) throws(TLSError) -> TLSContext {
        if let context = contexts[configuration] { return context }
        let context = try TLSContext(configuration)
        if contexts.count >= Self.contextLimit { contexts = [:] }
        contexts[configuration] = context
        return context
    }
}
#endif
