"""A client on Python's websockets against an echo server: client.py URL [--smoke] [--ca FILE].

One line per case; status 1 if one failed.
"""

import asyncio
import ssl
import sys

from websockets.asyncio.client import connect

LARGE = 16 << 20
CODES = (1000, 1001, 3000, 4999)
TRUST = ssl.create_default_context(cafile=sys.argv[sys.argv.index("--ca") + 1]) if "--ca" in sys.argv else None


def dial(url):
    return connect(url, max_size=None, compression=None, ping_interval=None, ssl=TRUST)


async def echoed(url, message, expected=None):
    async with dial(url) as socket:
        await socket.send(message)
        assert await socket.recv() == (message if expected is None else expected)


async def several(url):
    async with dial(url) as socket:
        for number in range(1000):
            await socket.send(str(number))
        assert [await socket.recv() for _ in range(1000)] == [str(number) for number in range(1000)]


async def pinged(url):
    async with dial(url) as socket:
        await asyncio.wait_for(await socket.ping(b"are you there"), 5)
        await asyncio.wait_for(await socket.ping(bytes(125)), 5)


async def closed(url, code):
    async with dial(url) as socket:
        await socket.close(code, "bye")
    assert (socket.close_code, socket.close_reason) == (code, "bye"), socket.close_code


async def main(url, smoke):
    cases = {
        "text": echoed(url, "h\u00e9llo \u20ac \U0001f600"),
        "empty text": echoed(url, ""),
        "binary": echoed(url, bytes(range(256))),
        "empty binary": echoed(url, b""),
        "16 MiB": None if smoke else echoed(url, bytes(range(256)) * (LARGE // 256)),
        "fragments": echoed(url, ["frag", "", "ment", "ed"], "fragmented"),
        "1,000 messages in a row": several(url),
        "pings": pinged(url),
        **{f"close code {code}": closed(url, code) for code in CODES},
    }
    failed = False
    for name, case in cases.items():
        if not case:
            continue
        try:
            await asyncio.wait_for(case, 60)
            print("ok  ", name)
        except Exception as error:  # whatever a case raises is its failure
            failed = True
            print("FAIL", name, repr(error))
    return failed


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1], "--smoke" in sys.argv)))
