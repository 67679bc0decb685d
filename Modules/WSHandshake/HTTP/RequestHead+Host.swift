extension RequestHead {
    /// The Host field, which an HTTP/1.1 request has exactly once (RFC 9112 §3.2); nil only in HTTP/1.0.
    /// - Throws: ``HeadError/missingHost``, ``HeadError/repeatedHost`` or ``HeadError/invalidHost``.
    public func checkedHost() throws(HeadError) -> String? {
        guard let host = fields[.host] else {
            guard version < .http11 else { throw .missingHost }
            return nil
        }
        guard fields.count(of: .host) == 1 else { throw .repeatedHost }
        guard (try? Authority(parsing: host.utf8.span)) != nil else { throw .invalidHost }
        return host
    }
}
