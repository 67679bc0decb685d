"""A client on one of Python's libraries against an echo server: client.py URL [--library NAME] [--smoke] [--ca FILE].

NAME is websockets, which is also meant without it, aiohttp or websocket-client. One line per case; status 1 if one failed.
"""

import argparse
import asyncio
import ssl
import sys

LARGE = 16 << 20
CODES = (1000, 1001, 3000, 4999)


class Websockets:
    """Python's websockets."""

    async def open(self, url, trust):
        from websockets.asyncio.client import connect
        self.socket = await connect(url, max_size=None, compression=None, ping_interval=None, ssl=trust)

    async def send(self, message):
        await self.socket.send(message)

    async def fragments(self, parts):
        await self.socket.send(parts)

    async def receive(self):
        return await self.socket.recv()

    async def ping(self, payload):
        await asyncio.wait_for(await self.socket.ping(payload), 5)

    async def close(self, code, reason):
        await self.socket.close(code, reason)
        assert self.socket.close_reason == reason, self.socket.close_reason
        return self.socket.close_code


class Aiohttp:
    """aiohttp, which cannot send fragments."""

    async def open(self, url, trust):
        import aiohttp
        self.pong = aiohttp.WSMsgType.PONG
        self.session = aiohttp.ClientSession()
        self.socket = await self.session.ws_connect(url, max_msg_size=0, compress=0, autoping=False, ssl=trust or True)

    async def send(self, message):
        await (self.socket.send_str if isinstance(message, str) else self.socket.send_bytes)(message)

    async def receive(self):
        return (await self.socket.receive()).data

    async def ping(self, payload):
        await self.socket.ping(payload)
        answer = await self.socket.receive()
        assert answer.type == self.pong and answer.data == payload, answer

    async def close(self, code, reason):
        await self.socket.close(code=code, message=reason.encode())
        await self.session.close()
        return self.socket.close_code


class WebsocketClient:
    """websocket-client, whose calls block."""

    async def open(self, url, trust):
        import websocket
        self.library = websocket
        self.socket = await asyncio.to_thread(websocket.create_connection, url, timeout=30, sslopt={"context": trust})

    async def send(self, message):
        send = self.socket.send if isinstance(message, str) else self.socket.send_binary
        await asyncio.to_thread(send, message)

    async def fragments(self, parts):
        frame = self.library.ABNF.create_frame
        for index, part in enumerate(parts):
            opcode = self.library.ABNF.OPCODE_CONT if index else self.library.ABNF.OPCODE_TEXT
            self.socket.send_frame(frame(part.encode(), opcode, fin=int(index == len(parts) - 1)))

    async def receive(self):
        return await asyncio.to_thread(self.socket.recv)

    async def ping(self, payload):
        self.socket.ping(payload)
        frame = await asyncio.to_thread(self.socket.recv_frame)
        assert frame.opcode == self.library.ABNF.OPCODE_PONG and frame.data == payload, frame

    async def close(self, code, reason):
        """By hand: its own close does not say what the server answers."""
        self.socket.send_close(code, reason.encode())
        frame = await asyncio.to_thread(self.socket.recv_frame)
        self.socket.shutdown()
        assert frame.opcode == self.library.ABNF.OPCODE_CLOSE and frame.data[2:] == reason.encode(), frame
        return int.from_bytes(frame.data[:2], "big")


LIBRARIES = {"websockets": Websockets, "aiohttp": Aiohttp, "websocket-client": WebsocketClient}


async def echoed(socket, message):
    await socket.send(message)
    assert await socket.receive() == message


async def assembled(socket):
    await socket.fragments(["frag", "", "ment", "ed"])
    assert await socket.receive() == "fragmented"


async def several(socket):
    for number in range(1000):
        await socket.send(str(number))
    assert [await socket.receive() for _ in range(1000)] == [str(number) for number in range(1000)]


async def pinged(socket):
    for payload in (b"are you there", bytes(125)):
        await socket.ping(payload)


async def rest(socket):
    """Nothing but the close that ends each case."""


def cases(library, smoke):
    """Name -> what is done with an open socket, and the code to close with."""
    yield "text", lambda socket: echoed(socket, "h\u00e9llo \u20ac \U0001f600"), 1000
    yield "empty text", lambda socket: echoed(socket, ""), 1000
    yield "binary", lambda socket: echoed(socket, bytes(range(256))), 1000
    yield "empty binary", lambda socket: echoed(socket, b""), 1000
    if not smoke:
        yield "16 MiB", lambda socket: echoed(socket, bytes(range(256)) * (LARGE // 256)), 1000
    if hasattr(library, "fragments"):
        yield "fragments", assembled, 1000
    yield "1,000 messages in a row", several, 1000
    yield "pings", pinged, 1000
    for code in CODES:
        yield f"close code {code}", rest, code


async def run(library, url, trust, case, code):
    socket = library()
    await socket.open(url, trust)
    await case(socket)
    closed = await socket.close(code, "bye")
    assert closed == code, closed


async def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--library", choices=LIBRARIES, default="websockets")
    parser.add_argument("--smoke", action="store_true", help="leave out the message of 16 MiB")
    parser.add_argument("--ca", metavar="FILE", help="whom to trust")
    options = parser.parse_args()
    library, trust = LIBRARIES[options.library], ssl.create_default_context(cafile=options.ca) if options.ca else None
    failed = False
    for name, case, code in cases(library, options.smoke):
        try:
            await asyncio.wait_for(run(library, options.url, trust, case, code), 60)
            print("ok  ", name)
        except Exception as error:  # whatever a case raises is its failure
            failed = True
            print("FAIL", name, repr(error))
    return failed


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
