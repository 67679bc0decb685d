"""The cases of Tools/hostile: heads, frames, resources.

A group is a generator function that takes a Target and yields a Result per case.
"""

import dataclasses

from harness.programs import Server
from harness.wire import Peer


@dataclasses.dataclass(frozen=True)
class Limits:
    """What the server under test allows (its profile)."""

    name: str
    head: int
    line: int
    fields: int
    message: int
    fragments: int
    handshake: float
    close: float
    patience: float = 0  # for an unfinished message; 0: without end
    silence: float = 0  # for the pong of a keep-alive ping


DEFAULT = Limits("default", head=16 << 10, line=8 << 10, fields=100, message=100 << 20, fragments=131_072,
                 handshake=60, close=30)
HARDENED = Limits("hardened", head=8 << 10, line=8 << 10, fields=64, message=1 << 20, fragments=4096,
                  handshake=10, close=5, patience=30, silence=40)


@dataclasses.dataclass(frozen=True)
class Target:
    port: int
    limits: Limits
    server: Server | None  # None: somebody else's, only its port is known
    command: list
    smoke: bool

    def peer(self, **options):
        return Peer(self.port, **options)


@dataclasses.dataclass(frozen=True)
class Result:
    id: str
    name: str
    expected: str
    got: str
    ok: bool
