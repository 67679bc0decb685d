"""A server on Python's websockets for wscat to talk to. What it does depends on the path; what it sees, it prints.

/ echoes; /once echoes one message, then closes; /fragments sends one message in pieces; /ping pings;
/close/CODE/REASON closes. With a certificate and a key, over TLS: server.py [CERT KEY]
"""

import asyncio
import ssl
import sys
import urllib.parse

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.frames import Opcode


def say(*words):
    print(*words, flush=True)


class Connection(ServerConnection):
    """Pings are answered below the interface; this shows them."""

    def process_event(self, event):
        if getattr(event, "opcode", None) in (Opcode.PING, Opcode.PONG):
            say(event.opcode.name.lower(), bytes(event.data).decode())
        super().process_event(event)


async def handle(socket):
    path = urllib.parse.unquote(socket.request.path)
    headers = socket.request.headers
    say("open", path, socket.subprotocol, headers.get("Origin"), headers.get("X-Test"))
    try:
        if path == "/fragments":
            await socket.send(["frag", "ment", "ed"])
        elif path == "/ping":
            await socket.ping("are you there")
        elif path.startswith("/close/"):
            _, _, code, reason = path.split("/")
            await socket.close(int(code), reason)
        async for message in socket:
            say("text" if isinstance(message, str) else "binary", len(message), message[:40])
            await socket.send(message)
            if path == "/once":
                await socket.close()
    except ConnectionClosed:
        pass
    say("closed", socket.close_code, socket.close_reason)


async def main():
    identity = None
    if len(sys.argv) > 1:
        identity = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        identity.load_cert_chain(*sys.argv[1:])
    async with serve(handle, "127.0.0.1", 0, create_connection=Connection, max_size=None, compression=None,
                     ping_interval=None, ssl=identity, subprotocols=["chat"],
                     select_subprotocol=lambda _, offered: offered[0] if offered else None) as server:
        say(f"listening {'wss' if identity else 'ws'}://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        await asyncio.get_running_loop().create_future()


asyncio.run(main())
