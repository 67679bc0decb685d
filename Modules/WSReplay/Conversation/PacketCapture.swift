import WSFrame

/// A pcap file with one TCP connection, as `tcpdump -w` writes it.
public struct PacketCapture: Sendable {
    /// Why a file cannot be read.
    public enum Failure: Error, Sendable, Equatable {
        /// It does not begin as a pcap file does; the newer pcapng is another format.
        case notPcap
        /// The packets are of a link layer that is not known here: its number.
        case unknownLink(Int)
        /// There is no TCP connection in it.
        case noConnection
    }

    /// What the two ends said, retransmissions left out.
    public let conversation: Conversation

    /// Reads the first connection of a file.
    public init(_ bytes: [UInt8]) throws(Failure) {
        var segments: [Segment] = []
        let reader = try PcapReader(bytes)
        for packet in reader.packets {
            if let segment = Segment(packet.bytes, link: reader.link, at: packet.time) { segments.append(segment) }
        }
        guard let first = segments.first(where: { $0.isOpening }) ?? segments.first else { throw .noConnection }
        var conversation = Conversation()
        var streams = [Role.client: StreamAssembly(), .server: StreamAssembly()]
        for segment in segments {
            let sender: Role
            if segment.source == first.source, segment.destination == first.destination {
                sender = .client
            } else if segment.source == first.destination, segment.destination == first.source {
                sender = .server
            } else {
                continue
            }
            let time = max(.zero, segment.time - first.time)
            guard let new = streams[sender]?.take(segment) else { continue }
            if !new.bytes.isEmpty { conversation.add(new.bytes, from: sender, at: time) }
            if new.isEnd { conversation.addEnd(of: sender, at: time) }
        }
        self.conversation = conversation
    }
}

/// The packets of a file.
private struct PcapReader {
    struct Packet {
        let time: Duration
        let bytes: ArraySlice<UInt8>
    }

    let link: Int
    private(set) var packets: [Packet] = []

    init(_ bytes: [UInt8]) throws(PacketCapture.Failure) {
        guard bytes.count >= 24 else { throw .notPcap }
        let isBigEndian: Bool
        let isFine: Bool
        switch [UInt8](bytes[0..<4]) {
        case [0xA1, 0xB2, 0xC3, 0xD4]: (isBigEndian, isFine) = (true, false)
        case [0xD4, 0xC3, 0xB2, 0xA1]: (isBigEndian, isFine) = (false, false)
        case [0xA1, 0xB2, 0x3C, 0x4D]: (isBigEndian, isFine) = (true, true)
        case [0x4D, 0x3C, 0xB2, 0xA1]: (isBigEndian, isFine) = (false, true)
        default: throw .notPcap
        }
        func number(at offset: Int) -> Int {
            let digits = bytes[offset..<offset + 4]
            return isBigEndian ? digits.bigEndian : digits.reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        link = number(at: 20) & 0xFFFF
        var offset = 24
        while offset + 16 <= bytes.count {
            let count = number(at: offset + 8)
            guard count <= bytes.count - offset - 16 else { return }
            let fraction = number(at: offset + 4)
            let time =
                Duration.seconds(number(at: offset)) + (isFine ? .nanoseconds(fraction) : .microseconds(fraction))
            packets.append(Packet(time: time, bytes: bytes[offset + 16..<offset + 16 + count]))
            offset += 16 + count
        }
    }
}

/// A TCP segment.
private struct Segment {
    let time: Duration
    /// Address and port.
    let source: [UInt8]
    let destination: [UInt8]
    let sequence: UInt32
    let isOpening: Bool
    let begins: Bool
    let ends: Bool
    let payload: ArraySlice<UInt8>

    /// Nil for anything that is not TCP over IP.
    init?(_ packet: ArraySlice<UInt8>, link: Int, at time: Duration) {
        guard let network = Self.networkPacket(packet, link: link), let version = network.first.map({ $0 >> 4 }) else {
            return nil
        }
        let addressCount = version == 4 ? 4 : 16
        let headerCount = version == 4 ? Int(network[network.startIndex] & 15) * 4 : 40
        guard version == 4 || version == 6, network.count >= max(headerCount, version == 4 ? 20 : 40) else {
            return nil
        }
        let `protocol` = network[network.startIndex + (version == 4 ? 9 : 6)]
        guard `protocol` == 6 else { return nil }
        // Packets may be padded to the link's least length.
        let total =
            version == 4
            ? network.dropFirst(2).prefix(2).bigEndian : 40 + network.dropFirst(4).prefix(2).bigEndian
        let segment = network.dropFirst(headerCount).prefix(max(0, (total == 0 ? network.count : total) - headerCount))
        guard segment.count >= 20 else { return nil }
        let addresses = network.dropFirst(version == 4 ? 12 : 8)
        let start = segment.startIndex
        source = Array(addresses.prefix(addressCount)) + Array(segment.prefix(2))
        destination =
            Array(addresses.dropFirst(addressCount).prefix(addressCount)) + Array(segment.dropFirst(2).prefix(2))
        sequence = UInt32(truncatingIfNeeded: segment.dropFirst(4).prefix(4).bigEndian)
        let flags = segment[start + 13]
        begins = flags & 2 != 0
        isOpening = flags & 0x12 == 2
        ends = flags & 5 != 0
        payload = segment.dropFirst(Int(segment[start + 12] >> 4) * 4)
        self.time = time
    }

    private static func networkPacket(_ packet: ArraySlice<UInt8>, link: Int) -> ArraySlice<UInt8>? {
        switch link {
        case 0, 108: packet.dropFirst(4)
        case 1: packet.dropFirst(14)
        case 12, 14, 101, 228, 229: packet
        case 113: packet.dropFirst(16)
        case 276: packet.dropFirst(20)
        default: nil
        }
    }
}

/// One direction: which bytes come next.
private struct StreamAssembly {
    private var next: UInt32?
    private var waiting: [Segment] = []
    private var hasEnded = false

    /// What is new with a segment: its bytes, and those that waited for it.
    mutating func take(_ segment: Segment) -> (bytes: [UInt8], isEnd: Bool) {
        if next == nil { next = segment.begins ? segment.sequence &+ 1 : segment.sequence }
        if !segment.begins { waiting.append(segment) }
        var bytes: [UInt8] = []
        var isEnd = false
        while let expected = next,
            let index = waiting.firstIndex(where: { Int32(bitPattern: $0.sequence &- expected) <= 0 })
        {
            let segment = waiting.remove(at: index)
            let known = Int(expected &- segment.sequence)
            if known < segment.payload.count {
                bytes += segment.payload.dropFirst(known)
                next = segment.sequence &+ UInt32(segment.payload.count)
            }
            if segment.ends, !hasEnded, known <= segment.payload.count {
                hasEnded = true
                isEnd = true
            }
        }
        return (bytes, isEnd)
    }
}

extension Sequence<UInt8> {
    /// The number whose digits these are.
    fileprivate var bigEndian: Int { reduce(0) { $0 << 8 | Int($1) } }
}
