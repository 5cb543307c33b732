"""How pages look and sound for one person: chosen by themselves, kept with their account, the same everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

LOCALES = ("nl", "en")
THEMES = ("auto", "light", "dark", "contrast", "calm")
TEXT_SIZES = (100, 125, 150, 200, 300, 400)  # percent
FONTS = ("atkinson", "lexend", "opendyslexic", "system")
SOUND_PARTS = ("group", "3", "5", "8", "12", "whole")  # seconds of sound at once; as the group has it; all of a piece
SPACINGS = ("normal", "wide", "wider")  # wider: WCAG 1.4.12 (line 1.5, letters 0.12, words 0.16, paragraphs 2)


@dataclass(frozen=True)
class Preferences:
    """Unknown or missing choices are the defaults, so that old rows stay readable."""

    theme: str = "auto"
    text_size: int = 100
    font: str = "atkinson"
    spacing: str = "normal"
    shortcuts: bool = True
    time_left: bool = False  # nothing counts down for who does not ask for it
    sound_parts: str = "group"

    def as_json(self) -> dict[str, Any]:
        """What is stored."""
        return asdict(self)


def preferences(raw: Mapping[str, Any]) -> Preferences:
    """Preferences of a stored mapping or of form fields; what is not one of the choices becomes the default."""
    base = Preferences()
    size = str(raw.get("text_size", base.text_size))
    return Preferences(
        theme=_choice(raw, "theme", THEMES, base.theme),
        text_size=int(size) if size.isdigit() and int(size) in TEXT_SIZES else base.text_size,
        font=_choice(raw, "font", FONTS, base.font),
        spacing=_choice(raw, "spacing", SPACINGS, base.spacing),
        shortcuts=raw.get("shortcuts", base.shortcuts) in (True, "on", "yes"),
        time_left=raw.get("time_left", base.time_left) in (True, "on", "yes"),
        sound_parts=_choice(raw, "sound_parts", SOUND_PARTS, base.sound_parts),
    )


def html_attributes(chosen: Preferences) -> dict[str, str]:
    """The attributes of <html> that the style sheet listens to."""
    return {
        "data-theme": chosen.theme,
        "data-text": str(chosen.text_size),
        "data-font": chosen.font,
        "data-spacing": chosen.spacing,
        "data-shortcuts": "on" if chosen.shortcuts else "off",
    }


def _choice(raw: Mapping[str, Any], name: str, choices: tuple[str, ...], default: str) -> str:
    return raw[name] if raw.get(name) in choices else default
