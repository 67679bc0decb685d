"""Frame streams against the rules, with the close code each must get; and legal ones that are easy to get wrong."""

from harness.hostile import Result
from harness.wire import (BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, close_body, frame, noise)

# What comes behind a violation is never looked at, not even a close.
AFTERWARDS = frame(TEXT, b"after") + frame(CLOSE, close_body(1000))

BAD_TEXT = {
    "FE": b"\xfe", "lone continuation": b"a\x80", "overlong C0": b"\xc0\xaf", "overlong E0": b"\xe0\x80\xaf",
    "overlong F0": b"\xf0\x80\x80\xaf", "surrogate": b"\xed\xa0\x80", "above U+10FFFF": b"\xf4\x90\x80\x80",
    "F5": b"\xf5\x80\x80\x80", "cut at the end": b"\xe2\x82", "cut in the middle": b"\xe2\x28\xa1",
}
VALID_CODES = (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999)
INVALID_CODES = (0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535)
NAMES = {CONTINUATION: "continuation", TEXT: "text", BINARY: "binary", CLOSE: "close", PING: "ping", PONG: "pong"}


def violations(limits):
    """(requirement, name, bytes, close codes, whether the bytes end with a whole frame)."""
    for opcode, name in NAMES.items():
        for payload in (b"", b"hello"):
            yield "R-5.1-3", f"{name}, {len(payload)} bytes unmasked", frame(opcode, payload, mask=None), "1002", True
    for rsv in range(1, 8):
        for opcode, name in NAMES.items():
            yield "R-5.2-1", f"reserved bits {rsv:03b} on {name}", frame(opcode, rsv=rsv), "1002", True
    for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15):
        yield "R-5.2-2", f"opcode {opcode}", frame(opcode), "1002", True
        yield "R-5.2-2", f"opcode {opcode}, one byte of the frame", frame(opcode)[:1], "1002", False
    for declared in (1 << 63, (1 << 64) - 1, (1 << 63) + 1):
        yield "R-5.2-4", f"length {declared:x}", frame(BINARY, b"x", declared=declared, form=64), "1002 1009", True
    for form, length in ((16, 0), (16, 125), (64, 125), (64, 126), (64, 65535)):
        yield "R-5.2-6", f"{length} written in {form} bits", frame(BINARY, bytes(length), form=form), "1002", True
    for fin in (True, False):
        yield "R-5.4-2", f"continuation of nothing, final {fin}", frame(CONTINUATION, b"x", fin=fin), "1002", True
    for first in (TEXT, BINARY):
        for second in (TEXT, BINARY):
            yield ("R-5.4-3", f"{NAMES[second]} inside {NAMES[first]}",
                   frame(first, b"a", fin=False) + frame(second, b"b"), "1002", True)
    for opcode in (CLOSE, PING, PONG):
        yield "R-5.4-5", f"{NAMES[opcode]} not final", frame(opcode, fin=False), "1002", True
        yield "R-5.5-1", f"{NAMES[opcode]} of 126 bytes", frame(opcode, close_body(1000, bytes(124))), "1002", True
        yield "R-5.5-1", f"{NAMES[opcode]} of 2^20 bytes", frame(opcode, declared=1 << 20, form=64)[:2], "1002", False
    yield "R-5.5.1-1", "close of one byte", frame(CLOSE, b"\x03"), "1002", True
    for code in INVALID_CODES:
        yield "R-7.4-2", f"close code {code}", frame(CLOSE, close_body(code)), "1002", True
    for name, text in BAD_TEXT.items():
        yield "R-8.1-2", f"text: {name}", frame(TEXT, text), "1007", True
        yield ("R-8.1-2", f"text in two frames: {name}",
               frame(TEXT, text[:1], fin=False) + frame(CONTINUATION, text[1:]), "1007", True)
        yield "R-5.5.1-2", f"close reason: {name}", frame(CLOSE, close_body(1000, text)), "1007", True
    yield "R-8.1-3", "bad byte in a frame not yet whole", frame(TEXT, b"ok\xff", declared=100), "1007", False
    yield ("R-8.1-3", "bad byte in a fragment, no end in sight",
           frame(TEXT, b"ok\xff", fin=False), "1007", False)
    yield ("R-10.4-1", "one byte above the limit announced",
           frame(BINARY, declared=limits.message + 1, form=64), "1009", False)
    yield ("R-10.4-1", "limit exceeded by the second fragment", frame(BINARY, b"a", fin=False)
           + frame(CONTINUATION, declared=limits.message, form=64), "1009", False)
    yield "R-10.7-2", "noise", b"\x00" + noise(1000), "1002", True


def streams(target):
    for requirement, name, data, codes, whole in violations(target.limits):
        with target.peer() as peer:
            peer.upgrade().send(data + AFTERWARDS if whole else data)
            received = peer.read_frame()
            yield Result(requirement, name, codes.replace(" ", "/"), *ended(peer, received, codes.split()))


def ended(peer, received, codes):
    """The frame is a close with one of the codes, nothing follows, and TCP ends."""
    if not received:
        return f"no close, {peer.end}", False
    if received[0] != CLOSE:
        return f"a {NAMES.get(received[0], received[0])} frame", False
    code = str(int.from_bytes(received[1][:2], "big")) if received[1] else "empty"
    rest = peer.read_to_end()
    text = code + (f", then {len(rest)} bytes" if rest else "") + ("" if peer.end == "FIN" else f", {peer.end}")
    return text, code in codes and not rest and peer.end == "FIN"


def closes(target):
    """Closing handshakes a peer may choose: echoed, then the end of TCP."""
    cases = [("R-5.5.1-4", f"close code {code}", frame(CLOSE, close_body(code, b"bye")), str(code))
             for code in VALID_CODES]
    cases += [("R-5.5.1-4", "close without code", frame(CLOSE), "empty"),
              ("R-7.4-5", "close inside a message",
               frame(TEXT, b"a", fin=False) + frame(CLOSE, close_body(1000)), "1000"),
              ("R-7-1", "noise behind a close", frame(CLOSE, close_body(1000)) + noise(5000), "1000"),
              ("R-7.1.5-1", "a second close", frame(CLOSE, close_body(1000)) + frame(CLOSE, close_body(1001)), "1000")]
    for requirement, name, data, code in cases:
        with target.peer() as peer:
            peer.upgrade().send(data)
            yield Result(requirement, name, code, *ended(peer, peer.read_frame(), [code]))


def legal(target):
    """Frames that must be served: (requirement, name, bytes, frames expected)."""
    echo = (TEXT, b"hello", 1)
    cases = [
        ("R-5.5.3-1", "ten pings at once", b"".join(frame(PING, b"%d" % n) for n in range(10)),
         [(PONG, b"%d" % n, 1) for n in range(10)]),
        ("R-5.5.3-2", "an unasked pong, then text", frame(PONG, b"?") + frame(TEXT, b"hello"), [echo]),
        ("R-5.4-4", "a ping between fragments", frame(TEXT, b"hel", fin=False) + frame(PING, b"!")
         + frame(CONTINUATION, b"lo"), [(PONG, b"!", 1), echo]),
        ("R-5.4-7", "only empty fragments", frame(TEXT, fin=False) + frame(CONTINUATION, fin=False)
         + frame(CONTINUATION), [(TEXT, b"", 1)]),
        ("R-5.6-1", "a character cut by fragments", frame(TEXT, b"\xe2\x82", fin=False) + frame(CONTINUATION, b"\xac"),
         [(TEXT, "€".encode(), 1)]),
        ("R-8.1-4", "noncharacters", frame(TEXT, "\0\ufeff\ufffe\uffff\U0010ffff".encode()),
         [(TEXT, "\0\ufeff\ufffe\uffff\U0010ffff".encode(), 1)]),
        ("R-5.3-3", "a zero key", frame(TEXT, b"hello", mask=bytes(4)), [echo]),
        ("R-5.2-3", "65,536 bytes", frame(BINARY, noise(65536)), [(BINARY, noise(65536), 1)]),
    ]
    for requirement, name, data, expected in cases:
        with target.peer() as peer:
            peer.upgrade().send(data)
            received = [peer.read_frame() for _ in expected]
            yield Result(requirement, name, f"{len(expected)} frames", "as expected" if received == expected
                         else f"{received!r:.60}", received == expected)
