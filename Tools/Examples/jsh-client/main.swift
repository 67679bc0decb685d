// The smaller API of the JSH runtime: a client that sends, prints what comes back, and closes.
import WSJSH
import class WSNode.EventLoop

let ws = WebSocket(CommandLine.arguments.dropFirst().first ?? "ws://127.0.0.1:8080/")

ws.on(.error) { err in print(err.message) }
ws.on(.open) {
    print("websocket open")
    ws.send("test message")
}
ws.on(.message) { evt in
    print(evt.data)
    ws.close()
}
ws.on(.close) { print("websocket closed") }

EventLoop.current.run()
