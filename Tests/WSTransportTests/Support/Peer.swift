import WSTransport

/// One end of a connection in a test: sends what it is given, keeps what it gets, and remembers what it was told.
final class Peer: TransportHandler {
    let transport: any Transport

    private(set) var received: [UInt8] = []
    private(set) var isConnected = false
    private(set) var hasEnded = false
    private(set) var connectFailure: TransportError?
    private(set) var readFailure: TransportError?
    private(set) var writeFailure: TransportError?
    private(set) var told: [Readiness] = []

    /// Sends back what it receives.
    var echoes = false
    /// Ends its side when the other side has ended.
    var answersEnd = false
    /// The most bytes one read may give.
    var chunkBytes = 65_536
    /// Whether it reads at all.
    var reads = true {
        didSet { updateInterest() }
    }
    /// Runs instead of reading and writing.
    var onReady: ((Readiness) -> Void)?
    /// Runs when connected.
    var onConnect: (() -> Void)?

    private var unsent: ArraySlice<UInt8> = []
    private var endsAfterSending = false

    init(_ transport: any Transport, isConnected: Bool = false) {
        self.transport = transport
        self.isConnected = isConnected
        transport.handler = self
        updateInterest()
    }

    var text: String { String(decoding: received, as: UTF8.self) }
    var unsentCount: Int { unsent.count }
    var hasFailed: Bool { connectFailure != nil || readFailure != nil || writeFailure != nil }
    var isOver: Bool { hasEnded || readFailure != nil }

    func send(_ bytes: [UInt8]) {
        unsent += bytes
        flush()
    }

    func send(_ text: String) {
        send(Array(text.utf8))
    }

    /// Ends the stream once everything is sent.
    func end() {
        endsAfterSending = true
        flush()
    }

    func transportDidConnect(_ transport: any Transport) {
        isConnected = true
        onConnect?()
        flush()
    }

    func transport(_ transport: any Transport, didFailToConnect error: TransportError) {
        connectFailure = error
    }

    func transport(_ transport: any Transport, isReady readiness: Readiness) {
        told.append(readiness)
        if let onReady { return onReady(readiness) }
        if reads, !readiness.isDisjoint(with: [.readable, .closed]) { read() }
        if readiness.contains(.writable) { flush() }
    }

    @discardableResult
    func read() -> ReadOutcome {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkBytes, alignment: 1)
        defer { buffer.deallocate() }
        let outcome = transport.read(into: buffer.baseAddress!, capacity: chunkBytes)
        switch outcome {
        case .bytes(let count):
            received += buffer[..<count]
            if echoes { send(Array(buffer[..<count])) }
        case .wouldBlock: break
        case .ended:
            hasEnded = true
            if answersEnd { end() }
        case .failed(let error):
            readFailure = error
            transport.setInterest(reading: false, writing: false)
        }
        return outcome
    }

    private func flush() {
        while isConnected, !unsent.isEmpty {
            // In two parts, so that the gathering write is what all tests use.
            let half = unsent.count / 2
            let outcome = unsent.withUnsafeBytes { bytes in
                transport.write(
                    UnsafeRawBufferPointer(rebasing: bytes[..<half]), UnsafeRawBufferPointer(rebasing: bytes[half...]))
            }
            guard case .wrote(let count) = outcome else {
                if case .failed(let error) = outcome {
                    writeFailure = error
                    unsent = []
                }
                break
            }
            unsent = unsent.dropFirst(count)
        }
        if endsAfterSending, unsent.isEmpty { transport.endWriting() }
        updateInterest()
    }

    private func updateInterest() {
        transport.setInterest(reading: reads, writing: !unsent.isEmpty)
    }
}

extension Transport {
    /// One plain write.
    @discardableResult
    func write(_ text: String) -> WriteOutcome {
        Array(text.utf8).withUnsafeBytes { write($0, UnsafeRawBufferPointer(start: nil, count: 0)) }
    }

    /// One plain read of up to `count` bytes.
    func read(_ count: Int) -> (outcome: ReadOutcome, text: String) {
        var bytes = [UInt8](repeating: 0, count: count)
        let outcome = bytes.withUnsafeMutableBytes { buffer in
            buffer.baseAddress.map { read(into: $0, capacity: count) } ?? .bytes(0)
        }
        guard case .bytes(let got) = outcome else { return (outcome, "") }
        return (outcome, String(decoding: bytes[..<got], as: UTF8.self))
    }
}
