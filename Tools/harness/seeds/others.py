"""What is no example: the demo, the conformance suite, a browser at the other end, and the project's papers."""

import re
import subprocess
import sys

from harness import pages
from harness.browser import browser, installed
from harness.programs import NOT_RUN, ROOT, log
from harness.seeds import NotRun, expect, shows
from harness.seeds.example import PROGRAMS, started


@shows("S-01", "S-60", "S-139")
def client_and_server_in_one_process():
    with started("wsdemo", "--once") as demo:
        demo.prints("self-check passed", seconds=20)
        demo.ends()


@shows("S-61", "S-102")
def conformance():
    """All but the long ones, which say more of speed, and compression, which needs minutes."""
    sections = [f"{section}.*" for section in range(1, 8)]
    for role in ("server", "client"):
        done = subprocess.run(
            [sys.executable, ROOT / "Tools/autobahn", role, "--program", PROGRAMS / "wsecho",
             "--out", log(f"seeds/autobahn-{role}"), "--cases", *sections], capture_output=True, text=True, timeout=600)
        said = (done.stdout + done.stderr).strip()
        if done.returncode == NOT_RUN:
            raise NotRun(f"the Autobahn suite is not to be had here ({said.rpartition(': ')[2]})")
        assert done.returncode == 0, said


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
