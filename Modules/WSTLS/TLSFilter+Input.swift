internal import COpenSSL

// Facts from the network.
extension TLSFilter {
    /// Begins the handshake: a client's first bytes are then there to be written. A server has nothing to say yet.
    public func start() {
        advance()
    }

    /// Takes ciphertext in, and puts the plaintext there is into `base`.
    ///
    /// When there was no room for all of it, ``hasBufferedInput`` tells: the next call goes on, without new ciphertext too.
    ///
    /// - Returns: how many bytes of plaintext there were.
    public func receive(
        _ ciphertext: UnsafeRawBufferPointer, into base: UnsafeMutableRawPointer?, capacity: Int
    ) -> Int {
        guard ending == nil else { return 0 }
        if leftOver.isEmpty {
            unsafe wire.pointee.input = unsafe ciphertext
            let count = unsafe process(into: base, capacity: capacity)
            keepRest()
            return count
        }
        if let start = ciphertext.baseAddress { unsafe leftOver.append(start, count: ciphertext.count) }
        let before = leftOver.count
        let count = unsafe leftOver.withBytes { bytes in
            unsafe wire.pointee.input = unsafe bytes
            return unsafe process(into: base, capacity: capacity)
        }
        unsafe leftOver.drop(before - wire.pointee.input.count)
        unsafe wire.pointee.input = UnsafeRawBufferPointer(start: nil, count: 0)
        if leftOver.isEmpty || ending != nil { leftOver = TLSBuffer() }
        return count
    }

    /// The stream has ended: without close_notify, that is a failure.
    public func receiveEnd() {
        guard ending == nil else { return }
        ending = .failed(isEstablished ? .truncated : .endedDuringHandshake)
    }

    /// Whether something has arrived that was not handed out yet.
    public var hasBufferedInput: Bool {
        unsafe ending == nil && isEstablished && (!leftOver.isEmpty || SSL_pending(ssl) > 0)
    }

    private func keepRest() {
        let rest = unsafe wire.pointee.input
        unsafe wire.pointee.input = UnsafeRawBufferPointer(start: nil, count: 0)
        if ending == nil, let start = rest.baseAddress, unsafe !rest.isEmpty {
            unsafe leftOver.append(start, count: rest.count)
        }
    }

    private func process(into base: UnsafeMutableRawPointer?, capacity: Int) -> Int {
        advance()
        guard isEstablished, let base = unsafe base else { return 0 }
        var count = 0
        while count < capacity {
            // After the last byte, one more call could only say that it wants more.
            if count > 0, unsafe wire.pointee.input.isEmpty, unsafe SSL_pending(ssl) == 0 { break }
            ERR_clear_error()
            let read = unsafe SSL_read(ssl, base + count, Int32(clamping: capacity - count))
            guard read > 0 else {
                stopped(with: read)
                break
            }
            count += Int(read)
        }
        return count
    }

    /// Goes on with the handshake, if that is not done.
    func advance() {
        guard !isEstablished, ending == nil else { return }
        ERR_clear_error()
        let result = unsafe SSL_do_handshake(ssl)
        guard result == 1 else { return stopped(with: result) }
        if let error = judgePeer() {
            // What the peer may have sent along with its last flight is nobody's business.
            unsafe SSL_shutdown(ssl)
            hasSentClose = true
            ending = .failed(error)
        } else {
            isEstablished = true
        }
        handshake = nil
    }

    /// A call of OpenSSL did not give what it was to give.
    func stopped(with result: Int32) {
        switch unsafe SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: break
        case SSL_ERROR_ZERO_RETURN: ending = isEstablished ? .closed : .failed(.endedDuringHandshake)
        default:
            // A certificate that was refused is the cause; that the handshake failed is what followed.
            let error = TLSError.queued(or: .truncated)
            ending = .failed(handshake?.verificationError ?? error)
            handshake = nil
        }
    }
}
