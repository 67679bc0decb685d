import WSTLS

// TLS filters, a client's and a server's, and the wire between them: [beginning, steps…].
//
// The beginning chooses where to start: at the first byte of a handshake, full or resumed, or after it. Steps send, carry
// pieces of any size, flip bits on the wire, put junk there, close, and cut the stream off.
//
// Oracle: whatever happens on the wire, what comes out at one end is the beginning of what went in at the other; nothing
// comes out before the handshake is complete, or after the end; the end is said to be orderly only if the other end closed
// and nothing is missing; a failure stays as it is; undisturbed, everything arrives; no call keeps what it could hand out.

/// The fuzzer's entry.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    var script = Script(data, count: count)
    guard let ends = World.shared.makeEnds(script.byte()) else { return 0 }
    while !script.isAtEnd { step(&script, ends) }
    if ends.isUndisturbed { ends.settle() }
    return 0
}

private func step(_ script: inout Script, _ ends: Ends) {
    let choice = script.byte()
    let (near, far) = choice & 1 == 0 ? (ends.client, ends.server) : (ends.server, ends.client)
    switch choice >> 1 & 7 {
    case 0: near.send(Int(script.byte()) * (choice & 0x80 == 0 ? 1 : 401))
    case 1: near.carry(Int(script.byte()) + 1, to: far)
    case 2: near.carry(Int(script.byte()) << 8, to: far)
    case 3:
        ends.isUndisturbed = false
        near.flip(script.byte(), at: Int(script.byte()))
    case 4:
        ends.isUndisturbed = false
        near.outgoing.append(contentsOf: script.take(Int(choice >> 4)))
    case 5: near.close()
    case 6:
        ends.isUndisturbed = false
        near.cutOff()
    default: near.room = Int(script.byte()) * 97 + 1
    }
}

/// Two filters and how they were disturbed.
private final class Ends {
    let client: End
    let server: End
    var isUndisturbed = true

    init(_ client: TLSFilter, _ server: TLSFilter) {
        self.client = End(client)
        self.server = End(server)
        self.client.other = self.server
        self.server.other = self.client
    }

    /// Carries all there is; nothing then may be missing.
    func settle() {
        var turns = 0
        while client.hasOutput || server.hasOutput {
            client.carry(.max, to: server)
            server.carry(.max, to: client)
            turns += 1
            check(turns < 100, "two filters come to rest")
        }
        for end in [client, server] {
            check(end.filter.isEstablished, "undisturbed, the handshake is completed")
            guard let other = end.other else { continue }
            check(end.receivedCount == other.sentCount, "undisturbed, everything arrives")
            check(end.filter.ending == (other.hasClosed ? .closed : nil), "the end is the other's close, and no other")
        }
    }
}

/// One filter, what has left it and not arrived, and what came out of it.
private final class End {
    let filter: TLSFilter
    unowned(unsafe) var other: End?
    var outgoing: [UInt8] = []
    var room = 4096
    private(set) var sentCount = 0
    private(set) var receivedCount = 0
    private(set) var hasClosed = false

    init(_ filter: TLSFilter) { self.filter = filter }

    var hasOutput: Bool {
        collect()
        return !outgoing.isEmpty
    }

    private func collect() {
        filter.withNextOutput { bytes in
            outgoing.append(contentsOf: bytes)
            return bytes.count
        }
        check(!filter.hasOutput, "what was written is forgotten")
    }

    func start() {
        filter.start()
        collect()
    }

    /// The plaintext is a counter, so that any of it tells its place.
    func send(_ count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: ($0 + sentCount) ^ ($0 + sentCount) >> 8) }
        let half = count / 3
        let taken = bytes.withUnsafeBytes { bytes in
            filter.send(
                UnsafeRawBufferPointer(rebasing: bytes[..<half]), UnsafeRawBufferPointer(rebasing: bytes[half...]))
        }
        check(taken <= count && (taken == 0 || filter.isEstablished && !hasClosed), "nothing is sent that may not be")
        sentCount += taken
        collect()
    }

    func close() {
        if filter.isEstablished { hasClosed = true }
        filter.close()
        collect()
    }

    func cutOff() {
        let before = filter.ending
        filter.receiveEnd()
        check(before == nil || filter.ending == before, "an end stays the end")
        if before == nil, case .failed = filter.ending {} else if before == nil { check(false, "a cut is a failure") }
    }

    func flip(_ bit: UInt8, at place: Int) {
        guard !outgoing.isEmpty else { return }
        outgoing[place * 7 % outgoing.count] ^= 1 << (bit & 7)
    }

    func carry(_ count: Int, to far: End) {
        collect()
        let piece = Array(outgoing.prefix(count))
        outgoing.removeFirst(piece.count)
        far.receive(piece)
        far.collect()
    }

    private func receive(_ ciphertext: [UInt8]) {
        let before = filter.ending
        var rest: [UInt8]? = ciphertext
        var calls = 0
        repeat {
            let memory = scratch(room)
            let count = (rest ?? []).withUnsafeBytes {
                filter.receive($0, into: memory.baseAddress, capacity: memory.count)
            }
            rest = nil
            check(count == 0 || before == nil && filter.isEstablished, "nothing comes out that may not")
            for index in 0..<count {
                let place = receivedCount + index
                check(memory[index] == UInt8(truncatingIfNeeded: place ^ place >> 8), "what comes out went in")
            }
            receivedCount += count
            calls += 1
            // Into room for one byte, each call may give just that.
            check(calls <= (other?.sentCount ?? 0) + 100, "a call makes progress or stops")
        } while filter.hasBufferedInput
        check(before == nil || filter.ending == before, "an end stays the end")
        guard let other else { return }
        check(receivedCount <= other.sentCount, "nothing comes out that did not go in")
        if filter.ending == .closed {
            check(other.hasClosed && receivedCount == other.sentCount, "an orderly end is the other's, and complete")
        }
    }
}

/// Not the world's, which needs it while it is being made.
nonisolated(unsafe) private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 32 * 1024, alignment: 16)

/// Memory that ends where the plaintext may end.
private func scratch(_ capacity: Int) -> UnsafeMutableRawBufferPointer {
    return UnsafeMutableRawBufferPointer(rebasing: memory[(memory.count - min(capacity, memory.count))...])
}

/// What all runs share: certificates are costly to load, and sessions make handshakes cheap.
private final class World: @unchecked Sendable {
    static let shared = World()

    private let client: TLSContext?
    private let servers: [TLSContext]
    private var sessions: [TLSSession?] = [nil, nil]

    private init() {
        var trust = TLSConfiguration()
        trust.ca = [TLSMaterial(certificate)]
        client = try? TLSContext(trust)
        servers = [TLSVersion.tls12, .tls13].compactMap { version in
            var configuration = TLSConfiguration()
            configuration.cert = TLSMaterial(certificate)
            configuration.key = TLSMaterial(key)
            configuration.maxVersion = version
            return try? TLSContext(configuration)
        }
        check(client != nil && servers.count == 2, "the certificate can be used")
        for version in [0, 1] {
            guard let ends = makeEnds(UInt8(version)) else { continue }
            ends.settle()
            check(sessions[version] != nil, "a session to resume is offered")
        }
    }

    /// The lowest bit is the version, the next asks for a session to be resumed, the third for a handshake behind us.
    func makeEnds(_ beginning: UInt8) -> Ends? {
        let version = Int(beginning & 1)
        var parameters = TLSClientParameters(host: "localhost")
        if beginning & 2 != 0 { parameters.session = sessions[version] }
        parameters.onSession = { [weak self] in if self?.sessions[version] == nil { self?.sessions[version] = $0 } }
        guard let client, let near = try? TLSFilter(client: client, parameters),
            let far = try? TLSFilter(server: servers[version])
        else { return nil }
        let ends = Ends(near, far)
        ends.client.start()
        if beginning & 4 != 0 { ends.settle() }
        return ends
    }
}

// Valid for a hundred years, and of no use for anything.
private let certificate = """
    -----BEGIN CERTIFICATE-----
    MIIBVTCCAQegAwIBAgIUXvERb40+zQaMe0R3T4hJ5/T+lqkwBQYDK2VwMBQxEjAQ
    BgNVBAMMCWxvY2FsaG9zdDAgFw0yNjExMjExNjIzMTlaGA8yMTI2MTAyODE2MjMx
    OVowFDESMBAGA1UEAwwJbG9jYWxob3N0MCowBQYDK2VwAyEAxRYxVNRJToafuffp
    L8I6xfZ6pAksiXedPlVWuksDF2WjaTBnMB0GA1UdDgQWBBT/hTeKsZ5uJwrLNj5y
    TJ0pNyCY/jAfBgNVHSMEGDAWgBT/hTeKsZ5uJwrLNj5yTJ0pNyCY/jAPBgNVHRMB
    Af8EBTADAQH/MBQGA1UdEQQNMAuCCWxvY2FsaG9zdDAFBgMrZXADQQA/4m+vu+6E
    VWoRgTg8HbEK1xHNErlyW2WAXKKYcjxWkaJTgDa6mpESfHVvPIewaW/5QnvDfZoZ
    I0CBNPzrCYoP
    -----END CERTIFICATE-----
    """

private let key = """
    -----BEGIN PRIVATE KEY-----
    MC4CAQAwBQYDK2VwBCIEILHPiszgQF8QABrMA123g/1G+BNFMOfbyY4Wx/k8FAjK
    -----END PRIVATE KEY-----
    """
