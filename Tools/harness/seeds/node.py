"""Every example with Node's ws at the other end."""

import contextlib
import itertools
import json
import os
import pathlib
import shutil
import subprocess
import threading

from harness.programs import ROOT, log, running, server
from harness.seeds import NotRun, expect, shows
from harness.seeds.example import Example, reading, serving, started
from harness.seeds.proxy import Proxy
from harness.seeds.secure import identity
from harness.seeds.servers import fetch

PROGRAMS = ROOT / "Tools/peers.d"
MODULES = pathlib.Path("/usr/share/nodejs")
NUMBERS = itertools.count(1)


class Visitor(Example):
    """A client on Node's ws."""

    def say(self, *orders):
        for order in orders:
            self.input(order + "\n")


@contextlib.contextmanager
def visiting(url, **options):
    """A client whose connection is open, or was refused."""
    output = log(f"seeds/visitor-{next(NUMBERS)}.log")
    command = ["node", PROGRAMS / "visitor.js", url, json.dumps(options)]
    with running(command, output, stdin=subprocess.PIPE, env=os.environ | {"NODE_PATH": str(MODULES)}) as process:
        visitor = Visitor(process, output)
        visitor.prints("o", seconds=10)  # of open, or of error
        yield visitor


def examples_that_are_clients():
    environment = os.environ | {"NODE_PATH": str(MODULES)}
    output = log("seeds/node-server.log")
    with server(["node", PROGRAMS / "server.js"], output, env=environment) as peer:
        seen = Example(peer.process, output)
        for name in ("send-text", "uncompressed-client"):
            with started(name, peer.url) as client:
                client.prints("received: something\n")
        with started("send-binary", peer.url):
            seen.prints("binary 20 ")
        with started("event-target", peer.url) as client:
            client.prints("Message from server Hello Server!\n")
        with started("round-trip-time", peer.url) as client:
            client.prints("connected\n")
            client.prints("Round-trip time: ", 2)
        with reading("stream", peer.url) as client:
            client.input("through Node\n")
            client.prints("through Node\n")
            client.input()
            client.ends()
        with started("jsh-client", peer.url) as client:
            client.ends()
            expect(client.printed(), "websocket open\ntest message\nwebsocket closed\n")
        with started("heartbeat-client", peer.url + "ping", 1000) as client:
            seen.prints("pong are you there")
            client.lives()
            client.prints("closed: 1006\n")
            client.ends()
        proxy = Proxy()
        threading.Thread(target=proxy.serve, daemon=True).start()
        with started("through-a-proxy", peer.url, f"http://127.0.0.1:{proxy.port}") as client:
            client.prints("received: something\n")
        proxy.listener.close()


def examples_that_greet():
    with serving("simple-server") as example, visiting(example.url) as visitor:
        visitor.prints("text something\n")
        visitor.say("text hello", "close")
        example.prints("received: hello")
        visitor.prints("closed 1000\n")
        visitor.ends()
    with serving("external-server") as example, visiting(example.url) as visitor:
        visitor.prints("text something\n")
        visitor.say("text hello")
        example.prints("received: hello")
    with identity() as (cert, key), serving("secure-server", cert, key) as example:
        with visiting(f"wss://localhost:{example.port}/", ca=cert.read_text()) as visitor:
            visitor.say("text hello")
            example.prints("received: hello")
    with serving("several-servers") as example:
        for path in ("foo", "bar"):
            with visiting(example.url + path) as visitor:
                visitor.prints(f"text this is {path}\n")
        with visiting(example.url + "baz") as visitor:
            visitor.prints("closed 1006\n")
    with serving("browser-client") as example, visiting(example.url) as visitor:
        visitor.say("text Hello Server!")
        example.prints("received: Hello Server!")
        visitor.prints("text Hello Browser!\n")
    with serving("client-address") as example, visiting(example.url, headers={"X-Forwarded-For": "203.0.113.7, 10.0.0.1"}):
        example.prints("connected: 127.0.0.1, client: 203.0.113.7")


def examples_that_pass_on():
    with serving("httpecho") as example, visiting(example.url) as visitor:
        visitor.say("text hello", "binary 00ff")
        visitor.prints("text hello\nbinary 00ff\n")
    for name, copies in (("broadcast", 1), ("broadcast-others", 0)):
        with serving(name) as example, visiting(example.url) as first, visiting(example.url) as second:
            first.say("text x", "binary 00ff")
            second.prints("text x\nbinary 00ff\n")
            second.say("text last")
            first.prints("text last\n")
            expect(first.printed().count("text x\n"), copies)
    with serving("compressing-server") as example, visiting(example.url) as visitor:
        visitor.prints("permessage-deflate")
        text = "compress " * 300
        visitor.say(f"text {text}")
        visitor.prints(f"text {text}\n")
    with serving("jsh-server") as example:
        with visiting(f"{example.url}ws?token=allow", protocols=["chat", "machbase.rpc"]) as visitor:
            visitor.prints("open machbase.rpc")
            visitor.say("text hi")
            visitor.prints("text echo:hi\n")


def examples_that_keep_watch():
    with serving("client-authentication") as example:
        with visiting(f"{example.url}?token=secret") as visitor:
            visitor.say("text hi")
            example.prints("Received message hi from user alice")
        with visiting(f"{example.url}?token=guess") as visitor:
            visitor.prints("error Unexpected server response: 401\n")
    with serving("session") as example:
        with visiting(example.url) as visitor:
            visitor.prints("error Unexpected server response: 401\n")
        cookie = fetch(example, "/login", "POST")[1]["set-cookie"].partition(";")[0]
        with visiting(example.url, headers={"Cookie": cookie}) as visitor:
            visitor.say("text hello")
            example.prints("Received message hello from user user-1")
    with serving("heartbeat-server", 200) as example, visiting(example.url) as visitor:
        visitor.prints("ping\n", 4)
        visitor.lives()
        visitor.say("close")
        example.prints("closed: 1000, 0 left")
    with serving("server-stats") as example, visiting(example.url) as visitor:
        visitor.prints("text {", 5)
        visitor.say("close")
        example.prints("stopping client interval")


@shows("S-140")
def nodes_ws_at_the_other_end():
    if not shutil.which("node") or not (MODULES / "ws").is_dir():
        raise NotRun("Node's ws is not to be had here")
    examples_that_are_clients()
    examples_that_greet()
    examples_that_pass_on()
    examples_that_keep_watch()
