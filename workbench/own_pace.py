"""A person's pace against their own past: pure rules over answers and days. Nobody is compared with anybody else.

The time of an answer is what the page measured, else the time since the answer before it. A day's figure is the median
of its answers, per kind of work; "usual" is the median of the days before it, once there are five.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from workbench.domain import MINUTE_MS
from workbench.local_days import day_of

FEWEST_DAYS = 5  # before this many earlier days there is nothing to set a day against
MOST_DAYS = 20  # the past that counts as usual
FEWEST_ANSWERS = 5  # a day with fewer answers of a kind has no figure
LONGEST_GAP_MS = 15 * MINUTE_MS  # longer between two answers is a pause, not an answer


@dataclass(frozen=True)
class Timed:
    """One answer of one person. active_ms: as the page measured it; None: not measured."""

    kind: str
    at_ms: int
    active_ms: int | None


@dataclass(frozen=True)
class PaceDay:
    """One day with one kind of work. usual_seconds is None while there are not enough days before it."""

    day: str
    answers: int
    seconds: float
    usual_seconds: float | None


@dataclass(frozen=True)
class Pace:
    """One kind of work, day by day, oldest first."""

    kind: str
    days: Sequence[PaceDay]

    @property
    def enough(self) -> bool:
        """Is there a day that can be set against this person's own past?"""
        return any(day.usual_seconds is not None for day in self.days)


def paces(answers: Iterable[Timed], time_zone: str) -> list[Pace]:
    """
    The pace of one person, per kind of work (task types by name).

    Args:
        answers: of one person, in any order.
        time_zone: the lab's (IANA); decides what a day is.
    """
    timed = sorted(_with_seconds(answers), key=lambda each: (each[0], each[1]))
    by_kind = groupby(timed, key=lambda each: each[0])
    return [Pace(kind, _days([(at_ms, seconds) for _, at_ms, seconds in group], time_zone)) for kind, group in by_kind]


def _with_seconds(answers: Iterable[Timed]) -> Iterable[tuple[str, int, float]]:
    before: int | None = None
    for each in sorted(answers, key=lambda answer: answer.at_ms):
        gap = None if before is None else each.at_ms - before
        before = each.at_ms
        took = each.active_ms or (gap if gap is not None and gap <= LONGEST_GAP_MS else None)
        if took:
            yield each.kind, each.at_ms, took / 1000


def _days(timed: Sequence[tuple[int, float]], time_zone: str) -> list[PaceDay]:
    found: list[PaceDay] = []
    for day, group in groupby(timed, key=lambda each: day_of(each[0], time_zone)):
        seconds = [took for _, took in group]
        if len(seconds) < FEWEST_ANSWERS:
            continue
        earlier = [each.seconds for each in found[-MOST_DAYS:]]
        usual = median(earlier) if len(earlier) >= FEWEST_DAYS else None
        found.append(PaceDay(day, len(seconds), median(seconds), usual))
    return found
