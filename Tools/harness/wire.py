"""Raw sockets that speak just enough HTTP and WebSocket to break every rule on purpose."""

import random
import select
import socket
import struct
import time

KEY, ACCEPT = "dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


def head(*lines, start="GET / HTTP/1.1", **changed):
    """An upgrade request. Keywords replace a field's value or, with None, drop it; `lines` are added as they are."""
    fields = {"host": "localhost", "upgrade": "websocket", "connection": "Upgrade", "key": KEY, "version": "13"}
    fields.update(changed)
    names = {"host": "Host", "upgrade": "Upgrade", "connection": "Connection", "key": "Sec-WebSocket-Key",
             "version": "Sec-WebSocket-Version"}
    text = [start, *(f"{names[name]}: {value}" for name, value in fields.items() if value is not None), *lines]
    return "".join(line + "\r\n" for line in [*text, ""]).encode("latin-1")


def frame(opcode, payload=b"", *, fin=True, rsv=0, mask=b"\x37\xfa\x21\x3d", declared=None, form=None):
    """A frame; `declared` lies about the length, `form` (7, 16, 64) fixes how it is written, `mask` may be None."""
    length = len(payload) if declared is None else declared
    form = form or (7 if length < 126 else 16 if length < 65536 else 64)
    code, extended = {7: (length, b""), 16: (126, struct.pack(">H", length & 0xFFFF)),
                      64: (127, struct.pack(">Q", length))}[form]
    header = bytes([fin << 7 | rsv << 4 | opcode, bool(mask) << 7 | code]) + extended
    return header + (mask + masked(payload, mask) if mask else payload)


def masked(payload, mask):
    if not payload:
        return b""
    pad = (mask * (len(payload) // 4 + 1))[:len(payload)]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(pad, "big")).to_bytes(len(payload), "big")


def close_body(code, reason=b""):
    return struct.pack(">H", code) + reason


class Peer:
    """One TCP connection; `buffer` holds what came and was not yet taken."""

    def __init__(self, port, host="127.0.0.1", seconds=5):
        self.socket = socket.create_connection((host, port), seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer, self.seconds, self.end = b"", seconds, None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # what came before that is still to be read

    def fill(self, deadline):
        """Wait for more bytes. False, with the reason in `end`, when none will come."""
        if self.end:
            return False
        if not select.select([self.socket], [], [], max(0, deadline - time.monotonic()))[0]:
            self.end = "still open"
            return False
        try:
            data = self.socket.recv(1 << 20)
        except ConnectionResetError:
            data, self.end = b"", "reset"
        if not data:
            self.end = self.end or "FIN"
        self.buffer += data
        return bool(data)

    def read_to_end(self, seconds=None):
        deadline = time.monotonic() + (seconds or self.seconds)
        while self.fill(deadline):
            pass
        return self.buffer

    def read_head(self):
        """The answer's status and fields (names in lower case), taken from the buffer."""
        deadline = time.monotonic() + self.seconds
        while b"\r\n\r\n" not in self.buffer and self.fill(deadline):
            pass
        text, found, self.buffer = self.buffer.partition(b"\r\n\r\n")
        status, *lines = text.decode("latin-1").split("\r\n")
        if not found or not status.startswith("HTTP/1.1 "):
            return None, {}
        return status.split(" ")[1], {name.lower(): value.strip() for name, _, value in
                                      (line.partition(":") for line in lines)}

    def read_frame(self):
        """(opcode, payload, fin) or None at the end; a masked frame counts as an end."""
        deadline = time.monotonic() + self.seconds
        while not (parsed := self.parse(self.buffer)) and self.fill(deadline):
            pass
        if not parsed:
            return None
        self.buffer = self.buffer[parsed[3]:]
        return parsed[:3]

    @staticmethod
    def parse(data):
        """How frames are read: here those of a server."""
        return parse(data)

    def message(self):
        """The next data frame's payload; pings are answered on the way."""
        while received := self.read_frame():
            if received[0] == PING:
                self.send(frame(PONG, received[1]))
            elif received[0] in (CONTINUATION, TEXT, BINARY):
                return received[1]
            elif received[0] == CLOSE:
                return None
        return None

    def upgrade(self):
        """Opening handshake; the peer itself, or an error."""
        self.send(head())
        status, fields = self.read_head()
        if status != "101" or fields.get("sec-websocket-accept") != ACCEPT:
            raise ConnectionError(f"no handshake: {status}, {self.end}")
        return self

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def pump(self, chunks, *, read, stall=2.0):
        """Send chunks until they end, the other side ends, or nothing moved for `stall` seconds.

        Reads meanwhile only if asked to. Returns the number of bytes sent.
        """
        sent, data = 0, memoryview(b"")
        chunks = iter(chunks)
        self.socket.setblocking(False)
        try:
            while not self.end:
                if not data:
                    chunk = next(chunks, None)
                    if chunk is None:
                        break
                    data = memoryview(chunk)
                readable, writable, _ = select.select([self.socket] if read else [], [self.socket], [], stall)
                if not readable and not writable:
                    break
                if readable:
                    self.fill(time.monotonic())
                if writable:
                    try:
                        count = self.socket.send(data)
                    except BlockingIOError:
                        continue
                    sent, data = sent + count, data[count:]
        except (BrokenPipeError, ConnectionResetError):
            pass
        finally:
            self.socket.settimeout(self.seconds)
        return sent


def parse(data):
    """(opcode, payload, fin, bytes used) of the first whole unmasked frame, or None."""
    if len(data) < 2:
        return None
    length, start = data[1], 2
    if length == 126 and len(data) >= 4:
        length, start = struct.unpack(">H", data[2:4])[0], 4
    elif length == 127 and len(data) >= 10:
        length, start = struct.unpack(">Q", data[2:10])[0], 10
    elif length >= 126:
        return None
    if len(data) < start + length:
        return None
    return data[0] & 15, data[start:start + length], data[0] >> 7, start + length


def noise(count, seed=7):
    """Bytes that look random and are the same on every run."""
    return random.Random(seed).randbytes(count)
