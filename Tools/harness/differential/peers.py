"""What wsproto and websockets make of a stream, in the words of wsjudge."""

import logging
import zlib

from websockets.frames import Opcode
from websockets.protocol import CLIENT, OPEN, SERVER, Protocol
from wsproto import connection as wsproto
from wsproto import events

logging.getLogger("websockets").setLevel(logging.CRITICAL)


def message(is_text, data):
    return f"{'text' if is_text else 'binary'}:{len(data)}:{zlib.crc32(data):x}"


def judge_wsproto(role, data):
    """The events of wsproto's connection, which hands out messages in pieces."""
    connection = wsproto.Connection(wsproto.CLIENT if role else wsproto.SERVER)
    found, parts = [], []
    try:
        connection.receive_data(data)
        for event in connection.events():
            if isinstance(event, events.Message):
                is_text = isinstance(event, events.TextMessage)
                parts.append(event.data.encode() if is_text else event.data)
                if event.message_finished:
                    found.append(message(is_text, b"".join(parts)))
                    parts = []
            elif isinstance(event, events.Ping):
                found.append(f"ping:{event.payload.hex()}")
            elif isinstance(event, events.Pong):
                found.append(f"pong:{event.payload.hex()}")
            elif connection.state is wsproto.ConnectionState.OPEN:
                return [*found, f"fail:{int(event.code)}"]
            else:
                return [*found, f"close:{int(event.code)}:{(event.reason or '').encode().hex()}"]
    except Exception as error:  # what it does not expect of a peer is a finding too
        found.append(f"exception:{type(error).__name__}")
    return found


def judge_websockets(role, data):
    """The frames of websockets' protocol, put together and decoded as its connections do."""
    protocol = Protocol(CLIENT if role else SERVER, state=OPEN, max_size=None)
    found, parts, is_text = [], [], False
    try:
        protocol.receive_data(data)
        for frame in protocol.events_received():
            if frame.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
                if frame.opcode is not Opcode.CONT:
                    is_text = frame.opcode is Opcode.TEXT
                parts.append(bytes(frame.data))
                if frame.fin:
                    whole, parts = b"".join(parts), []
                    if is_text:
                        try:
                            whole.decode()
                        except UnicodeDecodeError:
                            return [*found, "fail:1007"]
                    found.append(message(is_text, whole))
            elif frame.opcode is Opcode.PING:
                found.append(f"ping:{bytes(frame.data).hex()}")
            elif frame.opcode is Opcode.PONG:
                found.append(f"pong:{bytes(frame.data).hex()}")
            else:
                close = protocol.close_rcvd
                return [*found, f"close:{int(close.code)}:{close.reason.encode().hex()}"]
        if protocol.parser_exc is not None:
            found.append(f"fail:{int(protocol.close_sent.code)}")
    except Exception as error:
        found.append(f"exception:{type(error).__name__}")
    return found


JUDGES = {"wsproto": judge_wsproto, "websockets": judge_websockets}


def comparable(event):
    """An event without the rule, which only we name."""
    return ":".join(event.split(":")[:2]) if event.startswith("fail:") else event


def same(ours, theirs):
    return len(ours) == len(theirs) and all(map(lambda left, right: comparable(left) == right, ours, theirs))


def kind(event):
    """An event without what differs from stream to stream."""
    words = event.split(":")
    return words[0] if words[0] in ("text", "binary", "ping", "pong") else ":".join(words[:2 if words[0] == "close" else 3])


def difference(ours, theirs):
    """The first event that is not the same, of each."""
    for index in range(max(len(ours), len(theirs))):
        left = ours[index] if index < len(ours) else "nothing"
        right = theirs[index] if index < len(theirs) else "nothing"
        if comparable(left) != right:
            return kind(left), kind(right)
    return "nothing", "nothing"
