"""The examples that serve a page, used in a browser."""

import json

from harness.programs import REPORTS
from harness.seeds import example

PICTURES = REPORTS / "page"


def shows(page, text, seconds=15):
    page.wait(f"document.body.innerText.includes({json.dumps(text)})", seconds)


def browser_client(window):
    """The example of a browser as the client."""
    with example.serving("browser-client") as server:
        page = window.open(f"http://127.0.0.1:{server.port}/", 600, 300)
        shows(page, "Message from server Hello Browser!")
        server.prints("received: Hello Server!")
        page.screenshot(PICTURES / "browser-client.png")
    shows(page, "Closed: 1006")


def session(window):
    """The example of a login."""
    with example.serving("session") as server:
        page = window.open(f"http://127.0.0.1:{server.port}/", 600, 400)
        for button, answer in (("open", "WebSocket error"), ("login", "Logged in as user-1"), ("open", "WebSocket open"),
                               ("send", "Sent"), ("logout", "Logged out")):
            page.evaluate(f"document.getElementById('{button}').click()")
            shows(page, answer)
        page.wait("document.getElementById('log').textContent.endsWith('WebSocket closed\\n')"
                  " || document.getElementById('log').textContent.endsWith('Logged out\\n')")
        server.prints("Received message Hello World! from user user-1")
        page.screenshot(PICTURES / "session.png")


def server_stats(window):
    """The example with the server's figures."""
    with example.serving("server-stats") as server:
        page = window.open(f"http://127.0.0.1:{server.port}/", 600, 200)
        page.wait("/^[0-9.]+ MiB$/.test(document.getElementById('resident').value)")
        page.screenshot(PICTURES / "server-stats.png")
