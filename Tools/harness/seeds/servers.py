"""The examples that serve, seen by a client which is none of ours."""

import contextlib
import json
import shutil
import socket
import tempfile
import time
import pathlib

from harness.programs import log, running, wait_until
from harness.seeds import expect, shows
from harness.seeds.example import serving, source
from harness.wire import BINARY, CLOSE, PING, PONG, TEXT, Peer, close_body, frame, head


def visit(server, path="/", *lines):
    """A client whose request was sent, and (status, fields) of the answer."""
    peer = Peer(server.port)
    peer.send(head(*lines, start=f"GET {path} HTTP/1.1"))
    return peer, *peer.read_head()


def enter(server, path="/", *lines):
    """A client that was let in."""
    peer, status, _ = visit(server, path, *lines)
    expect(status, "101")
    return peer


def fetch(server, path, method="GET", *lines):
    """An ordinary request: status, fields, body."""
    with Peer(server.port) as peer:
        fields = ("Host: localhost", "Connection: close", "Content-Length: 0", *lines)
        peer.send("\r\n".join((f"{method} {path} HTTP/1.1", *fields, "", "")).encode())
        status, answer = peer.read_head()
        return status, answer, peer.read_to_end()


def closed(peer):
    """The code of the close frame that ends the connection, or None if there is none."""
    while received := peer.read_frame():
        if received[0] == CLOSE:
            return int.from_bytes(received[1][:2], "big") if received[1] else 1005
    return None


@shows("S-66", "S-107")
def greets_and_prints():
    with serving("simple-server") as server, enter(server) as peer:
        expect(peer.read_frame(), (TEXT, b"something", 1))
        peer.send(frame(TEXT, b"hello"))
        server.prints("received: hello")


@shows("S-94")
def refuses_what_is_no_utf8():
    with serving("simple-server") as server, enter(server) as peer:
        peer.send(frame(TEXT, b"caf\xe9"))
        expect(closed(peer), 1007)


@shows("S-104")
def no_peer_ends_a_program():
    for name in ("simple-server", "broadcast", "several-servers", "client-authentication", "session", "server-stats"):
        assert "on(.error)" in source(name), f"{name} does not listen for errors"
    # This one listens too; but the frame comes on a socket that was told to break every rule.
    with serving("broadcast") as server:
        with enter(server) as peer:
            peer.send(frame(3))
            expect(closed(peer), 1002)
        with enter(server) as peer:
            peer.reset()
        with enter(server) as peer:
            peer.send(frame(TEXT, b"still here"))
            expect(peer.message(), b"still here")


@shows("S-22")
def pages_beside_sockets():
    with serving("external-server") as server, enter(server) as peer:
        status, _, body = fetch(server, "/health")
        expect((status, body), ("200", b"ok"))
        expect(fetch(server, "/other")[0], "404")
        expect(peer.message(), b"something")
        peer.send(frame(TEXT, b"hello"))
        server.prints("received: hello")


@shows("S-68", "S-109")
def chosen_by_path():
    with serving("several-servers") as server:
        for path, greeting in (("/foo", b"this is foo"), ("/bar", b"this is bar"), ("/foo?x=1", b"this is foo")):
            with enter(server, path) as peer:
                expect(peer.message(), greeting)
        with Peer(server.port) as peer:
            peer.send(head(start="GET /baz HTTP/1.1"))
            expect(peer.read_to_end(), b"")
            assert peer.end != "still open", "the connection was not dropped"


@shows("S-70", "S-110", "S-111")
def only_who_is_known():
    with serving("client-authentication") as server:
        with enter(server, "/?token=secret") as peer:
            peer.send(frame(TEXT, b"hi"))
            server.prints("Received message hi from user alice")
        peer, status, _ = visit(server, "/?token=guess")
        with peer:
            expect(status, "401")
            expect(peer.read_to_end(), b"")
        # A client that goes while it is being thought about.
        with Peer(server.port) as peer:
            peer.send(head(start="GET /?token=secret HTTP/1.1"))
            peer.reset()
        with enter(server, "/?token=secret") as peer:
            peer.send(frame(TEXT, b"again"))
            server.prints("Received message again from user alice")


def in_turn(name, receivers):
    """Three clients, of whom the first sends text and then bytes; who receives them, and what."""
    with serving(name) as server, contextlib.ExitStack() as stack:
        peers = [stack.enter_context(enter(server)) for _ in range(3)]
        peers[0].send(frame(TEXT, b"x") + frame(BINARY, b"\x00\xff"))
        for peer in (peers[index] for index in receivers):
            expect(peer.read_frame(), (TEXT, b"x", 1))
            expect(peer.read_frame(), (BINARY, b"\x00\xff", 1))
        # What the others have not got before a ping is answered, they do not get.
        for peer in peers:
            peer.send(frame(PING, b"last"))
            expect(peer.read_frame(), (PONG, b"last", 1))


@shows("S-71", "S-112")
def to_everybody():
    in_turn("broadcast", (0, 1, 2))


@shows("S-72", "S-113")
def to_the_others():
    in_turn("broadcast-others", (1, 2))


@shows("S-78", "S-120")
def address_of_the_peer():
    with serving("client-address") as server, enter(server):
        server.prints("connected: 127.0.0.1, client: 127.0.0.1")


@shows("S-79", "S-121")
def address_behind_a_proxy():
    with serving("client-address") as server:
        with enter(server, "/", "X-Forwarded-For: 203.0.113.7 , 10.0.0.1"):
            server.prints("connected: 127.0.0.1, client: 203.0.113.7\n")
        if shutil.which("nginx"):
            with nginx(server.port) as proxy, Guest(proxy) as peer:
                peer.send(head("X-Forwarded-For: 198.51.100.9"))
                expect(peer.read_head()[0], "101")
                server.prints("connected: 127.0.0.1, client: 198.51.100.9\n")


class Guest(Peer):
    """A client at a Unix-domain socket."""

    def __init__(self, path):
        self.socket, self.buffer, self.seconds, self.end = socket.socket(socket.AF_UNIX), b"", 5, None
        self.socket.connect(str(path))


@contextlib.contextmanager
def nginx(port):
    """nginx in front of a server of ours, at a Unix-domain socket."""
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        socket_path, configuration = directory / "socket", directory / "nginx.conf"
        configuration.write_text(f"""
            daemon off;
            pid {directory}/pid;
            error_log stderr;
            events {{}}
            http {{
                access_log off;
                client_body_temp_path {directory}; proxy_temp_path {directory}; fastcgi_temp_path {directory};
                uwsgi_temp_path {directory}; scgi_temp_path {directory};
                server {{
                    listen unix:{socket_path};
                    location / {{
                        proxy_pass http://127.0.0.1:{port};
                        proxy_http_version 1.1;
                        proxy_set_header Upgrade $http_upgrade;
                        proxy_set_header Connection "Upgrade";
                        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                    }}
                }}
            }}
            """)
        with running(["nginx", "-p", directory, "-c", configuration], log("seeds/nginx.log")):
            assert wait_until(socket_path.exists, 5), "nginx does not start"
            yield socket_path


@shows("S-80", "S-81", "S-122")
def broken_connections_are_found():
    with serving("heartbeat-server", 200) as server, enter(server) as live, enter(server) as silent:
        began = time.monotonic()
        for _ in range(4):
            received = live.read_frame()
            expect(received, (PING, b"", 1))
            live.send(frame(PONG, received[1]))
        silent.read_to_end()
        assert silent.end in ("FIN", "reset") and b"\x88" not in silent.buffer, f"not dropped: {silent.end}"
        assert time.monotonic() - began < 4, "the silent client was kept too long"
        server.prints("closed: 1006, 1 left")
        live.send(frame(CLOSE, close_body(1000)))
        expect(closed(live), 1000)
        server.prints("closed: 1000, 0 left")


@shows("S-132")
def statistics_are_pushed():
    with serving("server-stats") as server:
        assert b"new WebSocket" in fetch(server, "/")[2], "no page"
        with enter(server) as peer:
            began = time.monotonic()
            figures = [json.loads(peer.message()) for _ in range(5)]
            assert time.monotonic() - began < 2, "five figures took too long"
            assert all(figure["resident"] > 0 for figure in figures), figures
            expect(sorted(figure["now"] for figure in figures), [figure["now"] for figure in figures])
        server.prints("stopping client interval")


@shows("S-96", "S-131")
def a_session_with_a_login():
    with serving("session") as server:
        assert b"Log in" in fetch(server, "/")[2], "no page"
        peer, status, _ = visit(server)
        peer.socket.close()
        expect(status, "401")
        peer, status, _ = visit(server, "/", "Cookie: session=guess")
        peer.socket.close()
        expect(status, "401")
        status, fields, _ = fetch(server, "/login", "POST")
        expect(status, "200")
        cookie = "Cookie: other=1; " + fields["set-cookie"].partition(";")[0]
        with enter(server, "/", cookie) as peer:
            peer.send(frame(TEXT, b"hello"))
            server.prints("Received message hello from user user-1")
            expect(fetch(server, "/logout", "DELETE", cookie)[0], "200")
            expect(closed(peer), 1005)
        peer, status, _ = visit(server, "/", cookie)
        peer.socket.close()
        expect(status, "401")
