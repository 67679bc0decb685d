"""What is no example: the demo, the conformance suite, Node's ws at the other end, and the project's papers."""

import os
import re
import shutil
import subprocess
import sys

from harness import pages
from harness.browser import browser, installed
from harness.programs import NOT_RUN, ROOT, log, server
from harness.seeds import NotRun, expect, shows
from harness.seeds.example import PROGRAMS, serving, started


@shows("S-01", "S-60", "S-139")
def client_and_server_in_one_process():
    with started("wsdemo", "--once") as demo:
        demo.prints("self-check passed", seconds=20)
        demo.ends()


@shows("S-61", "S-102")
def conformance():
    for role in ("server", "client"):
        done = subprocess.run(
            [sys.executable, ROOT / "Tools/autobahn", role, "--cases", "1.1.*", "--program", PROGRAMS / "wsecho",
             "--out", log(f"seeds/autobahn-{role}")], capture_output=True, text=True, timeout=120)
        if done.returncode == NOT_RUN:
            raise NotRun("the Autobahn suite is not to be had here")
        expect(done.returncode, 0)


@shows("S-140")
def nodes_ws_at_the_other_end():
    modules = "/usr/share/nodejs"
    if not shutil.which("node") or not os.path.isdir(f"{modules}/ws"):
        raise NotRun("Node's ws is not to be had here")
    environment = os.environ | {"NODE_PATH": modules}
    with server(["node", ROOT / "Tools/peers.d/server.js"], log("seeds/node-server.log"), env=environment) as peer:
        with started("send-text", peer.url) as client:
            client.prints("received: something\n")
        with started("round-trip-time", peer.url) as client:
            client.prints("Round-trip time: ")
        with started("stream", peer.url, stdin=subprocess.PIPE) as client:
            client.input("through Node\n")
            client.prints("through Node\n")
    script = """
        const { WebSocket } = require('ws');
        const socket = new WebSocket(process.argv[1]);
        socket.on('message', data => { console.log(String(data)); socket.send('hello'); socket.close(); });
        """
    with serving("simple-server") as example:
        done = subprocess.run(["node", "-e", script, example.url], capture_output=True, text=True, timeout=20,
                              env=environment)
        expect((done.returncode, done.stdout), (0, "something\n"))
        example.prints("received: hello")


@shows("S-97", "S-130")
def a_browser_as_the_client():
    if not installed():
        raise NotRun("Chromium is not to be had here")
    with browser() as window:
        pages.browser_client(window)
        expect(window.complaints, [])


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


@shows("S-100", "S-135")
def papers():
    assert text("LICENSE").startswith("MIT License"), "another licence"
    assert re.search(r"^## ", text("CHANGELOG.md"), re.M), "no versions in the changelog"
    assert "Tools/demo" in text("README.md") and "let package" in text("Package.swift")


@shows("S-128")
def nothing_else_to_install():
    assert ".package(" not in text("Package.swift"), "the package has dependencies"
