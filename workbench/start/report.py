"""What the start tells the person: on standard error, so that a command's own output stays clean."""

from __future__ import annotations

import sys


def say(line: str) -> None:
    """One line, at once."""
    print(line, file=sys.stderr, flush=True)
