#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Whole files without Foundation.
public enum File {
    /// What went wrong: the path and the system's words for it.
    public struct Failure: Error, CustomStringConvertible {
        /// The path and the reason.
        public let description: String

        init(_ path: String) {
            description = "\(path): \(String(cString: strerror(errno)))"
        }
    }

    /// The bytes of a file; of standard input for `-`.
    public static func read(_ path: String) throws(Failure) -> [UInt8] {
        let number = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw Failure(path) }
        defer { if path != "-" { close(number) } }
        var bytes: [UInt8] = []
        while true {
            let piece = Descriptor(number: number).readSome(upTo: 1 << 16)
            if piece.isEmpty { return bytes }
            bytes += piece
        }
    }

    /// Makes a file, or replaces what is in it.
    public static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        let number = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard number >= 0 else { throw Failure(path) }
        defer { close(number) }
        Descriptor(number: number).writeAll(bytes)
    }

    /// The files below a directory whose name ends in `suffix`, in order of their names; the path itself if it is a file.
    public static func files(below path: String, suffix: String) throws(Failure) -> [String] {
        guard let directory = opendir(path) else {
            guard errno == ENOTDIR else { throw Failure(path) }
            return [path]
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { name in
                String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        var files: [String] = []
        for name in names.sorted() {
            let inner = "\(path)/\(name)"
            var status = stat()
            guard stat(inner, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                files += try Self.files(below: inner, suffix: suffix)
            } else if name.hasSuffix(suffix) {
                files.append(inner)
            }
        }
        return files
    }
}
