"""What a question is about, for the ear: a piece of sound is played, a text is spoken, with a click at each line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from accessibility.dialogues.turns import Json, Locale, Play, Say, Tone, Turn, Turns

SLOWEST, FASTEST = 0.5, 2.0


@dataclass(frozen=True)
class Subject:
    """
    Args:
        parts: each a sound (`media`, `start_ms`, `end_ms`) or a text (`text`, `language`), with an optional `say` before it.
        cue: a subtitle over the first part: `text`, `start_ms`, `end_ms`.
    """

    parts: tuple[Mapping[str, Json], ...] = ()
    cue: Mapping[str, Json] | None = None
    speed: float = 1.0

    @staticmethod
    def of(data: Mapping[str, Json]) -> Subject:
        """From a dialogue's data: `subject`, or `subjects`, and `cue`."""
        one = data.get("subject")
        parts = tuple(data.get("subjects") or ((one,) if one else ()))
        return Subject(parts, data.get("cue"))

    def turns(self, locale: Locale) -> Turns:
        """Everything there is to hear."""
        found: list[Turn] = []
        for part in self.parts:
            found += [Say(part["say"], locale)] if part.get("say") else []
            found += self._part(part)
        return tuple(found)

    @property
    def plays(self) -> bool:
        """Is there sound in it?"""
        return any("media" in part for part in self.parts)

    def only(self, start_ms: int, end_ms: int) -> Subject:
        """This part of the one sound that it is."""
        return replace(self, parts=tuple({**part, "start_ms": start_ms, "end_ms": end_ms} for part in self.parts))

    def at(self, by: float) -> Subject:
        """Slower or faster, within bounds."""
        return replace(self, speed=round(min(FASTEST, max(SLOWEST, self.speed + by)), 2))

    def _part(self, part: Mapping[str, Json]) -> list[Turn]:
        if "media" not in part:
            return _lines(part["text"], part["language"])
        cue = self.cue
        tones = ((cue["start_ms"], "cue_in"), (cue["end_ms"], "cue_out")) if cue else ()
        sound = Play(part["media"], part.get("start_ms") or 0, part.get("end_ms"), self.speed, tones)
        return [sound, *(_lines(cue["text"], cue["language"]) if cue else [])]


def _lines(text: str, language: Locale) -> list[Turn]:
    """Line by line, with the short click between that a sighted person sees as a line break."""
    found: list[Turn] = []
    for line in (line.strip() for line in text.splitlines()):
        if line:
            found += [*([Tone("line_break")] if found else []), Say(line, language)]
    return found
