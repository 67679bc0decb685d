import CSystem
import Testing

/// A directory of one test's own, removed with what is in it.
final class TemporaryDirectory {
    private let root: String

    init() throws {
        var template = Array("/tmp/swift-ws-XXXXXX".utf8CString)
        root = try #require(mkdtemp(&template).map { String(cString: $0) })
    }

    deinit {
        for name in names { unlink(path(name)) }
        rmdir(root)
    }

    func path(_ name: String) -> String {
        "\(root)/\(name)"
    }

    func contains(_ name: String) -> Bool {
        names.contains(name)
    }

    func write(_ name: String) throws {
        let descriptor = creat(path(name), 0o600)
        try #require(descriptor >= 0)
        close(descriptor)
    }

    func remove(_ name: String) throws {
        try #require(unlink(path(name)) == 0)
    }

    private var names: [String] {
        guard let directory = opendir(root) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        return names.filter { $0 != "." && $0 != ".." }
    }
}
