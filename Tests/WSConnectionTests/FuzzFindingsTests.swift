import Testing
import WSConnection
import WSHandshake

/// What the fuzzer has found in the connection, each in its smallest form.
@Suite("Findings of the fuzzer")
struct FuzzFindingsTests {
    // Found by `Tools/fuzz connection`, where the keep-alive of a connection that was accepted and not
    // asked for events ran out. A failure that arises between the acceptance and the next event came before `opened`.
    @Test func `a connection that fails as it is accepted has opened first`() {
        let endpoint = Endpoint.server(accepts: false) { $0.limits.maxQueuedBytes = 100 }
        endpoint.listener = { endpoint, event in
            Endpoint.accept(endpoint, event)
            guard case .upgradeRequested = event else { return }
            let large = Bytes([UInt8](repeating: 0, count: 200))
            _ = try? endpoint.connection.send(large, isBinary: true, now: endpoint.now)
        }
        endpoint.receive(Sample.request())
        #expect(
            endpoint.events == [.upgradeRequested("/chat"), .opened(""), .failed(.tooMuchQueued(limit: 100))])
    }

    @Test func `keep-alive that runs out before anybody asks for events comes after the opening`() {
        let endpoint = Endpoint.server(accepts: false) {
            $0.limits.keepAliveInterval = .seconds(30)
            $0.limits.keepAliveTimeout = .seconds(10)
        }
        endpoint.listener = { endpoint, event in
            Endpoint.accept(endpoint, event)
            guard case .upgradeRequested = event else { return }
            for _ in 0..<3 {
                endpoint.clock.now += .seconds(30)
                endpoint.connection.handleTimeout(now: endpoint.now)
            }
        }
        endpoint.receive(Sample.request())
        #expect(
            endpoint.events == [
                .upgradeRequested("/chat"), .opened(""), .failed(.keepAliveTimedOut),
                .closed(1006, "", wasClean: false),
            ])
    }
}
