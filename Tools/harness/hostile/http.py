"""Ordinary requests outside the grammar, bodies that lie, and floods, for a server that also serves WebSockets."""

import time

from harness.hostile import Result
from harness.hostile.heads import judge
from harness.wire import head, noise

# Another request on the same connection: nothing may answer it once the first was refused.
FOLLOW_UP = b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
MEMORY = 16 << 20


def request(start="GET /health HTTP/1.1", *fields, host="a", body=b""):
    lines = [start, *([f"Host: {host}"] if host is not None else []), *fields, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def post(*fields, body=b""):
    return request("POST /echo HTTP/1.1", *fields, body=body)


def chunked(body):
    return post("Transfer-Encoding: chunked", body=body)


def refused():
    """(requirement, name, bytes, statuses)."""
    for start, status in (("GET  / HTTP/1.1", 400), ("GET / HTTP/1.1 ", 400), ("GET / http/1.1", 400),
                          ("GET / HTTP/2.0", 505), ("GET /", 400), ("G\0T / HTTP/1.1", 400),
                          ("CONNECT a:1 HTTP/1.1", 501), ("GET /" + "a" * 8192 + " HTTP/1.1", 414)):
        yield "H-7", f"request line {start[:30]!r}", request(start), str(status)
    yield "H-9", "a method of 1 MiB", request("M" * (1 << 20) + " / HTTP/1.1"), "501"
    for host in (None, "a b", "a/b", "u@a"):
        yield "H-12", f"Host {host!r}", request(host=host), "400"
    yield "H-12", "Host twice", request("GET / HTTP/1.1", "Host: a"), "400"
    for field in ("X : 1", ": 1", "no colon", "X: a\0b", "X: a\r\n folded"):
        yield "H-13", f"field {field!r}", request("GET / HTTP/1.1", field), "400"
    yield "H-35", "10,000 fields", request("GET / HTTP/1.1", *["X: 1"] * 10_000), "431"
    for value in ("+5", "-5", "5, 6", "0x5", "", "1" * 25, "5 5"):
        yield "H-22", f"Content-Length {value!r}", post(f"Content-Length: {value}", body=b"hello"), "400"
    for value in ("chunked, identity", "xchunked", "chunked\tx", "identity", ""):
        yield "H-23", f"Transfer-Encoding {value!r}", post(f"Transfer-Encoding: {value}", body=b"0\r\n\r\n"), "400"
    yield "H-23", "both lengths", post("Content-Length: 5", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"), "400"
    yield "H-25", "chunked in HTTP/1.0", request("POST /echo HTTP/1.0", "Transfer-Encoding: chunked"), "400"
    yield "H-27", "an expectation", post("Expect: the-best", "Content-Length: 5"), "417"
    yield "H-e", "a body of 65 MiB announced", post(f"Content-Length: {65 << 20}"), "413"
    for name, value in (("another version", {"version": "777"}), ("a bad key", {"key": "x"}),
                        ("another protocol", {"upgrade": "h2c"})):
        yield "H-d", f"an upgrade with {name}", head(**value), "400"
    yield "H-24", "an upgrade with a body", head("Content-Length: 5") + b"hello", "400"


def cut_off():
    """(name, bytes): bodies whose request was taken before the fault showed. Nothing may be answered behind it."""
    for body in (b"5 \r\nhello\r\n", b"0x5\r\nhello\r\n", b"5\r\nhello0\r\n", b"5\nhello\r\n", b"-1\r\n", b"\r\n",
                 b"8000000000000000\r\n", b"1;" + b"x" * (17 << 10), b"0\r\nX : y\r\n\r\n", b"0\r\n x\r\n\r\n"):
        yield f"chunks {body[:20]!r}", chunked(body)


def grammar(target):
    for requirement, name, data, status in refused():
        with target.peer() as peer:
            peer.pump([data, FOLLOW_UP], read=True)
            ends = ("FIN", "reset") if len(data) > 1 << 16 else ("FIN",)
            got, ok = judge(peer.read_to_end(), [status], {}, peer.end, ends)
            yield Result(requirement, name, status, got, ok)
    for name, data in cut_off():
        with target.peer() as peer:
            peer.pump([data, FOLLOW_UP], read=True)
            answer = peer.read_to_end()
            ok = answer.count(b"HTTP/1.1 ") <= 1 and b'"ok"' not in answer and not answer.endswith(b"0\r\n\r\n")
            yield Result("H-23", name, "no second answer", f"{answer[:40]!r} {peer.end}", ok and peer.end == "FIN")


def served(target):
    data = noise(1 << 20)
    with target.peer() as peer:
        peer.pump([post(f"Content-Length: {len(data)}", "Connection: close", body=data)], read=True)
        answer = peer.read_to_end()
        yield Result("H-33", "1 MiB echoed", "200", answer[9:12].decode(),
                     answer.startswith(b"HTTP/1.1 200 ") and answer.endswith(b"0\r\n\r\n"))
    with target.peer() as peer:
        peer.pump([FOLLOW_UP * 500, request("GET /health HTTP/1.1", "Connection: close")], read=True)
        count = peer.read_to_end().count(b'{"ok": true}')
        yield Result("H-36", "501 requests at once", "501 answers", f"{count} answers", count == 501)


def floods(target):
    """What must not cost more than a bounded amount of memory."""
    seconds = 1 if target.smoke else 4
    for requirement, name, start, piece in (
            ("N-1", "an echo that nobody reads", post(f"Content-Length: {64 << 20}"), noise(1 << 16)),
            ("N-1", "requests whose answers nobody reads", b"", FOLLOW_UP * 1000),
            ("H-a", "chunks of one byte", chunked(b""), b"1\r\na\r\n" * 10_000),
            ("H-a", "empty lines in a body's place", post("Content-Length: 5", body=b"hello"), b"\r\n" * 10_000)):
        before = target.server.resident()
        target.server.forget_peak()
        with target.peer(seconds=seconds) as peer:
            end = time.monotonic() + seconds
            sent = 0
            try:
                peer.socket.sendall(start)
                peer.socket.settimeout(0.2)
                while time.monotonic() < end:
                    try:
                        sent += peer.socket.send(piece)
                    except TimeoutError:
                        pass
            except OSError:
                pass  # Cut off, as it may be.
        grown = target.server.peak() - before
        yield Result(requirement, name, "under 16 MiB", f"{sent >> 10} KiB sent, {grown >> 10} KiB more", grown < MEMORY)


def patience(target):
    """Half-open requests in number: each costs little, and others are served meanwhile."""
    count = 200
    before = target.server.resident()
    peers = [target.peer() for _ in range(count)]
    for number, peer in enumerate(peers):
        peer.send(request()[:-2] if number % 2 else post("Content-Length: 999", body=b"x"))
    with target.peer() as other:
        other.send(request("GET /health HTTP/1.1", "Connection: close"))
        ok = b'"ok"' in other.read_to_end()
    each = (target.server.resident() - before) // count
    for peer in peers:
        peer.socket.close()
    yield Result("H-a", f"{count} unfinished requests", "under 16 KiB each, others served",
                 f"{each} bytes each, {'served' if ok else 'NOT served'}", ok and each < 16 << 10)


GROUPS = (grammar, served, floods, patience)
