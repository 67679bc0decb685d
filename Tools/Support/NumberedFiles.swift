import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Names for the files of a directory in the order in which they are asked for: `0001.txt`, `0002.txt` and so on.
public final class NumberedFiles: Sendable {
    private let directory: String
    private let count = Atomic(0)

    /// - Parameter directory: made if it is not there.
    public init(in directory: String) {
        self.directory = directory
        mkdir(directory, 0o777)
    }

    /// The next path; what is there from an earlier run is not written over.
    public func next() -> String {
        while true {
            let number = String(count.add(1, ordering: .relaxed).newValue)
            let path = directory + "/" + String(repeating: "0", count: max(0, 4 - number.count)) + number + ".txt"
            if access(path, F_OK) != 0 { return path }
        }
    }
}
