"""The examples with compression."""

import json
import subprocess
import time
import zlib

from harness.programs import log, server
from harness.seeds import example, expect, shows
from harness.seeds.example import serving, started
from harness.seeds.host import Host
from harness.seeds.servers import visit
from harness.wire import TEXT, frame

OFFER = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"


def echoed(peer, text):
    """Whether what comes back is compressed; checks that it is the same."""
    peer.send(frame(TEXT, text))
    peer.fill(time.monotonic() + peer.seconds)
    is_compressed = bool(peer.buffer[0] & 0x40)
    payload = peer.read_frame()[1]
    expect(zlib.decompressobj(-10).decompress(payload + b"\0\0\xff\xff") if is_compressed else payload, text)
    return is_compressed


@shows("S-87", "S-91", "S-116")
def options_decide_what_is_compressed():
    with serving("compressing-server") as server:
        peer, status, fields = visit(server, "/", OFFER)
        with peer:
            expect(status, "101")
            expect({parameter.strip() for parameter in fields["sec-websocket-extensions"].split(";")},
                   {"permessage-deflate", "server_no_context_takeover", "client_no_context_takeover",
                    "server_max_window_bits=10"})
            for length, is_compressed in ((2000, True), (100, False), (1024, True), (1023, False)):
                expect(echoed(peer, b"compress " * (length // 9) + b"!" * (length % 9)), is_compressed)


@shows("S-88", "S-118")
def a_client_without_compression():
    with Host() as host, started("uncompressed-client", host.url):
        assert "sec-websocket-extensions" not in host.guest().fields, "offers an extension"
    with serving("compressing-server") as server, started("uncompressed-client", server.url) as client:
        client.prints("received: something\n")


@shows("S-86")
def a_client_offers_compression():
    with Host() as host, started("send-text", host.url):
        expect(host.guest().fields["sec-websocket-extensions"], "permessage-deflate; client_max_window_bits")


@shows("S-85")
def a_server_uses_none_by_default():
    with serving("simple-server") as server:
        peer, status, fields = visit(server, "/", OFFER)
        with peer:
            expect((status, fields.get("sec-websocket-extensions")), ("101", None))


@shows("S-129")
def load_with_compression():
    with server([example.PROGRAMS / "wsecho", "--port", "0", "--deflate"], log("seeds/wsecho.log")) as peer:
        done = subprocess.run(
            [example.PROGRAMS / "wsbench", "load", "--url", peer.url, "--server-pid", str(peer.process.pid), "--deflate",
             "--conns", "20", "--size", "1000", "--payload", "json", "--messages", "200", "--json"],
            capture_output=True, text=True, timeout=60)
    expect(done.returncode, 0)
    figures = json.loads(done.stdout)
    expect((figures["lost"], figures["wrong"]), (0, 0))
    assert figures["wire_bytes"] < figures["size"] and figures["server_rss_kb"] > 0, figures
