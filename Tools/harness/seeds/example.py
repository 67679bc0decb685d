"""Running the programs that are to be checked, and reading what they print."""

import contextlib
import pathlib
import re
import subprocess

from harness.programs import ROOT, log, running, stop, wait_until

PROGRAMS = ROOT / ".build/checked/debug"
LISTENING = re.compile(r"listening wss?://[^:]+:(\d+)/")


class Example:
    """A running program."""

    def __init__(self, process, output):
        self.process, self.output, self.port = process, output, None

    @property
    def url(self):
        return f"ws://127.0.0.1:{self.port}/"

    def printed(self):
        return self.output.read_text(encoding="utf-8", errors="replace")

    def prints(self, text, count=1, seconds=5):
        """Wait until the text was printed so often."""
        wait_until(lambda: self.printed().count(text) >= count, seconds)
        assert self.printed().count(text) >= count, f"did not print {text!r}, but {self.printed()!r}"

    def ends(self, status=0, seconds=5):
        """Wait for the end of the process."""
        try:
            ended = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError("did not end") from None
        assert ended == status, f"ended with status {ended}: {self.printed()!r}"

    def input(self, text=None):
        """Write to standard input, or end it."""
        if text is None:
            return self.process.stdin.close()
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def lives(self):
        assert self.process.poll() is None, f"has ended: {self.printed()!r}"

    def stop(self):
        return stop(self.process)


@contextlib.contextmanager
def started(name, *arguments, **options):
    """A program of ours, each line of its output written at once."""
    command = ["stdbuf", "-oL", PROGRAMS / name, *arguments]
    output = log(f"seeds/{name}.log")
    with running(command, output, **options) as process:
        yield Example(process, output)


def reading(name, *arguments):
    """The same, with a standard input to write to."""
    return started(name, *arguments, stdin=subprocess.PIPE)


@contextlib.contextmanager
def serving(name, *arguments):
    """An example that serves at a free port."""
    with started(name, 0, *arguments) as example:
        wait_until(lambda: LISTENING.search(example.printed()) or example.process.poll() is not None, 10)
        match = LISTENING.search(example.printed())
        assert match, f"does not listen: {example.printed()!r}"
        example.port = int(match.group(1))
        yield example


def source(name):
    """The text of an example."""
    return "".join(path.read_text(encoding="utf-8") for path in sorted(sources(name)))


def sources(name):
    return pathlib.Path(ROOT / "Tools/Examples" / name).glob("*.swift")
