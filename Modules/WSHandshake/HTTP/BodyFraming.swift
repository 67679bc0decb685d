/// Where the body after a head ends (RFC 9112 §6.3).
public enum BodyFraming: Sendable, Equatable {
    /// There is no body.
    case none
    /// The body has this many bytes, at least one.
    case length(Int)
    /// The body is a sequence of chunks (RFC 9112 §7.1).
    case chunked
    /// The body ends when the connection does; responses only.
    case untilClose
}

extension RequestHead {
    /// The framing of the body that follows this head.
    ///
    /// - Throws: ``HeadError`` when the fields are invalid or leave room for two readings, which is how requests are
    ///   smuggled. Answer with its status and close the connection: where the next request begins is unknown.
    public func bodyFraming() throws(HeadError) -> BodyFraming {
        let length = try fields.contentLength()
        guard let codings = try fields.transferCodings() else {
            return length.map { $0 == 0 ? .none : .length($0) } ?? .none
        }
        guard version >= .http11 else { throw .transferEncodingInHTTP10 }
        guard !fields.contains(.contentLength) else { throw .contentLengthWithTransferEncoding }
        guard codings.last == "chunked" else { throw .invalidTransferEncoding }
        guard codings.count == 1 else {
            throw codings.dropLast().contains("chunked") ? .invalidTransferEncoding : .unsupportedTransferCoding
        }
        return .chunked
    }
}

extension ResponseHead {
    /// The framing of the body that follows this head in answer to a GET.
    ///
    /// Informational responses, 204 and 304 have none whatever their fields say.
    /// - Throws: ``HeadError/invalidContentLength`` or ``HeadError/invalidTransferEncoding``.
    public func bodyFraming() throws(HeadError) -> BodyFraming {
        if status < 200 || status == 204 || status == 304 { return .none }
        if let codings = try fields.transferCodings() {
            return codings.last == "chunked" ? .chunked : .untilClose
        }
        guard let length = try fields.contentLength() else { return .untilClose }
        return length == 0 ? .none : .length(length)
    }
}

extension HeaderFields {
    /// The number all members of all Content-Length lines agree on; nil without a line.
    fileprivate func contentLength() throws(HeadError) -> Int? {
        guard let list = joined(.contentLength) else { return nil }
        let octets = list.utf8.span
        var length: Int?
        var start = 0
        while true {
            let end = octets.firstIndex(from: start) { $0 == Octet.comma }
            let member = try Self.decimal(octets.extracting(octets.trimmingWhitespace(start..<end)))
            guard length == nil || length == member else { throw .invalidContentLength }
            length = member
            guard end < octets.count else { return length }
            start = end + 1
        }
    }

    private static func decimal(_ digits: Span<UInt8>) throws(HeadError) -> Int {
        guard !digits.isEmpty else { throw .invalidContentLength }
        var number = 0
        for index in digits.indices {
            guard let digit = digits[index].decimalDigit else { throw .invalidContentLength }
            let (tenfold, overflows) = number.multipliedReportingOverflow(by: 10)
            let (sum, carries) = tenfold.addingReportingOverflow(Int(digit))
            guard !overflows, !carries else { throw .invalidContentLength }
            number = sum
        }
        return number
    }

    /// The members of all Transfer-Encoding lines in lower case; nil without a line. Empty members are skipped, but a list
    /// of nothing else is a fault.
    fileprivate func transferCodings() throws(HeadError) -> [String]? {
        guard let list = joined(.transferEncoding) else { return nil }
        let octets = list.utf8.span
        var codings: [String] = []
        var start = 0
        while start <= octets.count {
            let end = octets.firstIndex(from: start) { $0 == Octet.comma }
            let coding = octets.latin1(octets.trimmingWhitespace(start..<end))
            if !coding.isEmpty {
                guard HTTPGrammar.isToken(coding) else { throw .invalidTransferEncoding }
                codings.append(coding.lowercased())
            }
            start = end + 1
        }
        guard !codings.isEmpty else { throw .invalidTransferEncoding }
        return codings
    }
}
