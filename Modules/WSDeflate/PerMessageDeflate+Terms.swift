public import WSConnection

extension PerMessageDeflate {
    /// What an agreement means for one end. Connections with the same agreement share it.
    public final class Terms: CompressionTerms {
        /// What was agreed.
        public let parameters: PerMessageDeflateParameters

        let deflate: DeflateSettings
        let inflateBits: Int32
        /// Whether what we send refers to earlier messages.
        let keepsDeflater: Bool
        /// Whether what we receive does.
        let keepsInflater: Bool
        let threshold: Int
        let contextLimit: Int
        let deflateChunkSize: Int
        let inflateChunkSize: Int
        let workspace: DeflateWorkspace

        /// How messages are compressed, if each is on its own.
        public let sharedVariant: CompressionVariant?

        /// - Parameters:
        ///   - isServer: which end this is.
        ///   - options: how to compress; they have no ``PerMessageDeflateOptions/fault``.
        ///   - workspace: shared with all that lives on the same thread.
        public init(
            _ parameters: PerMessageDeflateParameters, isServer: Bool, _ options: PerMessageDeflateOptions,
            in workspace: DeflateWorkspace
        ) {
            precondition(options.fault == nil, "options that make no sense")
            self.parameters = parameters
            self.workspace = workspace
            let serverBits = parameters.serverMaxWindowBits ?? 15
            let clientBits = parameters.clientMaxWindowBits ?? 15
            deflate = DeflateSettings(
                agreedBits: isServer ? serverBits : clientBits, options.zlibDeflateOptions)
            inflateBits = Int32(isServer ? clientBits : serverBits)
            keepsDeflater = !(isServer ? parameters.serverNoContextTakeover : parameters.clientNoContextTakeover)
            keepsInflater = !(isServer ? parameters.clientNoContextTakeover : parameters.serverNoContextTakeover)
            threshold = options.threshold
            contextLimit = options.concurrencyLimit
            deflateChunkSize = options.zlibDeflateOptions.chunkSize
            inflateChunkSize = options.zlibInflateOptions.chunkSize
            sharedVariant = keepsDeflater ? nil : CompressionVariant(Terms.self, settings: deflate.number)
        }

        /// Whether a message is worth it: always where it can refer to earlier ones, else from
        /// ``PerMessageDeflateOptions/threshold`` on.
        public func shouldCompress(byteCount: Int, isFinal: Bool) -> Bool {
            keepsDeflater || byteCount >= threshold
        }

        /// The compression of one connection; it makes contexts when it needs them.
        public func makeCompression() -> any MessageCompression { PerMessageDeflate(self) }
    }
}
