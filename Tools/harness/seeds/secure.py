"""The examples with TLS, with certificates made for the run."""

import contextlib
import os
import pathlib
import ssl
import tempfile
import urllib.request

from harness.certificates import certificate
from harness.seeds import expect, shows
from harness.seeds.example import serving, started


@contextlib.contextmanager
def identity():
    """A certificate for localhost, and its key."""
    with tempfile.TemporaryDirectory() as name:
        yield certificate(pathlib.Path(name))


@shows("S-03", "S-67", "S-108")
def pages_and_sockets_over_tls():
    with identity() as (cert, key), serving("secure-server", cert, key) as server:
        trusting = ssl.create_default_context(cafile=cert)
        with urllib.request.urlopen(f"https://localhost:{server.port}/", context=trusting, timeout=5) as page:
            expect(page.read(), b"ok")
        # OpenSSL looks there for whom to trust.
        environment = os.environ | {"SSL_CERT_FILE": str(cert)}
        with started("send-text", f"wss://localhost:{server.port}/", env=environment) as client:
            client.prints("received: something\n")
            server.prints("received: something\n")


@shows("S-133")
def trust_is_a_choice():
    with identity() as (cert, key):
        with started("secure-pair", cert, key) as pair:
            pair.prints("All your secrets are safe\n")
            pair.ends()
        with started("secure-pair", cert, key, "verify") as pair:
            pair.prints("certificate")
            pair.ends()
            assert "secrets" not in pair.printed(), "sent to whom nobody knows"
