"""Peers that spend our memory, descriptors or time: what they cost is read from /proc."""

import contextlib
import itertools
import time

from harness.hostile import Result
from harness.programs import log, server, wait_until
from harness.wire import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Peer, frame, head, noise

MiB = 1 << 20


class Memory:
    """How far the server's resident memory rose above where it stood at the start of the block, at its peak."""

    def __init__(self, target):
        self.server = target.server

    def __enter__(self):
        self.server.forget_peak()
        self.before = self.server.resident()
        return self

    def __exit__(self, *_):
        self.grown = max(0, self.server.peak() - self.before)


def bounded(requirement, name, memory, limit, expected, got):
    """What had to happen, and at what price in memory."""
    return Result(requirement, name, f"{expected}, at most +{limit // MiB} MiB",
                  f"{got}, +{memory.grown / MiB:.1f} MiB", got == expected and memory.grown <= limit)


def others(served):
    return "others served" if served else "others starve"


def code(received):
    return str(int.from_bytes(received[1][:2], "big")) if received and received[0] == CLOSE else f"{received!r:.40}"


def never_reads(target, alive):
    """It sends for ever and reads nothing."""
    message = frame(BINARY, noise(1 << 16))
    total = 32 if target.smoke else 512
    with target.peer() as peer, Memory(target) as memory:
        sent = peer.upgrade().pump(itertools.repeat(message, total * MiB // len(message)), read=False, stall=1.0)
        served = alive()
    yield bounded("R-10.7-2", f"never reads its echoes ({sent // MiB} of {total} MiB taken)", memory, 32 * MiB,
                 "others served", others(served))


def fragments(target, alive):
    for size in (0, 1):
        count = target.limits.fragments + 10_000 if target.smoke else 1_000_000
        piece = frame(CONTINUATION, b"a" * size, fin=False) * 1000
        with target.peer() as peer, Memory(target) as memory:
            pieces = itertools.repeat(piece, count // 1000)
            peer.upgrade().pump(itertools.chain([frame(TEXT, b"a" * size, fin=False)], pieces), read=True)
            received = peer.read_frame()
            peer.read_to_end()
        yield bounded("R-10.4-1", f"{count:,} fragments of {size} bytes", memory, 8 * MiB, "1008", code(received))
    allowed = target.limits.fragments - 1
    with target.peer() as peer:
        peer.upgrade().pump([frame(TEXT, fin=False), frame(CONTINUATION, b"a", fin=False) * (allowed - 1),
                             frame(CONTINUATION, b"a")], read=True)
        message = peer.message()
        yield Result("R-5.4-7", f"{allowed + 1:,} fragments are one message", f"{allowed:,} bytes",
                     f"{len(message or b''):,} bytes", message == b"a" * allowed)


def declared(target, alive):
    with target.peer() as peer, Memory(target) as memory:
        peer.upgrade().send(frame(BINARY, b"x", declared=1 << 62, form=64))
        received = peer.read_frame()
    yield bounded("R-5.2-8", "2^62 bytes announced, one sent", memory, MiB, "1009", code(received))
    largest = frame(BINARY, b"x", declared=target.limits.message, form=64)
    with contextlib.ExitStack() as stack, Memory(target) as memory:
        for _ in range(20):
            stack.enter_context(target.peer()).upgrade().send(largest)
        served = alive()
    yield bounded("R-5.2-8", "20 times the largest message announced, a byte sent", memory, 2 * MiB,
                 "others served", others(served))


def pings(target, alive):
    count = 100_000 if target.smoke else 1_000_000
    for size in (0, 125):
        piece = frame(PING, b"p" * size) * 1000
        with target.peer() as peer, Memory(target) as memory:
            sent = peer.upgrade().pump(itertools.repeat(piece, count // 1000), read=False, stall=1.0)
            served = alive()
        taken = sent * 1000 // len(piece)
        yield bounded("R-5.5.3-1", f"{taken:,} pings of {size} bytes, no pong read", memory, 16 * MiB,
                     "others served", others(served))


def abandoned(target, alive):
    """Connections left at every stage: after TCP, inside the head, open, inside a frame; closed or reset."""
    count = 200 if target.smoke else 2000
    before = settled(target.server)
    stages = (b"", head()[:40], head(), head() + frame(TEXT, b"hello")[:4])
    with Memory(target) as memory:
        for start in range(0, count, 200):
            peers = []
            for number in range(start, start + 200):
                peers.append(target.peer())
                peers[-1].send(stages[number % len(stages)])
            for number, peer in enumerate(peers):
                peer.reset() if number % 8 < 4 else peer.socket.close()
        # Some may not even have been accepted when the last one has gone, so one look is not enough.
        wait_until(lambda: settled(target.server) <= before, 10)
    left = settled(target.server) - before
    yield bounded("R-7-3", f"{count:,} abandoned connections", memory, 16 * MiB, "0 descriptors left",
                 f"{max(0, left)} descriptors left")


def half_open(target, alive):
    """Heads that never end: others are served meanwhile, and the deadline cuts them."""
    limit = target.limits.handshake
    with contextlib.ExitStack() as stack:
        peers = [stack.enter_context(target.peer()) for _ in range(100)]
        start = time.monotonic()
        for peer in peers:
            peer.send(head()[:-2])
        served = alive()
        yield Result("R-7-3", "100 half-open handshakes", "others served", others(served), served)
        if not target.smoke:
            for peer in peers:
                peer.read_to_end(max(0.01, start + limit + 3 - time.monotonic()))
            after, cut = time.monotonic() - start, sum(peer.end == "FIN" for peer in peers)
            yield Result("R-7-3", "100 half-open handshakes end", f"100 cut after {limit:.0f} s",
                         f"{cut} cut after {after:.1f} s", cut == 100 and after > limit - 1)


def lingering(target, alive):
    """A peer that broke a rule and then keeps its side of TCP open."""
    if target.smoke:
        return
    with target.peer() as peer:
        peer.upgrade()
        open_now = settled(target.server)
        peer.send(frame(3))
        start = time.monotonic()
        freed = wait_until(lambda: target.server.descriptors() < open_now, target.limits.close + 5)
        yield Result("R-7-3", "keeps TCP open after a violation", f"freed within {target.limits.close:.0f} s",
                     f"freed after {time.monotonic() - start:.1f} s" if freed else "never", bool(freed))


def settled(server):
    """The number of descriptors, once what earlier cases left has gone."""
    counts = [server.descriptors()]
    while len(counts) < 5 or len(set(counts[-5:])) > 1:
        time.sleep(0.1)
        counts.append(server.descriptors())
    return counts[-1]


def descriptors(target, alive):
    """64 descriptors and 200 clients: idle while exhausted, and back afterwards."""
    command = ["bash", "-c", 'ulimit -n 64; exec "$@"', "bash", *target.command]
    seconds = 1.0 if target.smoke else 5.0
    with server(command, log(f"hostile-{target.limits.name}-descriptors.log")) as small:
        first = Peer(small.port).upgrade()
        crowd = []
        for _ in range(199):
            with contextlib.suppress(TimeoutError):  # the kernel's queue of connections may be full as well
                crowd.append(Peer(small.port, seconds=0.2))
                crowd[-1].send(head())
        time.sleep(0.5)
        before = small.cpu_seconds()
        time.sleep(seconds)
        share = (small.cpu_seconds() - before) / seconds
        yield Result("R-7-3", "200 clients, 64 descriptors", "less than 5 % CPU", f"{share:.1%}", share < 0.05)
        first.send(frame(TEXT, b"still here"))
        echoed = first.message() == b"still here"
        yield Result("R-7-3", "an open connection meanwhile", "served", "served" if echoed else "starves", echoed)
        for peer in [first, *crowd]:
            peer.socket.close()

        def serves_again():
            try:
                with Peer(small.port, seconds=1) as peer:
                    peer.upgrade().send(frame(TEXT, b"back"))
                    return peer.message() == b"back"
            except OSError:
                return False
        back = wait_until(serves_again, 5)
        yield Result("R-7-3", "a new connection afterwards", "served", "served" if back else "refused", bool(back))


def patience(target, alive):
    """The hardened profile waits neither for the end of a message nor for pongs for ever."""
    if target.smoke or not target.limits.patience:
        return
    start = time.monotonic()
    with target.peer(seconds=60) as unfinished, target.peer(seconds=60) as silent:
        unfinished.upgrade().send(frame(TEXT, b"never", fin=False))
        silent.upgrade()
        while (received := unfinished.read_frame()) and received[0] == PING:
            unfinished.send(frame(PONG, received[1]))
        after, limit = time.monotonic() - start, target.limits.patience
        yield Result("R-7-3", "a message never finished", f"1008 within {limit:.0f} s",
                     f"{code(received)} after {after:.1f} s", code(received) == "1008" and after < limit + 2)
        silent.read_to_end()
        after, limit = time.monotonic() - start, target.limits.silence
        yield Result("R-5.5.3-3", "pings never answered", f"ended within {limit:.0f} s",
                     f"{silent.end} after {after:.1f} s", silent.end == "FIN" and after < limit + 2)


def departure(target, alive):
    """SIGTERM: everybody is told 1001, also beside a peer that reads nothing, and the server is gone in two seconds."""
    with server(target.command, log(f"hostile-{target.limits.name}-departure.log")) as leaving:
        deaf, polite = Peer(leaving.port), [Peer(leaving.port) for _ in range(20)]
        with deaf:
            deaf.upgrade().pump(itertools.repeat(frame(BINARY, noise(1 << 16)), 256), read=False, stall=0.3)
            for peer in polite:
                peer.upgrade()
            start = time.monotonic()
            leaving.process.terminate()
            codes = {code(peer.read_frame()) for peer in polite}
            for peer in polite:
                peer.send(frame(CLOSE, b"\x03\xe9"))
            gone = wait_until(lambda: leaving.process.poll() is not None, 5)
            status = f"status {leaving.process.returncode}" if gone else "still there"
            after = time.monotonic() - start
            for peer in polite:
                peer.socket.close()
        yield Result("R-7.4-4", "SIGTERM with 21 connections", "1001, status 0, within 2 s",
                     f"{'/'.join(sorted(codes))}, {status}, after {after:.1f} s",
                     codes == {"1001"} and status == "status 0" and after <= 2)


GROUPS = (never_reads, fragments, declared, pings, abandoned, half_open, lingering, patience, descriptors, departure)
