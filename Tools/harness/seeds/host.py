"""A WebSocket server for our clients, which takes no more than one at a time and does only what it is told."""

import base64
import hashlib
import socket
import struct
import time

from harness.wire import CLOSE, PING, Peer, frame, masked

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Host:
    """A port for clients."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(5)
        self.url = f"ws://127.0.0.1:{self.listener.getsockname()[1]}/"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def guest(self):
        """The next client, which has been let in."""
        return Guest(self.listener.accept()[0])


class Guest(Peer):
    """A client of ours: its request, its frames, and what it is sent."""

    def __init__(self, connection):
        self.socket, self.buffer, self.seconds, self.end = connection, b"", 5, None
        deadline = time.monotonic() + self.seconds
        while b"\r\n\r\n" not in self.buffer and self.fill(deadline):
            pass
        text, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        self.request, *lines = text.decode("latin-1").split("\r\n")
        self.fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        accept = base64.b64encode(hashlib.sha1(self.fields["sec-websocket-key"].encode() + GUID).digest()).decode()
        self.send(f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode())

    def say(self, opcode, payload=b""):
        self.send(frame(opcode, payload, mask=None))

    @staticmethod
    def parse(data):
        return parse(data)

    def hear(self):
        """The next frame that is no ping: (opcode, payload)."""
        while received := self.read_frame():
            if received[0] != PING:
                return received[:2]
        raise AssertionError(f"nothing more came: {self.end}")

    def close(self, body=struct.pack(">H", 1000)):
        """Closing handshake from our side, to the end of the stream."""
        self.say(CLOSE, body)
        while (received := self.read_frame()) and received[0] != CLOSE:
            pass
        self.socket.close()
        return received


def parse(data):
    """(opcode, payload, fin, bytes used) of the first whole masked frame, or None."""
    if len(data) < 6:
        return None
    assert data[1] & 0x80, "a frame of a client without a mask"
    length, start = data[1] & 0x7F, 2
    if length >= 126:
        size = 2 if length == 126 else 8
        length, start = int.from_bytes(data[2:2 + size], "big"), 2 + size
    end = start + 4 + length
    if len(data) < end:
        return None
    return data[0] & 15, masked(data[start + 4:end], data[start:start + 4]), data[0] >> 7, end
