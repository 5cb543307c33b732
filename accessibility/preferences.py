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
# One switch: everything on a page in turn, and one key that chooses. Seconds; rounds until it rests, 0: it goes on.
SWITCH: Mapping[str, tuple[str, ...]] = {
    "switch": ("off", "space", "enter"),
    "switch_seconds": ("0.5", "0.75", "1", "1.5", "2", "3", "5"),
    "switch_first": ("0", "0.5", "1", "2"),
    "switch_rounds": ("1", "2", "3", "5", "0"),
    "switch_hold": ("0", "0.2", "0.5", "1"),
    "switch_release": ("0", "0.3", "0.5", "1"),
}
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
    read_aloud: bool = False
    switch: str = "off"
    switch_seconds: str = "1"
    switch_first: str = "1"  # so much longer for what comes first
    switch_rounds: str = "3"
    switch_hold: str = "0"  # a press counts when it lasts so long
    switch_release: str = "0.3"  # after a press the next one does not count for so long
    switch_spoken: bool = False

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
        read_aloud=raw.get("read_aloud", base.read_aloud) in (True, "on", "yes"),
        switch=_choice(raw, "switch", SWITCH["switch"], base.switch),
        switch_seconds=_choice(raw, "switch_seconds", SWITCH["switch_seconds"], base.switch_seconds),
        switch_first=_choice(raw, "switch_first", SWITCH["switch_first"], base.switch_first),
        switch_rounds=_choice(raw, "switch_rounds", SWITCH["switch_rounds"], base.switch_rounds),
        switch_hold=_choice(raw, "switch_hold", SWITCH["switch_hold"], base.switch_hold),
        switch_release=_choice(raw, "switch_release", SWITCH["switch_release"], base.switch_release),
        switch_spoken=raw.get("switch_spoken", base.switch_spoken) in (True, "on", "yes"),
    )


def html_attributes(chosen: Preferences) -> dict[str, str]:
    """The attributes of <html> that the style sheet and scan.js listen to."""
    scanned = {
        "data-switch": chosen.switch,
        "data-switch-seconds": chosen.switch_seconds,
        "data-switch-first": chosen.switch_first,
        "data-switch-rounds": chosen.switch_rounds,
        "data-switch-hold": chosen.switch_hold,
        "data-switch-release": chosen.switch_release,
        "data-switch-spoken": "on" if chosen.switch_spoken else "",
    }
    return {
        "data-theme": chosen.theme,
        "data-text": str(chosen.text_size),
        "data-font": chosen.font,
        "data-spacing": chosen.spacing,
        "data-shortcuts": "on" if chosen.shortcuts else "off",
        **({"data-read-aloud": "on"} if chosen.read_aloud else {}),
        **(scanned if chosen.switch != "off" else {}),
    }


def _choice(raw: Mapping[str, Any], name: str, choices: tuple[str, ...], default: str) -> str:
    return raw[name] if raw.get(name) in choices else default
