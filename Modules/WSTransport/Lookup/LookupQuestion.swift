/// What the resolver is asked.
struct LookupQuestion: Hashable, Sendable {
    var host: String
    /// AF_INET, AF_INET6 or AF_UNSPEC.
    var family: Int32

    /// Asks for the names that stand for the host, most often itself, and blocks for as long as that takes.
    func ask(_ names: [String]) -> Result<[NativeAddress], Errno> {
        do throws(Errno) {
            var addresses: [NativeAddress] = []
            for name in names {
                addresses += try SystemCalls.lookup(host: name, port: 0, family: family, flags: 0)
            }
            return .success(addresses)
        } catch {
            return .failure(error)
        }
    }
}
