"""Single keys from a terminal, by the names that browsers give them."""

from __future__ import annotations

import contextlib
import os
import select
import sys
from collections.abc import Iterator

NAMES = {"\n": "Enter", "\r": "Enter", "\x7f": "Delete", "\x1b[A": "ArrowUp", "\x1b[B": "ArrowDown"} | {
    "\x1b[2~": "Insert",
    "\x1b[3~": "Delete",
    "\x1b": "Escape",
}
QUIET_SECONDS = 1.0
ESCAPE_SECONDS = 0.05  # the rest of an arrow key's code comes at once; after the Escape key nothing does


class Keyboard:
    """
    The keys of a terminal, one by one, until it is closed.

    Args:
        handle: file descriptor to read.
    """

    def __init__(self, handle: int | None = None) -> None:
        self._handle = sys.stdin.fileno() if handle is None else handle

    @contextlib.contextmanager
    def raw(self) -> Iterator[Keyboard]:
        """Each key at once and without an echo, where this is a terminal; as before afterwards."""
        if not os.isatty(self._handle):
            yield self
            return
        import termios
        import tty

        before = termios.tcgetattr(self._handle)
        tty.setcbreak(self._handle)
        try:
            yield self
        finally:
            termios.tcsetattr(self._handle, termios.TCSADRAIN, before)

    def __iter__(self) -> Iterator[str | None]:
        """Keys as they are pressed, None for each second without one; ends with the input."""
        while True:
            if not self._ready(QUIET_SECONDS):
                yield None
            elif (key := self._key()) is not None:
                yield key
            else:
                return

    def waiting(self) -> bool:
        """Was a key pressed? It is taken: it says "I am ready"."""
        if not self._ready(0):
            return False
        self._key()
        return True

    def line(self, prompt: str) -> str:
        """A typed line, with what is typed shown."""
        print(prompt, end="", flush=True)
        typed = ""
        while (key := self._key()) not in ("Enter", None):
            typed = typed[:-1] if key == "Delete" else typed + (key or "" if len(key or "") == 1 else "")
            print("\r\x1b[K" + prompt + typed, end="", flush=True)
        print()
        return typed

    def _ready(self, seconds: float) -> bool:
        return bool(select.select([self._handle], [], [], seconds)[0])

    def _key(self) -> str | None:
        first = os.read(self._handle, 1)
        if not first:
            return None
        # the rest of a letter such as é
        rest = sum(first[0] >= edge for edge in (0xC0, 0xE0, 0xF0))
        text = (first + (os.read(self._handle, rest) if rest else b"")).decode(errors="replace")
        if text == "\x1b" and self._ready(ESCAPE_SECONDS):
            text += os.read(self._handle, 8).decode(errors="replace")
        return NAMES.get(text, text)
