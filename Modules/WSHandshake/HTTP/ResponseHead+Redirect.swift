extension ResponseHead {
    /// Where the answer sends us: the Location of a redirect (RFC 9110 §15.4), nil for any other answer.
    ///
    /// 304 and the statuses without a meaning are no redirects, whatever fields they have.
    public var redirectLocation: String? {
        switch status {
        case 300, 301, 302, 303, 307, 308: fields["Location"].flatMap { $0.isEmpty ? nil : $0 }
        default: nil
        }
    }
}
