#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif
public import WSTransport

extension EventLoop {
    /// The loop of this thread: the one that is running, or else the one that was installed. Without either it is made on
    /// first use and runs on sockets.
    ///
    /// Traps if the process has no descriptor left for a new loop. Strangers can use descriptors up, but while a loop runs,
    /// and so in every listener, none is made; a thread that serves them from outside a loop calls ``makeCurrent()`` before.
    public static var current: EventLoop {
        if let installed { return installed }
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
    public func makeCurrent() { Self.installed = self }

    /// Makes this the thread's ``current`` loop while something runs on it, and then the one before.
    func whileCurrent<Result>(_ body: () -> Result) -> Result {
        let previous = Self.installed
        guard previous !== self else { return body() }
        Self.installed = self
        defer {
            // Unless another was installed meanwhile, to stay.
            if Self.installed === self { Self.installed = previous }
        }
        return body()
    }

    /// What the slot of this thread refers to, and keeps.
    private static var installed: EventLoop? {
        get {
            unsafe pthread_getspecific(key).map {
                unsafe Unmanaged<EventLoop>.fromOpaque($0).takeUnretainedValue()
            }
        }
        set {
            let former = installed
            guard former !== newValue else { return }
            unsafe pthread_setspecific(key, newValue.map { unsafe Unmanaged.passRetained($0).toOpaque() })
            if let former { unsafe Unmanaged.passUnretained(former).release() }
        }
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
