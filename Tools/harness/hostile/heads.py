"""Opening handshakes outside the grammar, and a few odd ones inside it."""

import time

from harness.hostile import Result
from harness.wire import ACCEPT, KEY, TEXT, frame, head, noise

# A second request on the same connection: nothing may answer it once the first was refused.
FOLLOW_UP = head(start="GET /follow-up HTTP/1.1")
VERSIONS = {"sec-websocket-version": "13, 8"}


def plain(data, old, new):
    """The upgrade request with a piece of its bytes replaced."""
    assert old in data
    return data.replace(old, new, 1)


def refused(limits):
    """(requirement, name, bytes, statuses, fields the answer must have)."""
    good = head()
    for method, statuses, fields in (("POST", "405", {"allow": "GET"}), ("get", "400 405 501", {}),
                                     ("G\0T", "400", {}), ("G@T", "400 405 501", {}),
                                     ("M" * (1 << 20), "400 405 414 431 501", {})):
        name = method if len(method) < 9 else "1 MiB long"
        yield "R-4.2.1-2", f"method {name!r}", head(start=f"{method} / HTTP/1.1"), statuses, fields
    for version, statuses in (("HTTP/2.0", "400 505"), ("HTTP/0.9", "400 505"), ("http/1.1", "400 505"),
                              ("HTTP/1.10", "400 505"), ("HTTP/1.1x", "400 505"), ("HTTP/1", "400 505"), ("", "400")):
        yield "H-8", f"version {version!r}", head(start=f"GET / {version}"), statuses, {}
    yield "H-26", "upgrade in HTTP/1.0", head(start="GET / HTTP/1.0"), "400 426 505", {}
    for target in ("*", "localhost:80", "ftp://h/", "http:///", "", "/a b", "/\x01", "/\x7f", "/\t"):
        yield "R-4.2.1-3", f"target {target!r}", head(start=f"GET {target} HTTP/1.1"), "400", {}
    long_target = "/" + "a" * limits.line
    yield "H-10", "target above the line limit", head(start=f"GET {long_target} HTTP/1.1"), "414 431", {}
    for start in ("GET  / HTTP/1.1", "GET /  HTTP/1.1", "GET\t/ HTTP/1.1", "GET /\vHTTP/1.1", " GET / HTTP/1.1",
                  "GET / HTTP/1.1 ", "GET /", "GET"):
        yield "H-7", f"request line {start!r}", head(start=start), "400", {}

    for value in (None, "", "a b", "h:99999", "h:x", "h:-1", "u@h", "[::1", "h/p"):
        yield "R-4.2.1-4", f"Host {value!r}", head(host=value), "400", {}
    yield "H-19", "Host twice", head("Host: localhost"), "400", {}
    for value in (None, "foo", "websocket2", ""):
        yield "R-4.2.1-5", f"Upgrade {value!r}", head(upgrade=value), "400 426", {}
        yield "V8-3", f"Upgrade {value!r}, version 8", head(upgrade=value, version="8"), "400 426", {}
    for value in (None, "close", "upgraded", "keep-alive"):
        yield "R-4.2.1-6", f"Connection {value!r}", head(connection=value), "400 426", {}
        yield "V8-3", f"Connection {value!r}, version 8", head(connection=value, version="8"), "400 426", {}
    for name, value in (("absent", None), ("empty", ""), ("of 15 bytes", "AAAAAAAAAAAAAAAAAAAA"),
                        ("of 17 bytes", "AAAAAAAAAAAAAAAAAAAAAAA="),
                        ("outside the alphabet", "dGhlIHNhbXBsZSBub25j*Q=="),
                        ("without padding", KEY[:-2]), ("with more behind it", KEY + "A")):
        yield "R-4.2.1-7", f"key {name}", head(key=value), "400", {}
    yield "R-11.3-1", "key twice", head(f"Sec-WebSocket-Key: {KEY}"), "400", {}
    yield "V8-8", "hixie keys", head("Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5", "Sec-WebSocket-Key2: 12998 5 Y3 1",
                                     key=None, version=None) + b"^n:ds[4U", "400", {}
    for value in (None, "", "7", "9", "12", "25", "256", "013", "+13", "13.0", "0xd", "13, 8", "abc"):
        yield "R-4.4-1", f"version {value!r}", head(version=value), "400 426", VERSIONS
    yield "R-4.2.1-9", "version twice", head("Sec-WebSocket-Version: 13"), "400 426", {}
    for value in (",", "a,,b", "a b", "foo;bar", "a,a", "a,", ""):
        yield "R-4.2.1-11", f"subprotocols {value!r}", head(f"Sec-WebSocket-Protocol: {value}"), "400", {}

    for line in ("Content-Length: 5", "Transfer-Encoding: chunked", "Transfer-Encoding: identity"):
        yield "H-24", f"body announced by {line!r}", head(line), "400", {}
    for value in ("+5", "-5", "5, 6", "0x5", "", "1" * 25, "5 5", "5\x0b"):
        yield "H-22", f"Content-Length {value!r}", head(f"Content-Length: {value}"), "400", {}
    yield "H-22", "two different Content-Lengths", head("Content-Length: 0", "Content-Length: 5"), "400", {}
    for value in ("chunked, identity", "Chunked", "xchunked", "chunked\tx", ", chunked", ""):
        yield "H-23", f"Transfer-Encoding {value!r}", head(f"Transfer-Encoding: {value}"), "400", {}
    yield "H-23", "both lengths", head("Content-Length: 6", "Transfer-Encoding: chunked"), "400", {}
    yield ("H-25", "chunked in HTTP/1.0", head("Transfer-Encoding: chunked", start="POST / HTTP/1.0"),
           "400 405 426 505", {})

    for name, old, new in (("the request line", b"HTTP/1.1\r\n", b"HTTP/1.1\n"),
                           ("a field", b"localhost\r\n", b"localhost\n"), ("the head", b"13\r\n\r\n", b"13\r\n\n")):
        yield "H-2", f"lone LF behind {name}", plain(good, old, new), "400", {}
    for name, old, new in (("the target", b"GET / ", b"GET /\r "), ("a field name", b"Host", b"Ho\rst"),
                           ("a field value", b"localhost", b"local\rhost"),
                           ("the last line", b"\r\n\r\n", b"\r\n\r\r\n")):
        yield "H-3", f"bare CR in {name}", plain(good, old, new), "400", {}
    yield "H-6", "blank before the first field", plain(good, b"Host", b" Host"), "400", {}
    for line in ("X : 1", "X\t: 1", ": 1", "X Y: 1", "X(: 1", "X\xe9: 1", "X\0: 1", "no colon"):
        yield "H-13", f"field {line!r}", head(line), "400", {}
    for sign in "\0\a\x1b\x7f":
        yield "H-14", f"value with {sign!r}", head(f"X: a{sign}b"), "400", {}
    for name in ("Host", "Sec-WebSocket-Key", "Sec-WebSocket-Version"):
        folded = plain(good, name.encode() + b":", name.encode() + b":\r\n")
        yield "H-16", f"folded line behind {name}", folded, "400", {}

    spare = limits.fields - 5
    yield "H-35", "one field too many", head(*["X: 1"] * (spare + 1)), "431", {}
    yield "H-35", "10,000 fields", head(*["X: 1"] * 10_000), "431", {}
    yield "H-35", "a field above the line limit", head("X: " + "a" * limits.line), "431", {}
    yield "H-35", "a head above its limit", head(*["X: " + "a" * 500] * (limits.head // 500 + 1)), "431", {}
    yield "H-5", "1,000 empty lines", b"\r\n" * 1000 + good, "400 none", {}
    yield "R-4.2.1-1", "a TLS greeting", bytes.fromhex("16030100050100000103") + noise(200), "400", {}
    yield "R-4.2.1-1", "a frame instead of a head", frame(TEXT, b"hello"), "400", {}
    yield "R-4.2.1-1", "64 KiB of noise", noise(1 << 16), "400 414 431", {}
    yield "H-30", "1 MiB behind a bad head", head(host=None) + noise(1 << 20), "400", {}


def accepted(limits):
    """(requirement, name, bytes)."""
    yield "R-4.2.2-7", "the usual request", head()
    yield "R-4.2.1-2", "HTTP/1.2", head(start="GET / HTTP/1.2")
    yield "R-4.2.1-3", "absolute target", head(start="GET http://localhost/ HTTP/1.1")
    for value in ("WebSocket", "h2c, websocket"):
        yield "R-4.2.1-5", f"Upgrade {value!r}", head(upgrade=value)
    for value in ("keep-alive, Upgrade", "upgrade", "UPGRADE ,close"):
        yield "R-4.2.1-6", f"Connection {value!r}", head(connection=value)
    yield "R-4.2.1-6", "Connection over two lines", head("Connection: Upgrade", connection="keep-alive")
    yield "R-4.2.1-8", "key with unused bits set", head(key="AQIDBAUGBwgJCgsMDQ4PEC==")
    yield "R-4.2.1-12", "50 unknown fields", head(*[f"X-{n}: {n}" for n in range(50)])
    yield ("R-4.2.1-13", "fields in capitals",
           head().replace(b"Sec-WebSocket", b"SEC-WEBSOCKET").replace(b"Host", b"HOST"))
    yield "V8-1", "version 8", head(version="8")
    yield "V8-7", "a draft extension offered", head("Sec-WebSocket-Extensions: x-webkit-deflate-frame")
    yield "H-5", "one empty line first", b"\r\n" + head()
    yield "H-15", "blanks around values", head(upgrade=" \t websocket\t ")
    yield "R-8.1-1", "octets above 127 in a value", head("X: \x80\xff\xe9")
    yield "H-24", "Content-Length 0", head("Content-Length: 0")
    yield "H-35", "as many fields as allowed", head(*["X: 1"] * (limits.fields - 5))
    if limits.head > limits.line:
        yield "U-8", "a target of 7,900 bytes", head(start=f"GET /{'a' * 7899} HTTP/1.1")


def refusals(target):
    for requirement, name, request, statuses, fields in refused(target.limits):
        with target.peer() as peer:
            peer.pump([request, FOLLOW_UP], read=True)
            answer = peer.read_to_end()
            # A server may stop draining a flood; then its answer, already read, is followed by a reset.
            ends = ("FIN", "reset") if len(request) > 1 << 16 else ("FIN",)
            got, ok = judge(answer, statuses.split(), fields, peer.end, ends)
            yield Result(requirement, name, statuses.replace(" ", "/"), got, ok)


def judge(answer, statuses, fields, end, ends=("FIN",)):
    """One complete answer that says it closes, and does."""
    top, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = top.decode("latin-1").split("\r\n")
    code = status[9:12] if status.startswith("HTTP/1.1 ") else "none"
    sent = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    faults = [f"{name} {sent.get(name)!r}" for name, value in fields.items() if sent.get(name) != value]
    if code != "none":
        if "close" not in sent.get("connection", "").lower().replace(" ", "").split(","):
            faults.append("no Connection: close")
        if sent.get("content-length") != str(len(body)):
            faults.append(f"Content-Length {sent.get('content-length')} but {len(body)} bytes follow")
        if code == "426" and "websocket" not in sent.get("upgrade", ""):
            faults.append("426 without Upgrade")
    if end not in ends:
        faults.append(end)
    return ", ".join([code, *faults]), code in statuses and not faults


def acceptances(target):
    for requirement, name, request in accepted(target.limits):
        with target.peer() as peer:
            peer.send(request)
            yield opened(requirement, name, peer)
    with target.peer() as peer:
        for position in range(len(head())):
            peer.send(head()[position:position + 1])
        yield opened("H-36", "a head byte by byte", peer)
    with target.peer() as peer:
        peer.send(head() + frame(TEXT, b"early"))
        yield opened("R-4.2.1-14", "a message in the same packet", peer, b"early")
    with target.peer() as peer:
        peer.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        got, ok = judge(peer.read_to_end(), ["426"], {}, peer.end)
        yield Result("B-SRV-012", "an ordinary request", "426", got, ok)


def opened(requirement, name, peer, early=None):
    status, fields = peer.read_head()
    accept = fields.get("sec-websocket-accept")
    if not early:
        peer.send(frame(TEXT, b"hello"))
    echo = peer.message() if status == "101" else None
    faults = [] if "sec-websocket-extensions" not in fields else ["an extension answered"]
    if status == "101" and name != "key with unused bits set" and accept != ACCEPT:
        faults.append(f"accept {accept}")
    if status == "101" and echo != (early or b"hello"):
        faults.append("no echo")
    return Result(requirement, name, "101", ", ".join([status or "no answer", *faults]), status == "101" and not faults)


def slow(target):
    """A head that drips is cut at the deadline of the whole handshake, not of a byte."""
    limit = target.limits.handshake
    with target.peer() as peer:
        start = time.monotonic()
        for byte in head("X: " + "a" * 4000):
            peer.send(bytes([byte]))
            peer.end = None
            while peer.fill(time.monotonic() + 1):
                pass
            after = time.monotonic() - start
            if peer.end != "still open" or after > limit + 5:
                break
        ok = peer.end in ("FIN", "reset") and limit - 1 <= after <= limit + 3
        yield Result("R-7-3", "a head of one byte a second", f"cut after {limit:.0f} s",
                     f"{peer.end} after {after:.1f} s", ok)
