"""An echo server on Python's websockets or on aiohttp that agrees on permessage-deflate: deflate-server.py LIBRARY.

It prints what each connection has agreed upon.
"""

import asyncio
import sys


def say(*words):
    print(*words, flush=True)


async def with_websockets():
    from websockets.asyncio.server import serve
    from websockets.exceptions import ConnectionClosed
    from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory

    async def handle(socket):
        say("agreed", socket.response.headers.get("Sec-WebSocket-Extensions"))
        try:
            async for message in socket:
                await socket.send(message)
        except ConnectionClosed as error:
            say("closed", error)

    async with serve(handle, "127.0.0.1", 0, compression=None, extensions=[ServerPerMessageDeflateFactory()],
                     max_size=None, ping_interval=None) as server:
        say(f"listening ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        await asyncio.get_running_loop().create_future()


async def with_aiohttp():
    from aiohttp import WSMsgType, web

    async def handle(request):
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        say("agreed", socket.headers.get("Sec-WebSocket-Extensions"))
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                await socket.send_str(message.data)
            elif message.type == WSMsgType.BINARY:
                await socket.send_bytes(message.data)
        return socket

    application = web.Application()
    application.router.add_get("/", handle)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    say(f"listening ws://127.0.0.1:{runner.addresses[0][1]}/")
    await asyncio.get_running_loop().create_future()


asyncio.run({"websockets": with_websockets, "aiohttp": with_aiohttp}[sys.argv[1]]())
