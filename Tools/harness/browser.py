"""Chromium without a screen, driven through its DevTools protocol."""

import base64
import contextlib
import itertools
import json
import re
import shutil
import tempfile
import time

from harness.programs import log, running, wait_until
from harness.wire import CONTINUATION, PING, PONG, TEXT, Peer, frame, head

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
ADDRESS = re.compile(r"DevTools listening on ws://([^:]+):(\d+)(/\S+)")


def installed():
    """The browser's path, or nothing."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextlib.contextmanager
def browser():
    """A browser with a profile of its own, which goes with it."""
    output = log("browser.log")
    # A browser that root runs has no sandbox; it sees no pages but ours.
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
               "--disable-background-networking", "--disable-component-update", "--remote-debugging-port=0"]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        with running([installed(), *options, f"--user-data-dir={profile}", "about:blank"], output) as process:
            def address():
                return ADDRESS.search(output.read_text(errors="replace"))
            wait_until(lambda: address() or process.poll() is not None, 30)
            assert address(), f"the browser does not start: {output.read_text(errors='replace')[-500:]}"
            host, port, path = address().groups()
            window = Browser(host, int(port), path)
            try:
                yield window
            finally:
                # The process started may be a script that waits for the browser; only the browser can be asked to end.
                window.call("Browser.close")
                process.wait(10)


class Browser:
    """The connection to a browser."""

    def __init__(self, host, port, path):
        self.peer = Peer(port, host, seconds=30)
        self.numbers = itertools.count(1)
        self.complaints = []
        self.peer.send(head(start=f"GET {path} HTTP/1.1", host=f"{host}:{port}"))
        assert self.peer.read_head()[0] == "101", "the browser does not take commands"

    def call(self, method, session=None, **parameters):
        """Send a command and wait for its result."""
        number = next(self.numbers)
        command = {"id": number, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
        self.peer.send(frame(TEXT, json.dumps(command).encode()))
        while True:
            message = self._message()
            if message.get("id") == number:
                assert "error" not in message, f"{method}: {message['error']}"
                return message["result"]
            if message.get("method") == "Runtime.exceptionThrown":
                details = message["params"]["exceptionDetails"]
                self.complaints.append(details.get("exception", {}).get("description") or details["text"])
            elif message.get("method") == "Log.entryAdded" and message["params"]["entry"]["source"] == "security":
                self.complaints.append(message["params"]["entry"]["text"])

    def _message(self):
        text = b""
        while received := self.peer.read_frame():
            opcode, payload, fin = received
            if opcode == PING:
                self.peer.send(frame(PONG, payload))
            elif opcode in (TEXT, CONTINUATION):
                text += payload
                if fin:
                    return json.loads(text)
        raise AssertionError(f"the browser has gone: {self.peer.end}")

    def open(self, url, width=1100, height=720):
        """A page in a window of its own."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session)
        for domain in ("Page", "Runtime", "Log"):
            page.call(f"{domain}.enable")
        page.resize(width, height)
        page.go(url)
        return page


class Page:
    """A page that is open."""

    def __init__(self, browser, session):
        self.browser, self.session = browser, session

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def resize(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def dark(self, is_dark=True):
        value = "dark" if is_dark else "light"
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": value}])

    def go(self, url):
        self.call("Page.navigate", url=url)
        self.wait("document.readyState === 'complete'")

    def reload(self):
        self.evaluate("window.isOld = true")
        self.call("Page.reload")
        self.wait("!window.isOld && document.readyState === 'complete'")

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in result, f"{expression}: {result['exceptionDetails']['text']}"
        return result["result"].get("value")

    def wait(self, expression, seconds=15):
        """Wait until the expression is true."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                if self.evaluate(expression):
                    return
            except AssertionError:
                pass  # the page is being loaded
            assert time.monotonic() < deadline, \
                f"never true: {expression}; the page shows {self.evaluate('document.body?.innerText')!r}"
            time.sleep(0.05)

    def focus(self, selector):
        self.evaluate(f"document.querySelector({json.dumps(selector)}).focus()")

    def type(self, text):
        self.call("Input.insertText", text=text)

    def press_enter(self):
        key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}
        self.call("Input.dispatchKeyEvent", type="keyDown", **key)
        self.call("Input.dispatchKeyEvent", type="keyUp", key="Enter", code="Enter", windowsVirtualKeyCode=13)

    def screenshot(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))
