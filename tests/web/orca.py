"""
Orca, the screen reader of Linux, listening in on a real Chromium: what it says is read from its own log.

Orca talks to a browser over AT-SPI, which needs a session bus and a screen; both are made here, and end with it.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests import browsing

NEEDED = ("orca", "Xvfb", "dbus-run-session", "chromium")
SESSION = """
Xvfb ":$SCREEN" -screen 0 1280x900x24 -nolisten tcp >/dev/null 2>&1 &
until [ -S "/tmp/.X11-unix/X$SCREEN" ]; do sleep 0.1; done
export DISPLAY=":$SCREEN"
gsettings set org.gnome.desktop.interface toolkit-accessibility true
orca --replace --debug-file="$HOME/orca.log" >"$HOME/orca.errors" 2>&1 &
until grep -qs "SPEECH OUTPUT" "$HOME/orca.log"; do sleep 0.2; done
exec chromium --no-first-run --user-data-dir="$HOME/profile" --force-renderer-accessibility \
    --disable-features=Translate,TranslateUI --remote-debugging-port="$PORT" "$@" about:blank
"""
# Orca runs this file of its user when it starts: its log is to be readable at once, line by line.
CUSTOM = "from orca import debug\ndebug.debugFile.reconfigure(line_buffering=True)\n"
_SAID = re.compile(r"SPEECH OUTPUT: '(.*?)'(?:\{|$)")


def missing() -> list[str]:
    """Programs that this machine lacks."""
    return [name for name in NEEDED if not shutil.which(name)]


@dataclass
class Reader:
    """
    A page with a screen reader beside it.

    Args:
        log: what Orca writes about itself.
    """

    page: Page
    log: Path
    _at: int = field(default=0, init=False)

    def said(self, quiet_seconds: float = 1.5, most_seconds: float = 30) -> list[str]:
        """What was said since the last call: waits for something, and then until nothing more comes."""
        until = time.monotonic() + most_seconds
        found: list[str] = []
        since = time.monotonic()
        while time.monotonic() < until and not (found and time.monotonic() - since > quiet_seconds):
            fresh = self._fresh()
            if fresh:
                found += fresh
                since = time.monotonic()
            time.sleep(0.05)
        return found

    def _fresh(self) -> list[str]:
        text = self.log.read_bytes()[self._at :]
        whole = text[: text.rfind(b"\n") + 1]
        self._at += len(whole)
        return [said.group(1) for line in whole.decode(errors="replace").splitlines() if (said := _SAID.search(line))]


@contextmanager
def reading(folder: Path) -> Iterator[Reader]:
    """Chromium with Orca beside it, on a screen of their own. folder: an empty one, for what both of them keep."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    screen = next(number for number in range(90, 200) if not Path(f"/tmp/.X11-unix/X{number}").exists())
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    custom = folder / ".local" / "share" / "orca" / "orca-customizations.py"
    custom.parent.mkdir(parents=True)
    custom.write_text(CUSTOM)
    own = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(runtime), "SCREEN": str(screen), "PORT": str(port), "LANG": "C.UTF-8"}
    command = ["dbus-run-session", "--", "sh", "-c", SESSION, "orca", *browsing.ARGUMENTS]
    session = subprocess.Popen(
        command, env={**os.environ, **own}, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _answers(port, session)
        with sync_playwright() as playwright:
            browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
            page = browser.contexts[0].pages[0]
            page.bring_to_front()
            yield Reader(page, folder / "orca.log")
            browser.close()
    finally:
        os.killpg(session.pid, signal.SIGTERM)
        session.wait(timeout=30)


def _answers(port: int, session: subprocess.Popen[bytes]) -> None:
    """Waits until the browser takes orders."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert session.poll() is None, "the session of Orca and Chromium ended"
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("Chromium did not start beside Orca")
