import CSystem

/// A system's error number as a thrown value. Negative numbers are the codes of the name resolver.
package struct Errno: Error, Equatable, Sendable {
    package let rawValue: Int32

    package init(_ rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// Whether it is a code of the name resolver.
    var isOfResolver: Bool { rawValue < 0 }

    package static let again = Errno(EAGAIN)
    package static let inProgress = Errno(EINPROGRESS)
    package static let interrupted = Errno(EINTR)
    package static let invalid = Errno(EINVAL)
    package static let nameTooLong = Errno(ENAMETOOLONG)
    package static let notConnected = Errno(ENOTCONN)
    package static let timedOut = Errno(ETIMEDOUT)
}
