/// Why a server is not measured.
struct TargetError: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}
