import ToolSupport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The process of the server: what it costs.
struct ServerProcess {
    private let identifier: pid_t
    private let clock: clockid_t

    init(_ identifier: Int) {
        self.identifier = pid_t(identifier)
        var clock = clockid_t()
        guard clock_getcpuclockid(self.identifier, &clock) == 0 else {
            CommandLineParser.fail(program: "wsbench", "there is no process \(identifier)")
        }
        self.clock = clock
    }

    /// Processor time so far, all threads, in the program and in the kernel, in nanoseconds.
    var processorTime: Int64 { Clock.read(clock) }

    /// Resident memory, in bytes.
    var residentBytes: Int? { status("VmRSS:").map { $0 * 1024 } }

    private func status(_ name: String) -> Int? {
        let descriptor = open("/proc/\(identifier)/status", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 8192)
        let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        let text = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split { $0 == " " || $0 == "\t" }.dropFirst().first.flatMap { Int($0) }
    }
}
