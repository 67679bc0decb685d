import CSystem

/// Every system call of the module, with its error as a thrown value and a place where tests can make it fail.
///
/// An interrupted call is made again where that is right, a call that fails leaves no descriptor behind, and no byte is
/// sent without MSG_NOSIGNAL.
enum SystemCalls {
    // MARK: Sockets

    /// A stream socket, closed on exec.
    static func socket(family: Int32, nonblocking: Bool) throws(Errno) -> Int32 {
        try descriptor(.socket) { csys_socket(family, nonblocking ? nonblockingFlag : 0) }
    }

    static func bind(_ descriptor: Int32, to address: NativeAddress) throws(Errno) {
        try unsafe withUnsafePointer(to: address.storage) { (storage) throws(Errno) in
            _ = try perform(.bind) { unsafe csys_bind(descriptor, storage, address.length) }
        }
    }

    static func listen(_ descriptor: Int32, backlog: Int32) throws(Errno) {
        _ = try perform(.listen) { csys_listen(descriptor, backlog) }
    }

    /// Throws `inProgress` when the outcome will show later as writability; interrupted means the same.
    static func connect(_ descriptor: Int32, to address: NativeAddress) throws(Errno) {
        try unsafe withUnsafePointer(to: address.storage) { (storage) throws(Errno) in
            _ = try perform(.connect) { unsafe csys_connect(descriptor, storage, address.length) }
        }
    }

    /// The next connection, closed on exec.
    static func accept(_ descriptor: Int32, nonblocking: Bool) throws(Errno) -> Int32 {
        try self.descriptor(.accept) { csys_accept(descriptor, nonblocking ? nonblockingFlag : 0) }
    }

    /// Ends our side of the stream. That the connection may be gone already is no error.
    static func shutdownWriting(_ descriptor: Int32) throws(Errno) {
        do throws(Errno) {
            _ = try perform(.shutdown) { csys_shutdown_writing(descriptor) }
        } catch {
            if error != .notConnected { throw error }
        }
    }

    /// Releases the descriptor. Whatever it answers, the descriptor is gone, so there is nothing to report or to
    /// repeat.
    static func close(_ descriptor: Int32) {
        if let plan = SystemCallFaults.current {
            _ = plan.effect(on: .close)
            plan.closed(descriptor)
        }
        _ = csys_close(descriptor)
    }

    static func localAddress(_ descriptor: Int32) throws(Errno) -> NativeAddress {
        var address = NativeAddress()
        _ = try perform(.getLocalAddress) { unsafe csys_getsockname(descriptor, &address.storage, &address.length) }
        return address
    }

    static func peerAddress(_ descriptor: Int32) throws(Errno) -> NativeAddress {
        var address = NativeAddress()
        _ = try perform(.getPeerAddress) { unsafe csys_getpeername(descriptor, &address.storage, &address.length) }
        return address
    }

    // MARK: Socket options

    static func setOption(_ descriptor: Int32, level: Int32, name: Int32, to value: Int32) throws(Errno) {
        _ = try perform(.setOption) { csys_setsockopt_int(descriptor, level, name, value) }
    }

    /// Sends small writes at once instead of waiting for an acknowledgement (Nagle's algorithm).
    static func setNoDelay(_ descriptor: Int32) throws(Errno) {
        try setOption(descriptor, level: Int32(IPPROTO_TCP), name: TCP_NODELAY, to: 1)
    }

    /// Makes `close` reset the connection and drop what was not sent.
    static func setResetOnClose(_ descriptor: Int32) {
        _ = try? perform(.setOption) { csys_setsockopt_linger_zero(descriptor) }
    }

    /// Limits how long a blocking read or accept waits (`receiving`), or a blocking write or connect; nil lifts the
    /// limit.
    static func setTimeout(_ descriptor: Int32, receiving: Bool, to limit: Duration?) throws(Errno) {
        let microseconds = limit.map { max($0.wholeMicroseconds, 1) } ?? 0
        let name = receiving ? SO_RCVTIMEO : SO_SNDTIMEO
        _ = try perform(.setOption) { csys_setsockopt_timeout(descriptor, name, microseconds) }
    }

    /// Whether calls on a descriptor wait.
    static func setBlocking(_ descriptor: Int32, _ blocking: Bool) throws(Errno) {
        _ = try perform(.setBlocking) { csys_set_nonblocking(descriptor, blocking ? 0 : 1) }
    }

    /// Throws the error a socket has met in the background, such as the outcome of `connect`.
    static func throwPendingError(_ descriptor: Int32) throws(Errno) {
        let pending = try perform(.getError) { csys_getsockopt_int(descriptor, SOL_SOCKET, SO_ERROR) }
        if pending != 0 { throw Errno(Int32(truncatingIfNeeded: pending)) }
    }

    // MARK: Bytes

    /// Zero means that the peer has ended the stream; `count` must not be zero.
    @inline(__always)
    static func receive(
        _ descriptor: Int32, into base: UnsafeMutableRawPointer, count: Int, flags: Int32 = 0
    ) throws(Errno) -> Int {
        try perform(.receive, count: count) { unsafe csys_recv(descriptor, base, $0, flags) }
    }

    @inline(__always)
    static func send(
        _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, flags: Int32 = 0
    ) throws(Errno) -> Int {
        try perform(.send, count: bytes.count) { unsafe csys_send(descriptor, bytes.baseAddress, $0, flags) }
    }

    /// Sends two parts with one call.
    @inline(__always)
    static func send(
        _ descriptor: Int32, _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, flags: Int32 = 0
    ) throws(Errno) -> Int {
        try perform(.send, count: first.count + second.count) { limit in
            let firstCount = min(first.count, limit)
            return unsafe csys_send_two(
                descriptor, first.baseAddress, firstCount, second.baseAddress, limit - firstCount, flags)
        }
    }

    // MARK: Waiting

    static func epollCreate() throws(Errno) -> Int32 {
        try descriptor(.epollCreate) { csys_epoll_create() }
    }

    static func epollControl(
        _ queue: Int32, _ operation: Int32, _ descriptor: Int32, events: UInt32, token: UInt64
    ) throws(Errno) {
        _ = try perform(.epollControl) { csys_epoll_ctl(queue, operation, descriptor, events, token) }
    }

    static func epollWait(
        _ queue: Int32, into events: UnsafeMutableBufferPointer<epoll_event>, milliseconds: Int32
    ) throws(Errno) -> Int {
        try perform(.epollWait) { unsafe csys_epoll_wait(queue, events.baseAddress, Int32(events.count), milliseconds) }
    }

    static func poll(_ descriptors: inout [pollfd], milliseconds: Int32) throws(Errno) -> Int {
        try unsafe descriptors.withUnsafeMutableBufferPointer { (buffer) throws(Errno) -> Int in
            try perform(.poll) { unsafe csys_poll(buffer.baseAddress, buffer.count, milliseconds) }
        }
    }

    static func eventCreate() throws(Errno) -> Int32 {
        try descriptor(.eventCreate) { csys_eventfd() }
    }

    /// Called on any thread. It can only fail when the counter is full, and then the event is set anyhow.
    static func eventSignal(_ descriptor: Int32) {
        _ = csys_eventfd_write(descriptor)
    }

    static func eventClear(_ descriptor: Int32) {
        _ = try? perform(.eventRead) { csys_eventfd_read(descriptor) }
    }

    /// The monotonic clock.
    static var now: Duration {
        .nanoseconds(csys_monotonic_nanoseconds())
    }

    // MARK: Names and files

    /// The addresses of a host name or literal, in the resolver's order. Blocks for as long as the resolver does,
    /// unless `flags` hold AI_NUMERICHOST. May be called on any thread; throws the resolver's codes as negative
    /// numbers.
    static func lookup(host: String, port: UInt16, family: Int32, flags: Int32) throws(Errno) -> [NativeAddress] {
        // A zero byte would end the name early and look up another one.
        guard !host.utf8.contains(0) else { throw Errno(EAI_NONAME) }
        if try plannedLookupHangs() { throw Errno(EAI_AGAIN) }
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe csys_getaddrinfo(host, String(port), family, flags | AI_NUMERICSERV, &list)
        guard code == 0 else { throw Errno(code) }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [NativeAddress] = []
        var entry = unsafe list
        while let info = unsafe entry {
            if let address = unsafe NativeAddress(copying: info.pointee) { addresses.append(address) }
            unsafe entry = info.pointee.ai_next
        }
        guard !addresses.isEmpty else { throw Errno(EAI_NONAME) }
        return addresses
    }

    /// An IP address as a literal.
    static func numericHost(of address: NativeAddress) -> String? {
        var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let code = unsafe withUnsafeBytes(of: address.storage) { bytes in
            unsafe getnameinfo(
                bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), address.length, &name, socklen_t(name.count),
                nil, 0, NI_NUMERICHOST)
        }
        guard code == 0 else { return nil }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Which file a path names now.
    static func fileIdentity(_ path: String) throws(Errno) -> FileIdentity {
        var identity = FileIdentity(device: 0, inode: 0)
        _ = try perform(.fileIdentity) { unsafe csys_file_identity(path, &identity.device, &identity.inode) }
        return identity
    }

    static func unlink(_ path: String) throws(Errno) {
        _ = try perform(.unlink) { unsafe csys_unlink(path) }
    }

    /// Runs `body` on a new thread.
    static func createThread(_ body: @escaping @Sendable () -> Void) throws(Errno) {
        var thread = pthread_t()
        let box = unsafe Unmanaged.passRetained(ThreadBody(run: body))
        do {
            _ = try perform(.createThread) {
                let code = unsafe pthread_create(
                    &thread, nil,
                    { argument in
                        guard let argument = unsafe argument else { return nil }
                        unsafe Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
                        return nil
                    }, box.toOpaque())
                return -Int(code)
            }
        } catch {
            unsafe box.release()
            throw error
        }
        _ = pthread_detach(thread)
    }

    // MARK: How a call is made

    /// What the plan of this thread says about a lookup that another thread is about to make: it fails, or it hangs
    /// (true).
    static func plannedLookupHangs() throws(Errno) -> Bool {
        switch SystemCallFaults.current?.effect(on: .lookup) {
        case .fail(let code): throw Errno(code)
        case .hang: return true
        case .shorten, nil: return false
        }
    }

    private static let nonblockingFlag = Int32(SOCK_NONBLOCK.rawValue)

    @inline(__always)
    private static func perform(_ call: SystemCall, _ body: () -> Int) throws(Errno) -> Int {
        while true {
            let result = if let plan = SystemCallFaults.current { forced(plan, call) ?? body() } else { body() }
            if result >= 0 { return result }
            let errno = Errno(Int32(truncatingIfNeeded: -result))
            if errno != .interrupted || !call.isRepeatedAfterInterrupt { throw errno }
        }
    }

    /// A call that moves up to `count` bytes.
    @inline(__always)
    private static func perform(_ call: SystemCall, count: Int, _ body: (Int) -> Int) throws(Errno) -> Int {
        while true {
            let result: Int
            if let plan = SystemCallFaults.current {
                switch plan.effect(on: call) {
                case .fail(let errno): result = -Int(errno)
                case .shorten(let limit): result = body(max(1, min(limit, count)))
                case .hang, nil: result = body(count)
                }
            } else {
                result = body(count)
            }
            if result >= 0 { return result }
            let errno = Errno(Int32(truncatingIfNeeded: -result))
            if errno != .interrupted { throw errno }
        }
    }

    private static func descriptor(_ call: SystemCall, _ body: () -> Int) throws(Errno) -> Int32 {
        let descriptor = Int32(truncatingIfNeeded: try perform(call, body))
        SystemCallFaults.current?.opened(descriptor)
        return descriptor
    }

    private static func forced(_ plan: SystemCallFaults, _ call: SystemCall) -> Int? {
        guard case .fail(let errno)? = plan.effect(on: call) else { return nil }
        return -Int(errno)
    }
}
