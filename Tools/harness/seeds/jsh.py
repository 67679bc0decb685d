"""The examples with the JSH runtime's smaller API."""

from harness.seeds import expect, shows
from harness.seeds.example import serving, source, started
from harness.seeds.host import Host
from harness.seeds.servers import enter, fetch, visit
from harness.wire import CLOSE, TEXT, frame

OFFER = "Sec-WebSocket-Protocol: chat, machbase.rpc"


@shows("S-48", "S-54")
def a_server_with_a_token():
    assert "pgrade" not in source("jsh-server"), "there is upgrade code"
    with serving("jsh-server") as server:
        expect(fetch(server, "/health")[2], b"ok")
        peer, status, fields = visit(server, "/ws?token=allow", OFFER)
        with peer:
            expect((status, fields.get("sec-websocket-protocol")), ("101", "machbase.rpc"))
            server.prints("/ws 1.1 machbase.rpc\n")
            peer.send(frame(TEXT, b"hi"))
            expect(peer.message(), b"echo:hi")
        server.prints("closed\n")
        peer, status, _ = visit(server, "/ws?token=deny", OFFER)
        peer.socket.close()
        expect(status, "403")


@shows("S-14", "S-20", "S-49")
def a_client_from_open_to_close():
    with Host() as host, started("jsh-client", host.url) as client:
        guest = host.guest()
        expect(guest.hear(), (TEXT, b"test message"))
        guest.say(TEXT, b"test message")
        expect(guest.hear()[0], CLOSE)
        guest.say(CLOSE)
        guest.socket.close()
        client.ends()
        expect(client.printed(), "websocket open\ntest message\nwebsocket closed\n")


@shows("S-136", "S-137")
def one_with_the_other():
    with serving("broadcast") as server:
        with started("send-text", server.url) as client:
            client.prints("received: something\n")
        with started("jsh-client", server.url) as client:
            client.prints("test message\n")
            client.ends()
    with serving("jsh-server") as server, started("send-text", f"{server.url}ws?token=allow") as client:
        client.prints("received: echo:something\n")
        server.prints("something\n")
