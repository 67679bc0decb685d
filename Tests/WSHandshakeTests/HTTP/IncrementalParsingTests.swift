import Testing

@testable import WSHandshake

@Suite("RFC 9112 §2.2 Heads in pieces")
struct IncrementalParsingTests {
    private static let request =
        "\r\nPOST /path?query HTTP/1.1\r\nHost: h\r\nEmpty:\r\nX:  spaced\t\r\nx: \u{E9}\r\nSec-WebSocket-Version: 13\r\n\r\n"

    // H-36, R-4.2.1-14
    @Test func `a request is the same however it is cut`() throws {
        let bytes = octets(Self.request + "\u{81}\u{05}GET / HTTP/1.1\r\n\r\n")
        let reading = feedEveryWay(bytes, { requestMachine() })
        let head = try #require(reading.answer?.head)
        #expect(head.method == "POST")
        #expect(head.fields.map(\.name) == ["Host", "Empty", "X", "x", "Sec-WebSocket-Version"])
        #expect(head.fields.map(\.value) == ["h", "", "spaced", "\u{E9}", "13"])
        #expect(text(reading.leftOver) == "\u{81}\u{05}GET / HTTP/1.1\r\n\r\n")
    }

    // H-36
    @Test func `a request is the same when cut into three at any two places`() {
        let bytes = octets("GET / HTTP/1.1\r\nHost: h\r\nA:b\r\n\r\nxy")
        let whole = feed(bytes, requestMachine())
        for first in bytes.indices {
            for second in first..<bytes.count {
                #expect(feed(bytes, cuts: [first, second], requestMachine()) == whole)
            }
        }
    }

    // H-36
    @Test func `empty pieces change nothing`() {
        let bytes = octets(Self.request)
        let cuts = bytes.indices.flatMap { [$0, $0, $0] }
        #expect(feed(bytes, cuts: cuts, requestMachine()) == feed(bytes, requestMachine()))
    }

    // H-36
    @Test(arguments: [1, 2, 7, 64])
    func `the reader keeps the unfinished line and nothing before it`(pieceBytes: Int) throws {
        // What has been read is never looked at again, because it is no longer there: the work per octet is constant.
        var reader = LineReader()
        let line = octets("Name: value\r\n")
        let stream = Array(repeatElement(line, count: 200).joined())
        var position = 0
        var lines = 0
        for start in stride(from: 0, to: stream.count, by: pieceBytes) {
            let end = min(start + pieceBytes, stream.count)
            let piece = stream.span.extracting(start..<end)
            position = 0
            while let found = try reader.readLine(piece, from: &position, limit: 100) {
                lines += 1
                if case .carried = found { #expect(reader.takeCarried() == octets("Name: value")) }
                #expect(reader.carried.isEmpty)
            }
            #expect(reader.carried.count < line.count)
        }
        #expect(lines == 200)
    }

    // H-36
    @Test func `a line in one piece is not copied`() throws {
        var reader = LineReader()
        let stream = octets("GET / HTTP/1.1\r\nHost: h\r\n")
        var position = 0
        guard case .inPiece(0..<14) = try reader.readLine(stream.span, from: &position, limit: 100) else {
            Issue.record("the first line is not a range of the piece")
            return
        }
        guard case .inPiece(16..<23) = try reader.readLine(stream.span, from: &position, limit: 100) else {
            Issue.record("the second line is not a range of the piece")
            return
        }
        #expect(position == stream.count)
        #expect(reader.carried.isEmpty)
    }

    // H-36
    @Test func `a fault is told at the same octet however the stream is cut`() {
        let bad = [
            "GET / HTTP/1.1\r\nHost h\r\n\r\n", "GET / HTTP/1.1\r\n: x\r\n", "GET / HTTP/3.1\r\n", "GET /\u{00}",
            "GET / HTTP/1.1\r\nA: b\rc", "GET / HTTP/1.1\r\n b\r\n", "\r\n\r\n\r\n", "GET / HTTP/1.1\r\nA: b\r\n c\r\n",
        ]
        for stream in bad {
            let bytes = octets(stream)
            let firstFault = bytes.indices.first { end in feed(Array(bytes[...end]), requestMachine()).answer != nil }
            let reading = feedEveryWay(bytes, { requestMachine() })
            #expect(reading.answer?.error != nil)
            let single = bytes.indices.first { end in
                feed(Array(bytes[...end]), cuts: Array(bytes[...end].indices.dropFirst()), requestMachine()).answer
                    != nil
            }
            #expect(firstFault == single, "\(stream.debugDescription)")
        }
    }
}
