import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The terminal the process runs in.
enum Terminal {
    /// How it was set when we came.
    private static let original = Mutex<termios?>(nil)

    /// Has every key sent at once, and shown by us alone. Undone when the process exits.
    static func takeKeys() {
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return }
        let isFirst = original.withLock { original in
            defer { original = original ?? settings }
            return original == nil
        }
        if isFirst { atexit { Terminal.restore() } }
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
    }

    /// Sets it as it was.
    static func restore() {
        guard var settings = original.withLock({ $0 }) else { return }
        tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
    }

    /// Gives the terminal back to the shell until the user brings us to the foreground again.
    static func suspend() {
        restore()
        raise(SIGTSTP)
        takeKeys()
    }

    /// The width in characters.
    static var columns: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
