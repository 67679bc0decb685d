#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif
public import WSTransport

extension EventLoop {
    /// The loop of this thread. Unless another was installed, it is made on first use and runs on sockets.
    ///
    /// Traps if the process has no descriptor left for a new loop. Strangers can use descriptors up: a thread that serves
    /// them has its loop installed before, by asking for it once or with ``makeCurrent()``.
    public static var current: EventLoop {
        if let installed = unsafe pthread_getspecific(key) {
            return unsafe Unmanaged<EventLoop>.fromOpaque(installed).takeUnretainedValue()
        }
        do throws(TransportError) {
            let loop = try EventLoop()
            loop.makeCurrent()
            return loop
        } catch {
            // A thread that cannot even wait can do nothing else either.
            fatalError("no event loop on this thread: \(error)")
        }
    }

    /// A loop on sockets, with the system's best way to wait.
    ///
    /// - Throws: when the process has no descriptor left to wait with.
    public convenience init() throws(TransportError) {
        self.init(backend: try PollBackend())
    }

    /// Makes this the thread's ``current`` loop, in place of the one before.
    public func makeCurrent() {
        if let previous = unsafe pthread_getspecific(Self.key) {
            unsafe Unmanaged<EventLoop>.fromOpaque(previous).release()
        }
        unsafe pthread_setspecific(Self.key, Unmanaged.passRetained(self).toOpaque())
    }

    /// The slot of each thread that refers to its loop; emptied when the thread ends.
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        unsafe pthread_key_create(&key) { loop in
            if let loop = unsafe loop as UnsafeMutableRawPointer? {
                unsafe Unmanaged<EventLoop>.fromOpaque(loop).release()
            }
        }
        return key
    }()
}
