"""What a command says to a person, in the language of their terminal. What a program reads is never said through here."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from decimal import Decimal
from functools import partial

from accessibility.sentences import said, sentence
from workbench.start.words import locale_of, translated


def locale() -> str:
    """The language of this terminal."""
    return locale_of(os.environ)


def in_words(text: str, environ: Mapping[str, str] | None = None) -> str:
    """A text, with or without values, in the language of the terminal that has this environment (None: ours)."""
    named = locale_of(os.environ if environ is None else environ)
    return said(text, partial(translated, locale=named), thousands="." if named == "nl" else ",")


def filled(words: str, **values: object) -> str:
    """`filled("{count:,} answers", count=1200)`: `1.200 antwoorden` in a Dutch terminal."""
    return in_words(sentence(words, **values) if values else words)


def tell(words: str, *, error: bool = False, **values: object) -> None:
    """Say it on a line of its own: on standard output, or on standard error for what stands beside a command's outcome."""
    print(filled(words, **values), file=sys.stderr if error else sys.stdout, flush=True)


def number(value: float | Decimal, decimals: int = 0) -> str:
    """1,234.5 in an English terminal, 1.234,5 in a Dutch one."""
    written = f"{value:,.{decimals}f}"
    return written.translate(str.maketrans(",.", ".,")) if locale() == "nl" else written
