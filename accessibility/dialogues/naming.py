"""How keys and commands are called when they are spoken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from accessibility.dialogues.words import COMMAND, words
from accessibility.speech.commands import Command

KEY_NAMES: Mapping[str, Mapping[str, str]] = {
    " ": {"nl": "spatiebalk", "en": "space bar"},
    ".": {"nl": "punt", "en": "full stop"},
    "+": {"nl": "plus", "en": "plus"},
    "-": {"nl": "min", "en": "minus"},
    "#": {"nl": "hekje", "en": "hash"},
    "=": {"nl": "is-teken", "en": "equals"},
    "ArrowUp": {"nl": "pijl omhoog", "en": "arrow up"},
    "ArrowDown": {"nl": "pijl omlaag", "en": "arrow down"},
}


def naming(text: str, known: Iterable[Command], sayable: Iterable[str] | None, locale: str) -> str:
    """
    A sentence with its commands named.

    Args:
        known: the commands, on this worker's keys.
        sayable: phrases that are understood as commands now; for all others their key is named.
    """
    by_name, understood = {one.name: one for one in known}, frozenset(sayable or ())

    def named(found: re.Match[str]) -> str:
        command = by_name.get(found[2])
        if command is None:
            return found[0]
        key, word = key_name(command.key, locale), command.words[locale][0]
        if found[1] == "key":
            return key
        return words("say_command", locale, word=word) if word in understood else words("press_command", locale, key=key)

    return COMMAND.sub(named, text)


def key_name(key: str, locale: str) -> str:
    """A key as it is said."""
    return KEY_NAMES.get(key, {}).get(locale, key.upper() if len(key) == 1 else key)
