"""Compressed messages that become much longer than they came (RFC 7692 §8)."""

import zlib

from harness.hostile.resources import Memory, bounded, code, others
from harness.programs import log, server
from harness.wire import BINARY, CONTINUATION, Peer, frame, head, noise

KiB, MiB = 1 << 10, 1 << 20
OFFER = "Sec-WebSocket-Extensions: permessage-deflate"


class Bombed:
    """A server that compresses, in the place of the one the other cases share."""

    def __init__(self, peer):
        self.server = peer

    def peer(self):
        """A connection that has agreed on compression."""
        peer = Peer(self.server.port, seconds=60)
        peer.send(head(OFFER))
        status, fields = peer.read_head()
        if status != "101" or "permessage-deflate" not in fields.get("sec-websocket-extensions", ""):
            raise ConnectionError(f"no compression: {status}")
        return peer


def zeros(count):
    """Zeros, compressed, as often as asked: `count` pieces of 16 MiB each."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    pieces = [compressor.compress(bytes(16 * MiB)) + compressor.flush(zlib.Z_SYNC_FLUSH) for _ in range(2)]
    # From the second on each refers to zeros before it, and so they are all the same.
    return pieces[0] + pieces[1] * (count - 1)


def deflated(data):
    compressor = zlib.compressobj(6, zlib.DEFLATED, -15)
    return (compressor.compress(data) + compressor.flush(zlib.Z_SYNC_FLUSH))[:-4]


def bombs(target, alive):
    """Each costs what the longest message costs, and a context (D-7.2.2-8)."""
    limit = target.limits.message
    bomb = zeros(16 if target.smoke else 64)
    size = f"{(16 if target.smoke else 64) * 16} MiB of zeros"
    with server([*target.command, "--deflate"], log(f"hostile-{target.limits.name}-bombs.log")) as peer:
        bombed = Bombed(peer)
        # What a server takes once is not the bomb's: memory to read into, to decompress into, and for an echo.
        with bombed.peer() as first:
            first.send(frame(BINARY, deflated(noise(700 * KiB)), rsv=4))
            first.message()
        with bombed.peer() as one, Memory(bombed) as memory:
            one.pump([frame(BINARY, bomb, rsv=4)], read=True)
            received = one.read_frame()
        result = bounded("D-7.2.2-8", f"{size} in a frame of {len(bomb):,} bytes", memory, limit + 64 * KiB, "1009", code(received))
        yield result
        step = max(1, len(bomb) // 10_000)
        pieces = [bomb[start:start + step] for start in range(0, len(bomb), step)]
        with bombed.peer() as spread, Memory(bombed) as memory:
            spread.pump([frame(BINARY, pieces[0], rsv=4, fin=False)] +
                        [frame(CONTINUATION, piece, fin=False) for piece in pieces[1:]], read=True)
            received = spread.read_frame()
        yield bounded("D-7.2.2-8", f"{size} in {len(pieces):,} frames", memory, limit + 64 * KiB, "1009", code(received))
        # Final blocks of ten bits: hardly any output, much work.
        with bombed.peer() as busy, Memory(bombed) as memory:
            busy.pump([frame(BINARY, b"\x03\x00" * (200 * KiB), rsv=4)], read=True)
            served = alive()
            received = busy.read_frame()
        yield bounded("D-7.2.2-4", "200,000 final blocks without content", memory, MiB, "others served", others(served))
