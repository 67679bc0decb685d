"""Building, starting, watching and stopping the programs that the scripts in Tools test.

Only what was started here is ever stopped, by its process ID.
"""

import contextlib
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
REPORTS = ROOT / ".build/reports"
NOT_RUN = 77  # exit status: nothing failed, but something could not be run
LISTENING = re.compile(rb"listening (wss?://\S+)")


def release(*products):
    """Release-build the products and return their paths."""
    for product in products:
        built = subprocess.run(["swift", "build", "--configuration", "release", "--product", product],
                               cwd=ROOT, capture_output=True, text=True)
        if built.returncode != 0:
            sys.exit(f"{built.stdout}{built.stderr}\n{product} does not build")
    return [ROOT / ".build/release" / product for product in products]


def log(name):
    """A path for a program's output, in a directory that exists."""
    path = REPORTS / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def wait_until(condition, seconds, interval=0.02):
    """The condition's first true value, or its last false one when the time is over."""
    deadline = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < deadline:
        time.sleep(interval)
    return value


@contextlib.contextmanager
def running(command, output, **options):
    """A process with its output in a file; stopped, if it still runs, at the end of the block."""
    with open(output, "wb") as file:
        process = subprocess.Popen([str(word) for word in command], stdin=options.pop("stdin", subprocess.DEVNULL),
                                   stdout=file, stderr=subprocess.STDOUT, **options)
    try:
        yield process
    finally:
        stop(process)


def stop(process, seconds=5):
    """Ask the process to end, insist after a while, and return its status."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.wait()


class Server:
    """A started server: its address, and what it costs."""

    def __init__(self, process, url):
        self.process, self.url = process, url
        self.port = int(re.search(r":(\d+)", url.split("//")[1]).group(1))

    def _proc(self, name):
        return pathlib.Path(f"/proc/{self.process.pid}/{name}")

    def _status(self, name):
        return int(re.search(name + r":\s+(\d+)", self._proc("status").read_text()).group(1)) * 1024

    def resident(self):
        """Resident memory in bytes."""
        return self._status("VmRSS")

    def peak(self):
        """The most there was since `forget_peak`."""
        return self._status("VmHWM")

    def forget_peak(self):
        self._proc("clear_refs").write_text("5")

    def descriptors(self):
        return len(os.listdir(self._proc("fd")))

    def cpu_seconds(self):
        fields = self._proc("stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def server(command, output, seconds=20, **options):
    """A server that says `listening ws://…` when it is ready."""
    with running(command, output, **options) as process:
        def ready():
            return LISTENING.search(output.read_bytes()) or process.poll() is not None
        wait_until(ready, seconds)
        match = LISTENING.search(output.read_bytes())
        if not match:
            sys.exit(f"{command[0]} did not start:\n{output.read_text(errors='replace')}")
        yield Server(process, match.group(1).decode())
