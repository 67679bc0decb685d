import TestCertificates
import WSTLS

/// A client, a server and the wire between them, by hand.
final class Link {
    /// One end, with the plaintext it was given.
    final class End {
        let filter: TLSFilter
        var received: [UInt8] = []
        /// Room for plaintext in one call.
        var room = 64 * 1024
        /// What has left this end so far, in bytes.
        var sentByteCount = 0
        /// Changes what leaves this end.
        var tamper: (([UInt8]) -> [UInt8])?

        init(_ filter: TLSFilter) { self.filter = filter }

        var text: String { String(decoding: received, as: UTF8.self) }

        var error: TLSError? {
            if case .failed(let error) = filter.ending { error } else { nil }
        }

        func takeOutput() -> [UInt8] {
            var output: [UInt8] = []
            filter.withNextOutput { bytes in
                output = Array(bytes)
                return bytes.count
            }
            sentByteCount += output.count
            return tamper?(output) ?? output
        }

        func receive(_ ciphertext: [UInt8]) {
            var next: [UInt8]? = ciphertext
            repeat {
                let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 1)
                defer { memory.deallocate() }
                let count = (next ?? []).withUnsafeBytes {
                    filter.receive($0, into: memory.baseAddress, capacity: memory.count)
                }
                received += memory[..<count]
                next = nil
            } while filter.hasBufferedInput
        }

        @discardableResult
        func send(_ first: [UInt8], _ second: [UInt8] = []) -> Int {
            first.withUnsafeBytes { first in second.withUnsafeBytes { second in filter.send(first, second) } }
        }

        @discardableResult
        func send(_ text: String) -> Int { send(Array(text.utf8)) }
    }

    let client: End
    let server: End
    /// How many bytes of ciphertext are handed over at a time.
    var pieceSize = Int.max

    init(_ client: TLSFilter, _ server: TLSFilter) {
        self.client = End(client)
        self.server = End(server)
        client.start()
    }

    /// An authority's server for `localhost`, and a client that trusts the authority.
    convenience init(
        _ identity: TestIdentity? = nil, trusting authority: TestIdentity? = nil, host: String = "localhost",
        client change: (inout TLSClientParameters, inout TLSConfiguration) -> Void = { _, _ in },
        server changeServer: (inout TLSServerParameters, inout TLSConfiguration) -> Void = { _, _ in }
    ) throws {
        let identity = identity ?? Shared.localhost
        var clientConfiguration = TLSConfiguration()
        clientConfiguration.ca = [TLSMaterial((authority ?? Shared.authority).cert)]
        var clientParameters = TLSClientParameters(host: host)
        change(&clientParameters, &clientConfiguration)
        var serverConfiguration = TLSConfiguration()
        serverConfiguration.cert = TLSMaterial(identity.cert)
        serverConfiguration.key = TLSMaterial(identity.privateKey)
        var serverParameters = TLSServerParameters()
        changeServer(&serverParameters, &serverConfiguration)
        self.init(
            try TLSFilter(client: TLSContext(clientConfiguration), clientParameters),
            try TLSFilter(server: TLSContext(serverConfiguration), serverParameters))
    }

    /// Carries ciphertext to and fro until there is no more.
    func run() {
        while true {
            let fromClient = client.takeOutput()
            let fromServer = server.takeOutput()
            if fromClient.isEmpty, fromServer.isEmpty { return }
            carry(fromClient, to: server)
            carry(fromServer, to: client)
        }
    }

    private func carry(_ bytes: [UInt8], to end: End) {
        var rest = bytes[...]
        while !rest.isEmpty {
            end.receive(Array(rest.prefix(pieceSize)))
            rest = rest.dropFirst(pieceSize)
        }
    }
}

/// What most tests use, made once.
enum Shared {
    static let authority = TestIdentity.authority()
    static let localhost = TestIdentity(
        "localhost", names: ["DNS:localhost", "IP:127.0.0.1", "IP:::1"], issuer: authority)
}

/// Bytes that do not repeat soon.
func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
    }
}
