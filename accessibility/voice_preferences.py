"""How work by voice sounds and listens for one person: chosen by themselves, kept with their account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from accessibility.speech.commands import COMMANDS, with_keys

WAYS = ("lab", "browser", "reader")
VERBOSITIES = ("full", "normal", "brief")
RATE, SLOWEST, FASTEST = 165, 90, 440  # words per minute
LONGEST_KEY = 12


@dataclass(frozen=True)
class VoicePreferences:
    """
    Unknown or missing choices are the defaults, so that old rows stay readable.

    Args:
        way: who speaks: the lab's voice, the browser's, or only the worker's own screen reader.
        hands_free: the microphone stays open once it was opened.
        headphones: the worker can talk while the workbench speaks.
        first: the voice page comes right after signing in.
        keys: the worker's own keys, by command.
    """

    way: str = "lab"
    verbosity: str = "full"
    rate: int = RATE
    hands_free: bool = False
    headphones: bool = False
    first: bool = False
    keys: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """What is stored."""
        return {**asdict(self), "keys": dict(self.keys)}


def voice_preferences(raw: Mapping[str, Any]) -> VoicePreferences:
    """Preferences of a stored mapping or of form fields."""
    base = VoicePreferences()
    rate = str(raw.get("rate", base.rate))
    return VoicePreferences(
        way=raw["way"] if raw.get("way") in WAYS else base.way,
        verbosity=raw["verbosity"] if raw.get("verbosity") in VERBOSITIES else base.verbosity,
        rate=min(FASTEST, max(SLOWEST, int(rate))) if rate.isdigit() and len(rate) < 6 else base.rate,
        **{name: raw.get(name, False) in (True, "on", "yes") for name in ("hands_free", "headphones", "first")},
        keys=known_keys(raw.get("keys") or {}),
    )


def known_keys(keys: Mapping[Any, Any]) -> dict[str, str]:
    """A person's keys as far as they can be used; none where two commands would share one."""
    names = {command.name for command in COMMANDS}
    found = {name: key for name, key in keys.items() if name in names and isinstance(key, str) and 0 < len(key) <= LONGEST_KEY}
    try:
        with_keys(COMMANDS, found)
    except ValueError:
        return {}
    return found
