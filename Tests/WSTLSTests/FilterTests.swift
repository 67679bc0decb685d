import TestCertificates
import Testing
import WSTLS

@Suite("TLS: ciphertext in, plaintext out, and back")
struct FilterTests {
    @Test(arguments: [1, 2, 5, 17, 100, 1000, Int.max])
    func `a handshake and an exchange, however the records are cut`(pieceSize: Int) throws {
        let link = try Link()
        link.pieceSize = pieceSize
        link.run()
        #expect(link.client.filter.isEstablished && link.server.filter.isEstablished)
        #expect(link.client.filter.protocolVersion == "TLSv1.3")
        #expect(link.client.filter.applicationProtocol == "http/1.1")
        #expect(link.server.filter.applicationProtocol == "http/1.1")
        link.client.send("hello")
        link.server.send("world")
        link.run()
        #expect(link.server.text == "hello")
        #expect(link.client.text == "world")
        #expect(link.client.filter.ending == nil && link.server.filter.ending == nil)
    }

    @Test(arguments: [(0, 40_000), (10, 70_000), (16_384, 1), (20_000, 20_000), (40_000, 0), (131_071, 5), (1, 16_383)])
    func `a large write goes out in records as long as they may be`(first: Int, second: Int) throws {
        let link = try Link()
        link.run()
        let payload = noise(first + second)
        let before = link.client.sentByteCount
        #expect(
            link.client.send(Array(payload[..<first]), Array(payload[first...])) == payload.count.clamped(to: 131_072))
        link.run()
        #expect(link.server.received == Array(payload.prefix(131_072)))
        // 5 bytes of header, 1 of type and 16 of tag for each record.
        let recordCount = (min(payload.count, 131_072) + 16_383) / 16_384
        let overhead = link.client.sentByteCount - before - link.server.received.count
        #expect(overhead <= (recordCount + 1) * 22)
        #expect(overhead >= recordCount * 22)
    }

    @Test(arguments: [1, 7, 1000, 16_384, 50_000])
    func `plaintext for which there is no room waits inside`(room: Int) throws {
        let link = try Link()
        link.run()
        link.server.room = room
        let payload = noise(60_000)
        link.client.send(payload)
        link.run()
        #expect(link.server.received == payload)
        #expect(!link.server.filter.hasBufferedInput)
    }

    @Test
    func `nothing is sent before the handshake is complete`() throws {
        let link = try Link()
        #expect(link.client.send("too early") == 0)
        #expect(link.server.send("too early") == 0)
        link.run()
        #expect(link.client.received.isEmpty && link.server.received.isEmpty)
    }

    // T-8, T-10
    @Test
    func `close_notify ends one direction, then the other`() throws {
        let link = try Link()
        link.run()
        link.client.send("last words")
        link.client.filter.close()
        link.run()
        #expect(link.server.text == "last words")
        #expect(link.server.filter.ending == .closed)
        #expect(link.client.filter.ending == nil)
        #expect(link.client.send("more") == 0)
        link.server.send("an answer")
        link.server.filter.close()
        link.run()
        #expect(link.client.text == "an answer")
        #expect(link.client.filter.ending == .closed)
        link.client.filter.receiveEnd()
        #expect(link.client.filter.ending == .closed)
    }

    // T-8
    @Test
    func `an end without close_notify is a truncation`() throws {
        let link = try Link()
        link.run()
        link.server.send("half of")
        link.run()
        link.client.filter.receiveEnd()
        #expect(link.client.text == "half of")
        #expect(link.client.error == .truncated)
        #expect(link.client.error?.code == "ERR_SSL_UNEXPECTED_EOF_WHILE_READING")
    }

    // T-8
    @Test
    func `an end at any byte of the handshake fails it`() throws {
        let whole = try Link()
        let hello = whole.client.takeOutput()
        whole.server.receive(hello)
        let flight = whole.server.takeOutput()
        for count in stride(from: 0, to: flight.count, by: 37) {
            let link = try Link()
            _ = link.client.takeOutput()
            link.client.receive(Array(flight[..<count]))
            link.client.filter.receiveEnd()
            #expect(!link.client.filter.isEstablished)
            #expect(link.client.error != nil)
        }
    }

    @Test
    func `one flipped bit in a record ends the connection, and nothing of the record comes out`() throws {
        let link = try Link()
        link.run()
        link.client.tamper = { bytes in
            var bytes = bytes
            if !bytes.isEmpty { bytes[bytes.count / 2] ^= 1 }
            return bytes
        }
        link.client.send("secret")
        link.run()
        #expect(link.server.received.isEmpty)
        #expect(link.server.error?.code == "ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC")
        #expect(link.client.error?.reason == "the peer refused: bad record MAC")
    }

    // The errors of one connection must not be taken for another's.
    @Test
    func `a failure stays with its connection`() throws {
        let good = try Link()
        let bad = try Link()
        bad.server.receive(Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
        #expect(bad.server.error?.code == "ERR_SSL_HTTP_REQUEST")
        good.run()
        #expect(good.client.filter.isEstablished)
        bad.client.receive(noise(100))
        good.client.send("fine")
        good.run()
        #expect(good.server.text == "fine")
        #expect(good.server.filter.ending == nil && good.client.filter.ending == nil)
        bad.server.receive(noise(100))
        #expect(bad.server.error?.code == "ERR_SSL_HTTP_REQUEST")
    }

    @Test
    func `junk fails a handshake and does no harm`() throws {
        for seed in 1...200 {
            let link = try Link()
            link.server.receive(noise(seed * 7, seed: UInt64(seed)))
            link.client.receive(noise(seed * 7, seed: UInt64(seed)))
            link.server.filter.receiveEnd()
            #expect(link.server.error != nil)
            #expect(!link.client.filter.isEstablished)
        }
    }

    @Test
    func `output can be lent memory, and what is left of it is kept`() throws {
        let link = try Link()
        link.run()
        var memory = TLSBuffer()
        link.client.filter.lend(&memory)
        link.client.send(noise(50_000))
        var written: [UInt8] = []
        link.client.filter.withNextOutput { bytes in
            written += bytes.prefix(1000)
            return 1000
        }
        link.client.filter.giveBack(&memory)
        let isReturned = memory.isEmpty
        #expect(isReturned)
        #expect(link.client.filter.outputByteCount > 49_000)
        link.server.receive(written)
        link.run()
        #expect(link.server.received == noise(50_000))
    }
}

extension Int {
    func clamped(to limit: Int) -> Int { Swift.min(self, limit) }
}
