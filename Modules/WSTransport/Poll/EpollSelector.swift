import CSystem

/// Linux's own: the kernel keeps the set of descriptors, so a wait costs by what is ready and not by what is watched.
@safe final class EpollSelector: Selector {
    private let queue: Int32
    private let buffer: UnsafeMutableBufferPointer<epoll_event>

    init() throws(Errno) {
        queue = try SystemCalls.epollCreate()
        unsafe buffer = .allocate(capacity: SelectorEvent.maxPerWait)
        unsafe buffer.initialize(repeating: epoll_event())
    }

    deinit {
        SystemCalls.close(queue)
        unsafe buffer.deallocate()
    }

    func add(_ descriptor: Int32, token: SlotToken, interest: Readiness) throws(Errno) {
        try SystemCalls.epollControl(queue, EPOLL_CTL_ADD, descriptor, events: interest.epollEvents, token: token.bits)
    }

    func modify(_ descriptor: Int32, token: SlotToken, interest: Readiness) throws(Errno) {
        try SystemCalls.epollControl(queue, EPOLL_CTL_MOD, descriptor, events: interest.epollEvents, token: token.bits)
    }

    /// Closing alone would do, unless a forked child holds the descriptor too: its events would then go on, with no
    /// way left to stop them.
    func remove(_ descriptor: Int32, token: SlotToken) {
        _ = try? SystemCalls.epollControl(queue, EPOLL_CTL_DEL, descriptor, events: 0, token: 0)
    }

    func wait(milliseconds: Int32, into events: inout [SelectorEvent]) -> Int {
        guard let count = try? unsafe SystemCalls.epollWait(queue, into: buffer, milliseconds: milliseconds) else {
            return 0
        }
        for index in 0..<count {
            let event = unsafe buffer[index]
            events[index] = unsafe SelectorEvent(
                token: SlotToken(bits: event.data.u64), readiness: Readiness(epollEvents: event.events))
        }
        return count
    }
}

extension Readiness {
    fileprivate var epollEvents: UInt32 {
        (contains(.readable) ? EPOLLIN.rawValue : 0) | (contains(.writable) ? EPOLLOUT.rawValue : 0)
    }

    @inline(__always)
    fileprivate init(epollEvents events: UInt32) {
        var bits: UInt8 = 0
        if events & EPOLLIN.rawValue != 0 { bits |= Readiness.readable.rawValue }
        if events & EPOLLOUT.rawValue != 0 { bits |= Readiness.writable.rawValue }
        if events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 { bits |= Readiness.closed.rawValue }
        self.init(rawValue: bits)
    }
}
