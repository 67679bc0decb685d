import CSystem
import Testing
import WSTransport

@Suite("Values: errors, addresses, sizes")
struct ValueTests {
    @Test func `errors read as in Node`() {
        let table: [(TransportError, String)] = [
            (
                TransportError(.connect, errno: ECONNREFUSED, host: "127.0.0.1", port: 80),
                "connect ECONNREFUSED 127.0.0.1:80"
            ),
            (TransportError(.connect, errno: ETIMEDOUT, host: "::1", port: 443), "connect ETIMEDOUT ::1:443"),
            (TransportError(.connect, errno: ENOENT, host: "/run/x"), "connect ENOENT /run/x"),
            (
                TransportError(.listen, errno: EADDRINUSE, host: "::", port: 8080),
                "listen EADDRINUSE: address already in use :::8080"
            ),
            (TransportError(.listen, errno: EACCES, host: "::", port: 80), "listen EACCES: permission denied :::80"),
            (TransportError(.lookup, errno: EAI_NONAME, host: "nowhere"), "getaddrinfo ENOTFOUND nowhere"),
            (TransportError(.lookup, errno: -5, host: "nowhere"), "getaddrinfo ENOTFOUND nowhere"),
            (TransportError(.read, errno: ECONNRESET), "read ECONNRESET"),
            (TransportError(.write, errno: EPIPE), "write EPIPE"),
            (TransportError(.accept, errno: EMFILE), "accept EMFILE"),
            (TransportError(.watch, errno: ENOSPC), "watch ENOSPC"),
            (TransportError(.read, errno: 4095), "read E4095"),
        ]
        for (error, text) in table { #expect(error.description == text) }
    }

    @Test func `errors are equal by what failed and why`() {
        let error = TransportError(.connect, errno: ECONNREFUSED, host: "a", port: 1)
        #expect(error == TransportError(.connect, errno: ECONNREFUSED))
        #expect(error != TransportError(.read, errno: ECONNREFUSED))
        #expect(error != TransportError(.connect, errno: ECONNRESET))
    }

    /// Every errno of reliability 3.6 has a name of its own.
    @Test func `every errno that matters has its name and meaning`() {
        let names: [(Int32, String)] = [
            (EINTR, "EINTR"), (EAGAIN, "EAGAIN"), (EMFILE, "EMFILE"), (ENFILE, "ENFILE"), (ENOBUFS, "ENOBUFS"),
            (ENOMEM, "ENOMEM"), (ECONNABORTED, "ECONNABORTED"), (ECONNRESET, "ECONNRESET"), (EPIPE, "EPIPE"),
            (ETIMEDOUT, "ETIMEDOUT"), (EHOSTUNREACH, "EHOSTUNREACH"), (ENETUNREACH, "ENETUNREACH"),
            (ECONNREFUSED, "ECONNREFUSED"), (EADDRINUSE, "EADDRINUSE"), (EADDRNOTAVAIL, "EADDRNOTAVAIL"),
            (EACCES, "EACCES"), (EPERM, "EPERM"), (EINPROGRESS, "EINPROGRESS"), (EALREADY, "EALREADY"),
            (EISCONN, "EISCONN"), (ENOTCONN, "ENOTCONN"), (EBADF, "EBADF"), (ENOSPC, "ENOSPC"),
            (ENAMETOOLONG, "ENAMETOOLONG"), (EAI_AGAIN, "EAI_AGAIN"), (EAI_NONAME, "ENOTFOUND"),
        ]
        for (errno, name) in names {
            #expect(TransportError(.read, errno: errno).code == name)
            let message = TransportError(.listen, errno: errno).description
            #expect(message.hasPrefix("listen \(name): ") && message.count > name.count + 12)
        }
    }

    @Test func `addresses have a host, a port and a family`() {
        #expect(SocketAddress.ipv4("1.2.3.4", 5).host == "1.2.3.4")
        #expect(SocketAddress.ipv6("::1", 5).family == "IPv6")
        #expect(SocketAddress.unix("/x").port == 0)
        #expect(SocketAddress.pipe("server", 5).port == 5 && SocketAddress.pipe("server", 5).family == nil)
    }

    /// Ten thousand idle connections: what one costs besides the kernel's part.
    @Test(arguments: BackendKind.selectors)
    func `a transport is at most 96 bytes`(kind: BackendKind) throws {
        let world = try World(kind)
        let pairs = try (0..<16).map { _ in try world.pair() }
        for transports in [pairs.map(\.client.transport), pairs.map(\.server.transport)] {
            // Where the rest of a free block is too small to be kept, the allocator gives it along; not all get one.
            let sizes = transports.map { allocatedBytes(Unmanaged.passUnretained($0 as AnyObject).toOpaque()) }
            #expect(sizes.contains { $0 <= 96 }, "\(sizes) bytes")
        }
    }

    @Test func `outcomes are small`() {
        #expect(MemoryLayout<ReadOutcome>.size <= 24)
        #expect(MemoryLayout<WriteOutcome>.size <= 24)
    }

    @Test func `durations round up to milliseconds and never overflow`() {
        #expect(Duration.nanoseconds(1).millisecondsRoundedUp == 1)
        #expect(Duration.milliseconds(5).millisecondsRoundedUp == 5)
        #expect(Duration.microseconds(5001).millisecondsRoundedUp == 6)
        #expect(Duration.zero.millisecondsRoundedUp == 0)
        #expect(Duration.seconds(Int64.max).millisecondsRoundedUp == .max)
        #expect(Duration.seconds(Int64.min).millisecondsRoundedUp == .min)
        #expect(Duration.seconds(Int64.max).wholeMicroseconds == .max)
        #expect(Duration.nanoseconds(1999).wholeMicroseconds == 1)
    }
}

/// What the allocator has given for a block; its header is not among what Swift's libc module hands on.
@_silgen_name("malloc_usable_size")
private func allocatedBytes(_ block: UnsafeMutableRawPointer) -> Int
