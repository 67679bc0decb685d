"""Ports of 127.0.0.1."""

import contextlib
import socket


def free_ports(count):
    """Ports that nobody listens at, all different."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [probe.getsockname()[1] for probe in probes]


def free_port():
    return free_ports(1)[0]


def listens(port):
    """Whether somebody accepts connections there. One is made to find out."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
