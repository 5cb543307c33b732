"""The language of a terminal, and the catalogue's words in it.

Standard library only: a first start has nothing else yet, and a command that answers at once should not load more.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

CATALOGUES = Path(__file__).parents[1] / "locale"
LANGUAGES = ("nl", "en")
# The first that is set decides, as everywhere on Unix; ours goes before those of the system.
NAMED_BY = ("WORKBENCH_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
# As Babel writes our catalogue: each text a row of quoted lines. What has a plural is for pages only.
_ENTRY = re.compile(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"\n)+)', re.MULTILINE)
_ESCAPED = re.compile(r"\\(.)")
_MEANT = {"n": "\n", "t": "\t", "r": "\r"}


def locale_of(environ: Mapping[str, str]) -> str:
    """`nl` where WORKBENCH_LANGUAGE, LC_ALL, LC_MESSAGES or LANG says so, else `en`."""
    named = next((environ[name] for name in NAMED_BY if environ.get(name)), "")
    return "nl" if named.startswith("nl") else "en"


def translated(words: str, locale: str | None = None) -> str:
    """English words in a language (None: this terminal's); what the catalogue does not know comes back as it is."""
    return texts(locale or locale_of(os.environ)).get(words) or words


def noted(words: str) -> str:
    """The words themselves, to be said later: marked here, so that the catalogue finds them."""
    return words


@lru_cache
def texts(locale: str) -> Mapping[str, str]:
    """English → this language. English stands in the source, so it needs no catalogue and costs nothing."""
    path = CATALOGUES / locale / "LC_MESSAGES" / "messages.po"
    if locale == "en" or not path.exists():
        return {}
    entries = _ENTRY.findall(path.read_text(encoding="utf-8"))
    return {_plain(words): _plain(said) for words, said in entries[1:]}  # the first is about the catalogue itself


def _plain(quoted: str) -> str:
    text = quoted[1:-2].replace('"\n"', "")
    return _ESCAPED.sub(lambda found: _MEANT.get(found[1], found[1]), text) if "\\" in text else text
