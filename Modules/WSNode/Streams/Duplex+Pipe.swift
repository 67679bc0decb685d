extension Duplex {
    /// Writes all that is read to another stream, no faster than that one takes it.
    ///
    /// - Parameter end: whether the destination ends with this stream.
    /// - Returns: the destination, to be piped on.
    @discardableResult
    public func pipe(to destination: Duplex, end: Bool = true) -> Duplex {
        pipes.append(Pipe(from: self, to: destination, ends: end))
        resume()
        return destination
    }

    /// Writes to a destination no more, or to none of them.
    public func unpipe(_ destination: Duplex? = nil) {
        let cut = pipes.filter { destination == nil || $0.destination === destination }
        pipes.removeAll { pipe in cut.contains { $0 === pipe } }
        for pipe in cut { pipe.cut() }
        if pipes.isEmpty, dataListeners.isEmpty { pause() }
    }

    /// Goes on when no destination is to be waited for.
    func resumeIfDrained() {
        if pipes.allSatisfy({ !$0.isWaiting }) { resume() }
    }
}

/// The way from a stream to a destination.
final class Pipe {
    let destination: Duplex
    /// Whether the destination has said that it has enough.
    private(set) var isWaiting = false
    private weak var source: Duplex?
    private var undo: [() -> Void] = []

    init(from source: Duplex, to destination: Duplex, ends: Bool) {
        self.source = source
        self.destination = destination
        let data = source.on(.data) { [self] chunk in
            guard !destination.write(chunk), !destination.destroyed else { return }
            isWaiting = true
            self.source?.pause()
        }
        let end = source.on(.end) { if ends { destination.end() } }
        let drain = destination.on(.drain) { [self] in
            isWaiting = false
            self.source?.resumeIfDrained()
        }
        // Nothing can be written there any more: whoever reads the source has to decide what becomes of the rest.
        let close = destination.on(.close) { [self] in self.source?.unpipe(destination) }
        undo = [
            { [weak source] in _ = source?.off(.data, data) },
            { [weak source] in _ = source?.off(.end, end) },
            { _ = destination.off(.drain, drain) },
            { _ = destination.off(.close, close) },
        ]
    }

    /// Takes the listeners away.
    func cut() {
        for step in undo { step() }
        undo = []
    }
}
