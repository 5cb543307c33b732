"""The one shape that every subtitle file is read into."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from accessibility.sentences import sentence
from task_types.errors import TaskTypeError
from task_types.protocol import Locale
from task_types.wording import Words, say

LossKind = Literal[
    "colour", "position", "style", "speaker", "image", "ruby", "animation", "cumulative", "stray", "untimed", "early", "unknown"
]

LOSSES: Mapping[LossKind, Words] = {
    "colour": {"nl": "kleuren", "en": "colours"},
    "position": {"nl": "plaats op het scherm", "en": "places on the screen"},
    "style": {"nl": "vet, cursief en lettertype", "en": "bold, italics and fonts"},
    "speaker": {"nl": "namen van sprekers in de opmaak", "en": "names of speakers in the markup"},
    "image": {"nl": "ondertitels die een plaatje zijn", "en": "subtitles that are pictures"},
    "ruby": {"nl": "uitspraak boven de tekst", "en": "pronunciation above the text"},
    "animation": {"nl": "bewegende tekst", "en": "moving text"},
    "cumulative": {"nl": "regels die blijven staan terwijl er nieuwe bij komen", "en": "lines that stay while new ones come"},
    "stray": {"nl": "regels die bij geen ondertitel horen", "en": "lines that belong to no subtitle"},
    "untimed": {"nl": "ondertitels zonder leesbare tijd", "en": "subtitles without a time that can be read"},
    "early": {"nl": "ondertitels voor het begin van het programma", "en": "subtitles before the programme starts"},
    "unknown": {"nl": "tekens die niet bestaan", "en": "characters that do not exist"},
}


class UnreadableSubtitles(TaskTypeError):
    """A file that is not the subtitles it should be; the sentence says where."""


@dataclass(frozen=True)
class Cue:
    """
    A text from start to end.

    Attributes:
        start_ms, end_ms: from the start of the programme.
        text: plain, lines parted by line ends.
        written: both times as the client's file has them (`10:00:04:12`), to find the place again.
    """

    start_ms: int
    end_ms: int
    text: str
    written: tuple[str, str] | None = None

    @property
    def is_empty(self) -> bool:
        """Nothing to read, or no time to read it in."""
        return not self.text.strip() or self.end_ms <= self.start_ms


@dataclass(frozen=True)
class Loss:
    """What a track has no place for, and in how many places the file had it."""

    kind: LossKind
    count: int

    def words(self, locale: Locale) -> str:
        """For the client: what was left out."""
        return f"{say(LOSSES[self.kind], locale)} ({self.count})"


@dataclass(frozen=True)
class Track:
    """
    The cues of one file, in order of time.

    Attributes:
        format: EBU-TT-D, TTML, STL, SRT, WebVTT, SSA or MicroDVD.
        frame_rate: frames per second that its times were written in, where it says so.
        programme_start: timecode of the first frame of the programme, already taken off all times.
    """

    format: str
    cues: Sequence[Cue]
    losses: Sequence[Loss] = ()
    frame_rate: float | None = None
    programme_start: str | None = None


@dataclass
class Left:
    """Counts what is left out while a file is read."""

    counts: Counter[LossKind] = field(default_factory=Counter)

    def out(self, kind: LossKind, times: int = 1) -> None:
        """This was left out once more."""
        self.counts[kind] += times

    def losses(self) -> tuple[Loss, ...]:
        """What was left out, in a fixed order."""
        return tuple(Loss(kind, self.counts[kind]) for kind in LOSSES if self.counts[kind])


def timecode_ms(code: str, frame_rate: float | None, name: str) -> int:
    """
    `10:00:00:00`, `10:00:00.000` or `10:00:00` in milliseconds. Frames need a frame rate; 25 where none is known.

    Raises:
        UnreadableSubtitles: it is written in another way.
    """
    parts = code.strip().replace(";", ":").replace(",", ".").split(":")
    try:
        hours, minutes = int(parts[0]), int(parts[1])
        seconds = Fraction(parts[2])
        frames = Fraction(int(parts[3])) / Fraction(frame_rate or 25).limit_denominator(1001) if len(parts) == 4 else Fraction(0)
    except (ValueError, IndexError, ZeroDivisionError):
        raise UnreadableSubtitles(
            sentence('{name}: "{code}" is no start of a programme. Write it like 10:00:00:00.', name=name, code=code)
        ) from None
    return round(((hours * 60 + minutes) * 60 + seconds + frames) * 1000)
