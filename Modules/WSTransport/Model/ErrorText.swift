import CSystem

/// The symbolic name and the meaning of an error number. A table of our own, because libc gives the meaning in the
/// user's language and not always the name.
struct ErrorText {
    let code: String
    let message: String

    init(errno: Int32) {
        (code, message) =
            switch errno {
            case EACCES: ("EACCES", "permission denied")
            case EADDRINUSE: ("EADDRINUSE", "address already in use")
            case EADDRNOTAVAIL: ("EADDRNOTAVAIL", "address not available")
            case EAFNOSUPPORT: ("EAFNOSUPPORT", "address family not supported")
            case EAGAIN: ("EAGAIN", "resource temporarily unavailable")
            case EALREADY: ("EALREADY", "connection already in progress")
            case EBADF: ("EBADF", "bad file descriptor")
            case ECONNABORTED: ("ECONNABORTED", "connection aborted")
            case ECONNREFUSED: ("ECONNREFUSED", "connection refused")
            case ECONNRESET: ("ECONNRESET", "connection reset by peer")
            case EDESTADDRREQ: ("EDESTADDRREQ", "destination address required")
            case EEXIST: ("EEXIST", "file already exists")
            case EFAULT: ("EFAULT", "bad address")
            case EHOSTDOWN: ("EHOSTDOWN", "host is down")
            case EHOSTUNREACH: ("EHOSTUNREACH", "host is unreachable")
            case EINPROGRESS: ("EINPROGRESS", "operation in progress")
            case EINTR: ("EINTR", "interrupted system call")
            case EINVAL: ("EINVAL", "invalid argument")
            case EIO: ("EIO", "input/output error")
            case EISCONN: ("EISCONN", "socket is already connected")
            case ELOOP: ("ELOOP", "too many symbolic links")
            case EMFILE: ("EMFILE", "too many open files")
            case EMSGSIZE: ("EMSGSIZE", "message too long")
            case ENAMETOOLONG: ("ENAMETOOLONG", "name too long")
            case ENETDOWN: ("ENETDOWN", "network is down")
            case ENETUNREACH: ("ENETUNREACH", "network is unreachable")
            case ENFILE: ("ENFILE", "file table overflow")
            case ENOBUFS: ("ENOBUFS", "no buffer space available")
            case ENODEV: ("ENODEV", "no such device")
            case ENOENT: ("ENOENT", "no such file or directory")
            case ENOMEM: ("ENOMEM", "not enough memory")
            case ENOSPC: ("ENOSPC", "no space left")
            case ENOTCONN: ("ENOTCONN", "socket is not connected")
            case ENOTDIR: ("ENOTDIR", "not a directory")
            case ENOTSOCK: ("ENOTSOCK", "not a socket")
            case EOPNOTSUPP: ("EOPNOTSUPP", "operation not supported on socket")
            case EPERM: ("EPERM", "operation not permitted")
            case EPIPE: ("EPIPE", "broken pipe")
            case EPROTO: ("EPROTO", "protocol error")
            case EPROTONOSUPPORT: ("EPROTONOSUPPORT", "protocol not supported")
            case EPROTOTYPE: ("EPROTOTYPE", "wrong protocol type for socket")
            case EROFS: ("EROFS", "read-only file system")
            case ETIMEDOUT: ("ETIMEDOUT", "connection timed out")
            // The resolver's codes. Node calls an unknown name ENOTFOUND, whether it lacks an address or does not
            // exist.
            case EAI_NONAME, Self.noData, Self.noAddressFamily: ("ENOTFOUND", "name not found")
            case EAI_AGAIN: ("EAI_AGAIN", "temporary failure of the resolver")
            case EAI_BADFLAGS: ("EAI_BADFLAGS", "bad flags for the resolver")
            case EAI_FAIL: ("EAI_FAIL", "permanent failure of the resolver")
            case EAI_FAMILY: ("EAI_FAMILY", "address family not supported")
            case EAI_MEMORY: ("EAI_MEMORY", "not enough memory")
            case EAI_SERVICE: ("EAI_SERVICE", "service not available for the socket type")
            case EAI_SOCKTYPE: ("EAI_SOCKTYPE", "socket type not supported")
            default: ("E\(errno)", "error \(errno)")
            }
    }

    /// EAI_NODATA and EAI_ADDRFAMILY of glibc, which it only declares as an extension.
    private static let noData: Int32 = -5
    private static let noAddressFamily: Int32 = -9
}
