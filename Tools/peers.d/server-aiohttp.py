"""A server on aiohttp for wscat to talk to. What it does depends on the path; what it sees, it prints.

/ echoes; /once echoes one message, then closes; /fragments sends one message in pieces; /ping pings;
/close/CODE/REASON closes. With a certificate and a key, over TLS: server-aiohttp.py [CERT KEY]
"""

import asyncio
import ssl
import sys

from aiohttp import WSMsgType, web


def say(*words):
    print(*words, flush=True)


async def handle(request):
    path = request.path
    socket = web.WebSocketResponse(max_msg_size=0, compress=False, autoping=False, protocols=["chat"])
    await socket.prepare(request)
    say("open", path, socket.ws_protocol, request.headers.get("Origin"), request.headers.get("X-Test"))
    if path == "/fragments":
        await socket.send_str("fragmented")
    elif path == "/ping":
        await socket.ping(b"are you there")
    elif path.startswith("/close/"):
        _, _, code, reason = path.split("/")
        await socket.close(code=int(code), message=reason.encode())
    reason = b""
    while not socket.closed:
        message = await socket.receive()
        if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
            say(message.type.name.lower(), len(message.data), message.data[:40])
            await (socket.send_str if message.type == WSMsgType.TEXT else socket.send_bytes)(message.data)
            if path == "/once":
                await socket.close()
        elif message.type == WSMsgType.PING:
            say("ping", bytes(message.data).decode())
            await socket.pong(message.data)
        elif message.type == WSMsgType.PONG:
            say("pong", bytes(message.data).decode())
        elif message.type == WSMsgType.CLOSE:
            reason = message.extra
    say("closed", socket.close_code, reason if isinstance(reason, str) else bytes(reason or b"").decode())
    return socket


async def main():
    identity = None
    if len(sys.argv) > 1:
        identity = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        identity.load_cert_chain(*sys.argv[1:])
    application = web.Application()
    application.router.add_get("/{path:.*}", handle)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=identity)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    say(f"listening {'wss' if identity else 'ws'}://127.0.0.1:{port}/")
    await asyncio.get_running_loop().create_future()


asyncio.run(main())
