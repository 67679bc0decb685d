import Testing
import WSConnection
import WSHandshake

@Suite("RFC 6455 §10.4: the limits there are")
struct LimitDefaultsTests {
    @Test func `the defaults are those of Node's ws`() {
        let limits = Limits.standard
        #expect(limits == Limits())
        #expect(limits.maxPayload == 100 * 1024 * 1024)
        #expect(limits.maxFragments == 131_072)
        #expect(limits.maxPendingPongs == 16)
        #expect(limits.highWaterMark == 1024 * 1024)
        #expect(limits.maxQueuedBytes == 0)
        #expect(limits.messageTimeout == nil)
        #expect(limits.handshakeTimeout == nil)
        #expect(limits.closeTimeout == .seconds(30))
        #expect(limits.keepAliveInterval == nil)
        #expect(limits.head == .standard)
    }

    @Test func `the hardened limits leave nothing open`() {
        let limits = Limits.hardened
        #expect(limits.maxPayload == 1024 * 1024)
        #expect(limits.maxFragments == 4_096)
        #expect(limits.maxPendingPongs == 16)
        #expect(limits.maxQueuedBytes == 16 * 1024 * 1024)
        #expect(limits.messageTimeout == .seconds(30))
        #expect(limits.handshakeTimeout == .seconds(10))
        #expect(limits.closeTimeout == .seconds(5))
        #expect(limits.keepAliveInterval == .seconds(30))
        #expect(limits.keepAliveTimeout == .seconds(10))
        #expect(limits.head == .hardened)
    }
}
