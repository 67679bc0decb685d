#if TLS
import WSTLS

extension CommandLineParser {
    /// The file an option names, with certificates or a key; nil without the option. One that cannot be read ends the
    /// program.
    public func material(_ option: String) -> TLSMaterial? {
        guard let path = string(option) else { return nil }
        do throws(TLSError) {
            return try TLSMaterial(file: path)
        } catch {
            fail(error.reason)
        }
    }
}
#endif
