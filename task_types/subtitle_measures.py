"""What a machine counts of a subtitle, and the indication after the NER model that people's answers give.

Source: NER model, Romero-Fresco & Martínez 2015, doi:10.1057/9781137552891_3; threshold of 98%: Ofcom 2013, CRTC 2016
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from task_types.cues import Cue
from task_types.settings import StepSettings

WEIGHTS: Mapping[str, float] = {"minor": 0.25, "normal": 0.5, "serious": 1.0}
THRESHOLD = 98.0
WRONG: Mapping[str, frozenset[str]] = {"meaning": frozenset({"partly", "different"}), "names": frozenset({"wrong"})}
NOT_CERTIFIED = "An indication after the NER model from answers to single questions; not a certified NER score."


class SubtitleLimits(StepSettings):
    """The client's style guide: what is more or less than this is marked, and judged by nobody."""

    most_lines: int = Field(default=2, ge=1, le=4, description="lines of a subtitle")
    line_length: int = Field(default=42, ge=10, le=100, description="characters of a line")
    speed_warning: float = Field(default=13, gt=0, description="characters per second from which it is fast")
    speed_limit: float = Field(default=17, gt=0, description="characters per second from which it is too fast")
    shortest_seconds: float = Field(default=1, ge=0, description="a subtitle is shown at least so long")
    longest_seconds: float = Field(default=7, gt=0, description="and not longer than this")
    smallest_gap_ms: int = Field(default=80, ge=0, description="time between two subtitles that do not follow at once")


class Measures(BaseModel):
    """Characters per second, lines, characters of the longest line, ms shown, ms since the subtitle before."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    characters_per_second: float
    lines: int
    longest_line: int
    duration_ms: int
    gap_before_ms: int | None = None
    too_fast: bool = False
    fast: bool = False
    too_long: bool = False
    too_many_lines: bool = False
    too_short: bool = False
    shown_too_long: bool = False
    too_close: bool = False


def measure(cue: Cue, limits: SubtitleLimits, before: Cue | None = None) -> Measures:
    """What a machine can say about a cue, and about the time since the one before it."""
    lines = [line for line in cue.text.splitlines() if line.strip()]
    shown = cue.end_ms - cue.start_ms
    speed = sum(len(line) for line in lines) / max(shown, 1) * 1000
    longest = max((len(line) for line in lines), default=0)
    gap = None if before is None else cue.start_ms - before.end_ms
    return Measures(
        characters_per_second=round(speed, 2),
        lines=len(lines),
        longest_line=longest,
        duration_ms=shown,
        gap_before_ms=gap,
        too_fast=speed > limits.speed_limit,
        fast=speed > limits.speed_warning,
        too_long=longest > limits.line_length,
        too_many_lines=len(lines) > limits.most_lines,
        too_short=shown < limits.shortest_seconds * 1000,
        shown_too_long=shown > limits.longest_seconds * 1000,
        too_close=gap is not None and gap != 0 and gap < limits.smallest_gap_ms,
    )


FLAGS = ("too_fast", "fast", "too_long", "too_many_lines", "too_short", "shown_too_long", "too_close")


@dataclass(frozen=True)
class Judged:
    """One subtitle with what was settled about it: question → value; `seriousness` by what it is about."""

    text: str
    answers: Mapping[str, str]
    seriousness: Mapping[str, str]


@dataclass(frozen=True)
class Indication:
    """
    (N − E − R) / N × 100 over the subtitles whose meaning is settled.

    Attributes:
        words: N, words of these subtitles.
        edition: E by seriousness: the meaning differs. recognition: R by seriousness: names or numbers are wrong.
        unweighed: mistakes of which it is not settled yet how bad they are; they count as normal.
    """

    words: int
    subtitles: int
    edition: Mapping[str, int]
    recognition: Mapping[str, int]
    unweighed: int

    @property
    def score(self) -> float | None:
        """0–100; None while nothing is settled. It may fall below zero where there are more mistakes than words."""
        if not self.words:
            return None
        lost = sum(WEIGHTS[how] * count for each in (self.edition, self.recognition) for how, count in each.items())
        return round((self.words - lost) / self.words * 100, 2)


def indication(judged: Iterable[Judged]) -> Indication:
    """What answers to single questions say about a whole file."""
    words, subtitles, unweighed = 0, 0, 0
    counts = {about: dict.fromkeys(WEIGHTS, 0) for about in WRONG}
    for one in judged:
        if "meaning" not in one.answers:
            continue
        subtitles, words = subtitles + 1, words + len(one.text.split())
        for about in _mistakes(one.answers):
            unweighed += about not in one.seriousness
            counts[about][one.seriousness.get(about, "normal")] += 1
    return Indication(words, subtitles, counts["meaning"], counts["names"], unweighed)


def _mistakes(answers: Mapping[str, str]) -> Sequence[str]:
    return [about for about, wrong in WRONG.items() if answers.get(about) in wrong]
