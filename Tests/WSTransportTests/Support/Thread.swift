/// A thread of the test's own, joined before the test ends.
final class Thread {
    private final class Body {
        let run: @Sendable () -> Void

        init(run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    private var thread = pthread_t()

    init(_ run: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Body(run: run))
        let code = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, box.toOpaque())
        precondition(code == 0)
    }

    func join() {
        pthread_join(thread, nil)
    }
}
