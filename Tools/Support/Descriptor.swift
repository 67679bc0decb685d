#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// One of the process's standard streams. Another program that has the same terminal or pipe may have made it
/// non-blocking, so "not now" means waiting here.
struct Descriptor {
    let number: Int32

    /// Reads what is there, waiting for the first byte; nothing at the end of the input.
    func readSome(upTo count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            initializedCount = max(0, perform(waitingFor: POLLIN) { read(number, buffer.baseAddress, count) })
        }
    }

    /// Writes all of the bytes, unless nobody takes them any more.
    func writeAll(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let pointer = UnsafeRawBufferPointer(rebasing: rest).baseAddress
                let written = perform(waitingFor: POLLOUT) { write(number, pointer, rest.count) }
                guard written > 0 else { return }
                rest = rest.dropFirst(written)
            }
        }
    }

    private func perform(waitingFor readiness: Int32, _ call: () -> Int) -> Int {
        while true {
            let result = call()
            guard result < 0, errno == EINTR || errno == EAGAIN else { return result }
            if errno == EAGAIN {
                var waiting = pollfd(fd: number, events: Int16(readiness), revents: 0)
                poll(&waiting, 1, -1)
            }
        }
    }
}
