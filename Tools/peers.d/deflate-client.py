"""Clients on Python's websockets and on aiohttp that agree on permessage-deflate with an echo server in every way they
can, and have messages of many kinds echoed: deflate-client.py URL {websockets|aiohttp}.

One line per combination; status 1 if one failed.
"""

import asyncio
import itertools
import random
import sys

TAKEOVER = list(itertools.product((False, True), repeat=2))  # server's, client's messages on their own
BITS = [(None, True), (10, True), (None, 10), (9, 12), (15, 15), (8, 9)]  # of the server, of the client


def messages():
    noise = random.Random(1)
    yield from ("", "a", "h\u00e9llo \u20ac \U0001f600", "", "again and again " * 8, "again and again " * 8)
    yield from (b"", b"\0", bytes(126), bytes(70_000), noise.randbytes(1000), noise.randbytes(66_000))
    words = [noise.randbytes(5).hex() for _ in range(300)]
    yield " ".join(noise.choice(words) for _ in range(30_000))
    yield "after all that"


async def with_websockets(url):
    from websockets.asyncio.client import connect
    from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

    async def run(takeover, bits):
        factory = ClientPerMessageDeflateFactory(*takeover, *bits)
        async with connect(url, compression=None, extensions=[factory], max_size=None, ping_interval=None) as socket:
            [extension] = socket.protocol.extensions
            assert extension.remote_no_context_takeover >= takeover[0]
            assert bits[0] is None or extension.remote_max_window_bits <= bits[0]
            for message in messages():
                await socket.send(message)
                assert await socket.recv() == message
            await socket.send(["frag", "", "ment", "ed " * 1000])
            assert await socket.recv() == "fragmented " + "ed " * 999

    for takeover, bits in itertools.product(TAKEOVER, BITS):
        yield f"no takeover {takeover}, bits {bits}", run(takeover, bits)


async def with_aiohttp(url):
    import aiohttp

    async def run(bits):
        async with aiohttp.ClientSession() as session, session.ws_connect(url, compress=bits, max_msg_size=0) as socket:
            assert socket.compress
            for message in messages():
                await (socket.send_str if isinstance(message, str) else socket.send_bytes)(message)
                assert (await socket.receive()).data == message

    for bits in range(9, 16):
        yield f"bits {bits}", run(bits)


async def main(url, library):
    failed = False
    async for name, case in {"websockets": with_websockets, "aiohttp": with_aiohttp}[library](url):
        try:
            await asyncio.wait_for(case, 60)
            print("ok  ", name)
        except Exception as error:  # whatever a case raises is its failure
            failed = True
            print("FAIL", name, repr(error))
    return failed


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*sys.argv[1:3])))
