"""Near-valid streams of frames, each drawn from its number."""

import random

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
SIZES = (0, 1, 2, 5, 124, 125, 126, 127, 300)
LARGE = (65_534, 65_535, 65_536, 70_000)
CODES = (999, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015, 1016, 1100,
         2000, 2999, 3000, 3999, 4000, 4999, 5000, 65_535)
TEXTS = ("", "a", "hello", "\u00e4\u00f6\u00fc", "\u20ac", "\U0001f600", "\u0000\u007f\u0080\u07ff\u0800\uffff",
         "\U00010000\U0010ffff", "\ud7ff\ue000", "caf\u00e9 \u2603 \U0001f680 " * 5)
# What is nearly UTF-8: lone and missing continuations, overlong forms, surrogates, beyond the last character.
BROKEN = (b"\x80", b"\xc3", b"\xc0\x80", b"\xc1\xbf", b"\xe0\x80\x80", b"\xe0\x9f\xbf", b"\xed\xa0\x80", b"\xed\xbf\xbf",
          b"\xf0\x80\x80\x80", b"\xf0\x8f\xbf\xbf", b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xf8\x88\x80\x80\x80",
          b"\xfe", b"\xff", b"\xe2\x82", b"\xf0\x9f\x98", b"\xe2\x28\xa1", b"\xc3\x28", b"\xf0\x28\x8c\xbc")


class Frame:
    """A frame to be: everything of it can be made wrong."""

    def __init__(self, opcode, payload, fin=True, reserved=0, form=None, key=None):
        self.opcode, self.payload, self.fin, self.reserved, self.form, self.key = (
            opcode, payload, fin, reserved, form, key)

    def bytes(self):
        size, mask = len(self.payload), 0x80 if self.key is not None else 0
        form = self.form or (1 if size < 126 else 2 if size < 65_536 else 8)
        first = bytes([(0x80 if self.fin else 0) | self.reserved << 4 | self.opcode])
        if form == 1:
            head = first + bytes([mask | size & 0x7F])
        elif form == 2:
            head = first + bytes([mask | 126]) + (size & 0xFFFF).to_bytes(2, "big")
        else:
            head = first + bytes([mask | 127]) + size.to_bytes(8, "big")
        if self.key is None:
            return head + self.payload
        return head + self.key + masked(self.payload, self.key)


def masked(payload, key):
    size = len(payload)
    pad = int.from_bytes((key * (size // 4 + 1))[:size], "big")
    return (int.from_bytes(payload, "big") ^ pad).to_bytes(size, "big")


def draw(number):
    """The stream of a number: the role of its receiver (0 server, 1 client), and its bytes."""
    source = random.Random(number)
    role = source.getrandbits(1)
    frames = []
    for _ in range(source.randint(1, 5)):
        add_message(frames, source)
    if source.random() < 0.6:
        frames.append(Frame(CLOSE, close_payload(source)))
    if source.random() < 0.1:
        add_message(frames, source)
    if role == 0:
        for frame in frames:
            frame.key = source.randbytes(4)
    mutations = source.choices((0, 1, 2, 3), (25, 40, 20, 15))[0]
    whole = source.randint(0, mutations)
    for _ in range(whole):
        mutate_frame(frames, source)
    data = [frame.bytes() for frame in frames]
    for _ in range(mutations - whole):
        mutate_bytes(data, source)
    return role, b"".join(data)


def add_message(frames, source):
    """A message in one to four frames, with control frames between them."""
    is_text = source.random() < 0.6
    payload = text(source) if is_text else source.randbytes(size(source))
    count = source.choices((1, 2, 3, 4), (60, 20, 10, 10))[0]
    cuts = [0, *sorted(source.randint(0, len(payload)) for _ in range(count - 1)), len(payload)]
    for index in range(count):
        if source.random() < 0.15:
            frames.append(Frame(source.choice((PING, PONG)), source.randbytes(source.choice((0, 1, 4, 125)))))
        opcode = CONTINUATION if index else TEXT if is_text else BINARY
        frames.append(Frame(opcode, payload[cuts[index]:cuts[index + 1]], index == count - 1))


def size(source):
    return source.choice(LARGE) if source.random() < 0.004 else source.choice(SIZES)


def text(source):
    if source.random() < 0.004:
        return b"x" * source.choice(LARGE)
    payload = "".join(source.choice(TEXTS) for _ in range(source.randint(0, 3))).encode("utf-8", "surrogatepass")
    if source.random() < 0.12:
        position = source.randint(0, len(payload))
        payload = payload[:position] + source.choice(BROKEN) + payload[position:]
    return payload


def close_payload(source):
    kind = source.random()
    if kind < 0.15:
        return b""
    if kind < 0.2:
        return source.randbytes(1)
    code = source.choice(CODES) if source.random() < 0.5 else 1000
    reason = text(source)[:source.choice((0, 3, 40, 123))]
    return code.to_bytes(2, "big") + reason


def mutate_frame(frames, source):
    """One thing wrong with a frame, or with the order of frames."""
    index = source.randrange(len(frames))
    frame = frames[index]
    kind = source.randrange(9)
    if kind == 0:
        frame.reserved = source.randint(1, 7)
    elif kind == 1:
        frame.form = source.choice((2, 8)) if len(frame.payload) < 65_536 else 8
    elif kind == 2:
        frame.opcode = source.randrange(16)
    elif kind == 3:
        frame.fin = not frame.fin
    elif kind == 4:
        frame.key = source.randbytes(4) if frame.key is None else None
    elif kind == 5:
        other = source.randrange(len(frames))
        frames[index], frames[other] = frames[other], frames[index]
    elif kind == 6:
        frames.insert(index, frame)
    elif kind == 7 and len(frames) > 1:
        del frames[index]
    else:
        # A control frame that is too long, or a payload that is.
        frame.payload += source.randbytes(source.choice((1, 2, 3, 126)))


def mutate_bytes(data, source):
    """One thing wrong with the bytes of a frame, most often near its head."""
    index = source.randrange(len(data))
    frame = bytearray(data[index])
    if not frame:
        return
    position = source.randrange(min(len(frame), 14) if source.random() < 0.7 else len(frame))
    kind = source.randrange(5)
    if kind <= 1:
        frame[position] ^= 1 << source.randrange(8)
    elif kind == 2:
        del frame[position:position + source.choice((1, 1, 2, 4, 1000))]
    elif kind == 3:
        count = source.choice((1, 2, 4))
        frame[position:position] = frame[position:position + count]
    else:
        frame[position] = source.getrandbits(8)
    data[index] = bytes(frame)
