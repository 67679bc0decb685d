"""The example of a client behind a proxy."""

import base64
import socket
import threading

from harness.seeds import expect, shows
from harness.seeds.example import serving, started


class Proxy:
    """A proxy for one client, and what it was asked."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(5)
        self.port = self.listener.getsockname()[1]
        self.asked = []

    def serve(self):
        client = self.listener.accept()[0]
        text = b""
        while b"\r\n\r\n" not in text:
            text += client.recv(4096)
        self.asked = text.decode("latin-1").split("\r\n")
        host, _, port = self.asked[0].split(" ")[1].partition(":")
        server = socket.create_connection((host, int(port)), 5)
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        threading.Thread(target=self.copy, args=(server, client), daemon=True).start()
        self.copy(client, server)

    @staticmethod
    def copy(source, destination):
        try:
            while data := source.recv(4096):
                destination.sendall(data)
            destination.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # one of the two has gone


@shows("S-95", "S-125")
def a_tunnel_through_a_proxy():
    proxy = Proxy()
    threading.Thread(target=proxy.serve, daemon=True).start()
    with serving("simple-server") as server:
        with started("through-a-proxy", server.url, f"http://user:password@127.0.0.1:{proxy.port}") as client:
            client.prints("received: something\n")
            server.prints("received: something\n")
    proxy.listener.close()
    expect(proxy.asked[0], f"CONNECT 127.0.0.1:{server.port} HTTP/1.1")
    token = base64.b64encode(b"user:password").decode()
    assert f"Proxy-Authorization: Basic {token}" in proxy.asked, f"no credentials: {proxy.asked}"
