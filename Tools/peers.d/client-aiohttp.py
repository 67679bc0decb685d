"""A client on aiohttp against an echo server: client-aiohttp.py URL [--smoke] [--ca FILE].

One line per case; status 1 if one failed.
"""

import asyncio
import contextlib
import ssl
import sys

import aiohttp

LARGE = 16 << 20
CODES = (1000, 1001, 3000, 4999)
TRUST = ssl.create_default_context(cafile=sys.argv[sys.argv.index("--ca") + 1]) if "--ca" in sys.argv else True


@contextlib.asynccontextmanager
async def dial(url):
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url, max_msg_size=0, compress=0, autoping=False, ssl=TRUST) as socket:
            yield socket


async def echoed(url, message):
    async with dial(url) as socket:
        await (socket.send_str if isinstance(message, str) else socket.send_bytes)(message)
        assert (await socket.receive()).data == message


async def several(url):
    async with dial(url) as socket:
        for number in range(1000):
            await socket.send_str(str(number))
        assert [(await socket.receive()).data for _ in range(1000)] == [str(number) for number in range(1000)]


async def pinged(url):
    async with dial(url) as socket:
        for payload in (b"are you there", bytes(125)):
            await socket.ping(payload)
            answer = await socket.receive()
            assert answer.type == aiohttp.WSMsgType.PONG and answer.data == payload, answer


async def closed(url, code):
    async with dial(url) as socket:
        await socket.close(code=code, message=b"bye")
        assert socket.close_code == code, socket.close_code


async def main(url, smoke):
    cases = {
        "text": echoed(url, "h\u00e9llo \u20ac \U0001f600"),
        "empty text": echoed(url, ""),
        "binary": echoed(url, bytes(range(256))),
        "empty binary": echoed(url, b""),
        "16 MiB": None if smoke else echoed(url, bytes(range(256)) * (LARGE // 256)),
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
