import ToolSupport
import WSNode

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What client and server have in common: input goes to the one peer there is, and what the peer sends is shown.
final class Session {
    let console: any Console

    /// Starts the end: closes what is open with a code. Set by whoever opens it.
    var close: (CloseCode) -> Void = { _ in }

    /// What the process is to end with.
    private(set) var status: Int32 = 0

    private let settings: Settings
    private let loop: EventLoop
    private let inputThread = InputThread()
    private var isReadingInput = false
    private var isPieceOnItsWay = false
    private var pending: ArraySlice<Input> = []
    private var socket: WebSocket?
    private var hasRoom = true
    /// Whether a message has begun that the input has not ended yet.
    private var isInsideMessage = false
    private var isQuitting = false

    init(_ settings: Settings, on loop: EventLoop) {
        self.settings = settings
        self.loop = loop
        if settings.isBinary {
            console = BinaryConsole()
        } else if StandardInput.isTerminal, StandardOutput.isTerminal {
            console = TerminalConsole(hasColors: settings.hasColors)
        } else {
            console = LineConsole()
        }
    }

    // MARK: The peer

    /// Whether there is someone to talk to.
    var hasPeer: Bool { socket != nil }

    /// There is someone to talk to.
    func begin(with socket: WebSocket) {
        self.socket = socket
        hasRoom = true
        let console = console
        socket.on(.message) { message in console.show(message) }
        socket.on(.drain) {
            self.hasRoom = true
            self.pump()
        }
        if settings.showsPingsAndPongs {
            socket.on(.ping) { data in console.show(notice: "Received ping (data: \"\(String(escaping: data))\")") }
            socket.on(.pong) { data in console.show(notice: "Received pong (data: \"\(String(escaping: data))\")") }
        }
        pump()
    }

    /// The peer has gone.
    func end(_ code: CloseCode, _ reason: Bytes) {
        socket = nil
        if isInsideMessage {
            // Whoever comes next has no use for the rest.
            fail("The peer has gone before the message was sent whole")
            close(.normalClosure)
        }
        console.tell("Disconnected (code: \(code.rawValue), reason: \"\(String(escaping: reason))\")")
    }

    /// Something went wrong, and the process is to say so when it ends.
    func fail(_ message: String) {
        status = 1
        console.complain(message)
    }

    // MARK: Input

    /// Begins to read standard input; or only carries out the commands of the command line, when no person is there:
    /// the input of a script may be meant for someone else.
    func start() {
        if !settings.commands.isEmpty {
            pending = settings.commands.map(Input.line) + [.end]
        }
        if settings.commands.isEmpty || console.isInteractive {
            isReadingInput = true
            console.open()
            inputThread.start(for: LoopBound(self, on: loop))
        }
        pump()
    }

    /// The input thread has read a piece.
    func received(_ piece: [UInt8]) {
        isPieceOnItsWay = false
        if piece.isEmpty { isReadingInput = false }
        do throws(InputError) {
            for input in try console.take(piece) {
                // A wish to leave does not queue up behind what cannot be sent just now.
                if case .quit = input { quit() } else { pending.append(input) }
            }
        } catch {
            fail(error.message)
            isReadingInput = false
            quit()
        }
        pump()
    }

    /// Sends what can be sent, and asks for more when it is.
    private func pump() {
        while let input = pending.first {
            switch input {
            case .end: waitBeforeClosing()
            case .quit: break
            case .line, .fragment:
                guard let socket, socket.readyState == .open else {
                    // A script's lines wait for a peer; a person is told that there is none.
                    guard console.isInteractive else { return }
                    console.complain("Nobody is connected")
                    break
                }
                guard hasRoom else { return askForMore() }
                deliver(input, to: socket)
            }
            pending.removeFirst()
        }
        askForMore()
    }

    /// A person's keys are always read: one of them may be Ctrl-C.
    private func askForMore() {
        guard isReadingInput, !isPieceOnItsWay, pending.isEmpty || console.isInteractive else { return }
        isPieceOnItsWay = true
        inputThread.readMore()
    }

    private func deliver(_ input: Input, to socket: WebSocket) {
        switch input {
        case .line(let line):
            if settings.hasSlashCommands, line.hasPrefix("/") {
                perform(line, on: socket)
            } else {
                hasRoom = socket.send(line)
            }
        case .fragment(let bytes, let isLast):
            isInsideMessage = !isLast
            hasRoom = socket.send(bytes, fin: isLast)
        case .end, .quit: break
        }
    }

    private func perform(_ line: String, on socket: WebSocket) {
        do throws(WebSocketError) {
            switch SlashCommand(line) {
            case .ping(let data): try socket.ping(data)
            case .pong(let data): try socket.pong(data)
            case .close(let code, let reason): try socket.close(code, reason)
            case nil: complain("Unrecognized slash command: \(line)")
            }
        } catch {
            complain(error.message)
        }
    }

    /// A person can try again; for a script a command that cannot be carried out is a failure.
    private func complain(_ message: String) {
        if console.isInteractive { console.complain(message) } else { fail(message) }
    }

    // MARK: The end

    private func waitBeforeClosing() {
        guard let wait = settings.wait else { return }
        loop.setTimeout(wait) { self.close(.normalClosure) }.unref()
    }

    /// Someone wants to leave: closes, and does not wait long for the peer's consent. A second wish ends the process.
    func quit() {
        if isQuitting {
            console.close()
            exit(130)
        }
        isQuitting = true
        close(.goingAway)
        loop.setTimeout(.seconds(1)) { self.socket?.terminate() }.unref()
    }
}
