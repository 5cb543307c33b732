"""What the start tells the person, in the language of the terminal: on standard error, so that a command's output stays clean."""

from __future__ import annotations

import sys
from typing import NoReturn

from workbench.start.words import translated


def say(line: str) -> None:
    """One line, at once."""
    print(line, file=sys.stderr, flush=True)


def tell(words: str, **values: object) -> None:
    """A sentence with its values: `tell("Installing {names} …", names="chromium")`."""
    say(filled(words, **values))


def stop(words: str, **values: object) -> NoReturn:
    """Say why it does not go on, and end with status 1."""
    sys.exit(filled(words, **values))


def filled(words: str, **values: object) -> str:
    """The sentence itself."""
    return translated(words).format(**values) if values else translated(words)
