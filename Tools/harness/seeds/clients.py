"""The examples that are clients, seen by a server which is none of ours."""

import struct
import time

from harness.seeds import expect, shows
from harness.seeds.example import reading, started
from harness.seeds.host import Host
from harness.wire import BINARY, CLOSE, PING, TEXT


@shows("S-64", "S-105")
def text_is_sent_and_printed():
    with Host() as host, started("send-text", host.url) as client:
        guest = host.guest()
        expect(guest.hear(), (TEXT, b"something"))
        guest.say(TEXT, "gr\u00fc\u00dfe".encode())
        client.prints("received: gr\u00fc\u00dfe\n")
        guest.close()
        client.ends()


@shows("S-65", "S-106")
def numbers_are_sent_as_they_are():
    with Host() as host, started("send-binary", host.url) as client:
        guest = host.guest()
        opcode, payload = guest.hear()
        expect((opcode, len(payload)), (BINARY, 20))
        expect(struct.unpack("=5f", payload), (0, 0.5, 1, 1.5, 2))
        guest.close()
        client.ends()


@shows("S-98")
def in_the_words_of_browsers():
    with Host() as host, started("event-target", host.url) as client:
        guest = host.guest()
        expect(guest.hear(), (TEXT, b"Hello Server!"))
        guest.say(TEXT, b"Hello Client!")
        client.prints("Message from server Hello Client!\n")
        guest.close()
        client.ends()


@shows("S-02", "S-17", "S-18", "S-74", "S-114")
def there_and_back():
    with Host() as host, started("round-trip-time", host.url) as client:
        guest = host.guest()
        expect(guest.fields["origin"], "https://example.com")
        for count in (1, 2):
            opcode, payload = guest.hear()
            assert opcode == TEXT and payload.isdigit(), f"no number: {payload!r}"
            guest.say(opcode, payload)
            client.prints("Round-trip time: ", count)
        assert client.printed().startswith("connected\n"), client.printed()
        guest.close()
        client.prints("disconnected\n")
        client.ends()


@shows("S-75")
def standard_input_and_output():
    with Host() as host, reading("stream", host.url) as client:
        guest = host.guest()
        client.input("gr\u00fc\u00dfe\n")
        opcode, payload = guest.hear()
        guest.say(opcode, payload)
        client.prints("gr\u00fc\u00dfe\n")
        client.input()
        expect(guest.hear()[0], CLOSE)
        guest.say(CLOSE)
        guest.socket.close()
        client.ends()


@shows("S-115")
def a_stream_whose_server_goes():
    with Host() as host, reading("stream", host.url) as client:
        guest = host.guest()
        client.input("hello\n")
        guest.hear()
        guest.reset()
        # It learns it at the latest when it writes again.
        try:
            client.input("still there?\n")
            client.input()
        except BrokenPipeError:
            pass
        client.ends()


@shows("S-83", "S-123")
def a_client_that_gives_up():
    with Host() as host, started("heartbeat-client", host.url, 1000) as client:
        guest = host.guest()
        for _ in range(4):
            time.sleep(0.4)
            guest.say(PING)
            client.lives()
        assert "closed" not in client.printed(), "gave up though there were pings"
        client.prints("closed: 1006\n")
        client.ends()
