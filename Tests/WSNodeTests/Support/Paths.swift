import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

private let pathCount = Atomic<Int>(0)

/// A path for a Unix-domain socket that nobody else uses.
func temporaryPath(_ name: String) -> String {
    "/tmp/swift-ws-\(getpid())-\(pathCount.add(1, ordering: .relaxed).newValue)-\(name).sock"
}
