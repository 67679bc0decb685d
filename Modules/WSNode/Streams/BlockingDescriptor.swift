import WSTransport

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Blocking calls on a file descriptor, for threads that may wait.
enum BlockingDescriptor {
    /// Reads what there is, and waits until there is something; empty at the end.
    static func read(_ descriptor: Int32, atMost limit: Int) -> Result<[UInt8], TransportError> {
        while true {
            var count = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, initialized in
                count = unsafe systemRead(descriptor, buffer.baseAddress, limit)
                initialized = max(0, count)
            }
            if count >= 0 { return .success(bytes) }
            let code = errno
            guard goesOn(after: code, descriptor, POLLIN) else { return .failure(TransportError(.read, errno: code)) }
        }
    }

    /// Writes all of it, however long that takes. Answers why it could not.
    static func write(_ descriptor: Int32, _ bytes: [UInt8]) -> TransportError? {
        // A reader that has gone is an error here, not the end of the process.
        var brokenPipe = sigset_t()
        unsafe sigemptyset(&brokenPipe)
        unsafe sigaddset(&brokenPipe, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &brokenPipe, nil)
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe systemWrite(descriptor, buffer.baseAddress.map { unsafe $0 + written }, bytes.count - written)
            }
            if count >= 0 {
                written += count
                continue
            }
            let code = errno
            guard goesOn(after: code, descriptor, POLLOUT) else { return TransportError(.write, errno: code) }
        }
        return nil
    }

    /// Whether the call is to be made again; waits where somebody has made the descriptor non-blocking.
    private static func goesOn(after code: Int32, _ descriptor: Int32, _ events: Int32) -> Bool {
        if code == EINTR { return true }
        guard code == EAGAIN else { return false }
        var request = pollfd(fd: descriptor, events: Int16(truncatingIfNeeded: events), revents: 0)
        unsafe poll(&request, 1, -1)
        return true
    }
}

// Under their own names, as methods hide the functions.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    unsafe read(descriptor, buffer, count)
}

private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
    unsafe write(descriptor, buffer, count)
}
