import ToolSupport
import WSConnection
import WSFrame
import WSHandshake

let parser = CommandLineParser(
    program: "wsjudge",
    usage: """
        Usage: wsjudge < streams

        Reads byte streams from standard input and prints what the core makes of each: one line a stream, with its events.
        A stream is the role of the one who receives it (0 server, 1 client; one byte), its length (four bytes, the lowest
        first), and its bytes. Tools/differential compares the lines with those of other implementations.
        """,
    options: [])
if !parser.words.isEmpty { parser.fail("no words are expected") }

var input = InputReader()
var lines = ""
while let stream = input.nextStream() {
    lines += Judgement(of: stream.bytes, received: stream.role).line + "\n"
    if lines.utf8.count > 60_000 {
        StandardOutput.write(lines)
        lines = ""
    }
}
StandardOutput.write(lines)
