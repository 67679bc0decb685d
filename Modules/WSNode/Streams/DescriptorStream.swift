import WSConnection
import WSTransport

extension Duplex {
    /// A stream that reads a file descriptor: a pipe, a terminal, a file. One thread at a time waits for it, so the loop
    /// does not. The descriptor stays the caller's to close, after the stream has come to its end: of a stream that was
    /// destroyed, a thread may still be waiting for it.
    public convenience init(reading descriptor: Int32, options: Options = Options(), on loop: EventLoop = .current) {
        let engine = DescriptorEngine(descriptor, on: loop)
        self.init(engine, isWritable: false, options: options, on: loop)
    }

    /// A stream that writes a file descriptor. One thread at a time does, with all that has gathered meanwhile. The descriptor
    /// stays the caller's to close.
    public convenience init(writing descriptor: Int32, options: Options = Options(), on loop: EventLoop = .current) {
        let engine = DescriptorEngine(descriptor, on: loop)
        self.init(engine, isReadable: false, options: options, on: loop)
    }
}

extension EventLoop {
    /// Standard input, read when there is someone to read it.
    public var standardInput: Duplex {
        let stream = standardStreams.input ?? Duplex(reading: 0, on: self)
        standardStreams.input = stream
        return stream
    }

    /// Standard output.
    public var standardOutput: Duplex {
        let stream = standardStreams.output ?? Duplex(writing: 1, on: self)
        standardStreams.output = stream
        return stream
    }
}

/// Reads or writes a descriptor with blocking calls, on a thread for each.
final class DescriptorEngine: DuplexEngine {
    private let descriptor: Int32
    private let loop: EventLoop
    private var isBusy = false
    private var isOver = false
    /// Whether the loop waits for the thread. One that reads what nobody wants any more is left to itself.
    private var holdsLoop = false
    private var unwritten: [UInt8] = []
    private var completions: [(WebSocketError?) -> Void] = []

    /// The most that is read at once, in bytes.
    private static let chunkSize = 64 * 1024

    init(_ descriptor: Int32, on loop: EventLoop) {
        self.descriptor = descriptor
        self.loop = loop
    }

    // MARK: Reading

    func read(into stream: Duplex) {
        guard !isOver else { return }
        hold()
        guard !isBusy else { return }
        run({ BlockingDescriptor.read($0, atMost: Self.chunkSize) }) { [self] outcome in
            switch outcome {
            case .success(let bytes) where bytes.isEmpty:
                isOver = true
                release()
                stream.pushEnd()
            case .success(let bytes):
                let hasRoom = stream.push(Message(bytes: Bytes(bytes), isBinary: true))
                release()
                if hasRoom, !stream.isPaused { read(into: stream) }
            case .failure(let error):
                isOver = true
                release()
                stream.destroy(WebSocketError(transport: error))
            }
        }
    }

    func rest() {
        release()
    }

    // MARK: Writing

    func write(_ chunk: Message, of stream: Duplex, done: @escaping (WebSocketError?) -> Void) {
        unwritten += chunk.bytes
        completions.append(done)
        writeOn()
    }

    private func writeOn() {
        guard !isBusy, !completions.isEmpty else { return }
        let (bytes, due) = (unwritten, completions)
        unwritten = []
        completions = []
        hold()
        run({ BlockingDescriptor.write($0, bytes) }) { [self] outcome in
            release()
            for done in due { done(outcome.map { WebSocketError(transport: $0) }) }
            writeOn()
        }
    }

    func finish(_ stream: Duplex, done: @escaping () -> Void) {
        loop.nextTick(done)
    }

    func destroy(_ stream: Duplex, _ error: WebSocketError?) {
        isOver = true
        release()
        let due = completions
        completions = []
        unwritten = []
        for done in due { done(error ?? .connectionClosed) }
        stream.wasDestroyed(error)
    }

    // MARK: Threads

    private func run<Outcome: Sendable>(
        _ work: @escaping @Sendable (Int32) -> Outcome, then: @escaping (Outcome) -> Void
    ) {
        isBusy = true
        let descriptor = descriptor
        loop.offload({ work(descriptor) }) { [self] outcome in
            isBusy = false
            then(outcome)
        }
    }

    private func hold() {
        if !holdsLoop { loop.retainHandle() }
        holdsLoop = true
    }

    private func release() {
        if holdsLoop { loop.releaseHandle() }
        holdsLoop = false
    }
}
