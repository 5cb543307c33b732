"""What a coach sees of one person: one record, which the coach's page and the person's own mirror of it both show.

There is nothing else on the coach's page than what stands here, so that the mirror can be exact. No figure in it comes
from somebody else, and none is a score: gold agreement is shown with its interval and from twenty answers on, pace
against this person's own past from five days on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import sqrt

from sqlalchemy.engine import Connection

from workbench.domain import DAY_MS, Block, Json, Person
from workbench.hours import counted_end, minutes_of
from workbench.local_days import day_of, start_of
from workbench.own_pace import Pace, paces
from workbench.pacing import UNDONE
from workbench.store import (
    agreements,
    coach_entries,
    coaches,
    drift_signs,
    feedback,
    groups,
    lab,
    own_words,
    own_work,
    requests,
    trajectories,
)
from workbench.store.agreements import Agreement
from workbench.store.coach_entries import Entry
from workbench.store.coaches import Look
from workbench.store.drift_signs import DriftSign
from workbench.store.own_words import CheckIn, Wish
from workbench.store.own_work import KindDone
from workbench.store.people import person_by_id
from workbench.store.requests import Request
from workbench.store.trajectories import Trajectory

FEWEST_GOLD = 20  # below this an agreement says next to nothing, and is not shown
SHOWN_DAYS = 14
PACE_DAYS = 60  # within the ninety days that events are kept
KIND_DAYS = 90
WORN_DAYS = 90  # how long what ended is still shown
Z_90 = 1.6449


@dataclass(frozen=True)
class DayLine:
    """One day at the lab, whole minutes. Breaks are counted, never timed against anything."""

    day: str
    work_minutes: int
    other_minutes: int
    breaks: int
    break_minutes: int


@dataclass(frozen=True)
class GoldAgreement:
    """
    How often this person's answers to check questions matched, per kind of work.

    Attributes:
        share, low, high: mean score and its 90% interval (Wilson); None below `FEWEST_GOLD` answers.
    """

    kind: str
    answers: int
    share: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Guides:
    """Who guides this person now: their coach, and who stands in for that coach until when (UTC ms)."""

    coach: str | None
    stand_ins: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class PersonView:
    """Everything a coach sees of one person. Each field is a part of the page, with the same name."""

    guides: Guides
    now: Block | None
    group: str | None
    requests: Sequence[Request]
    check_ins: Sequence[CheckIn]
    wishes: Sequence[Wish]
    trajectory: Trajectory | None
    agreements: Sequence[Agreement]
    needs: Mapping[str, Json]
    days: Sequence[DayLine]
    kinds: Sequence[KindDone]
    gold: Sequence[GoldAgreement]
    pace: Sequence[Pace]
    drift: Sequence[DriftSign]
    feedback_waiting: int
    entries: Sequence[Entry]
    looks: Sequence[Look]


def view_of(connection: Connection, person_id: int, *, now: int) -> PersonView:
    """
    The record for this person as it is now.

    Args:
        now: UTC ms.
    """
    zone = lab.time_zone(connection, now)
    person = person_by_id(connection, person_id)
    found = groups.group_of(connection, person_id)
    # Whole days: of a day that is shown in part, the hours would not be those of the statement.
    blocks = own_work.blocks(connection, person_id, since_ms=start_of(day_of(now - SHOWN_DAYS * DAY_MS, zone), zone))
    return PersonView(
        guides=_guides(connection, person_id, now),
        now=_running(blocks, zone, now),
        group=found.name if found else None,
        requests=requests.of_person(connection, person_id, since_ms=now - WORN_DAYS * DAY_MS),
        check_ins=own_words.shared_check_ins(connection, person_id),
        wishes=own_words.wishes(connection, person_id),
        trajectory=trajectories.trajectory_of(connection, person_id),
        agreements=_agreements(connection, person_id, now),
        needs=needs_of(person),
        days=day_lines(blocks, zone, now),
        kinds=own_work.kinds(connection, person_id, since_ms=now - KIND_DAYS * DAY_MS),
        gold=gold_agreements(own_work.gold_scores(connection, person_id)),
        pace=paces(own_work.timed(connection, person_id, since_ms=now - PACE_DAYS * DAY_MS), zone),
        drift=drift_signs.shared(connection, person_id),
        feedback_waiting=feedback.count_not_done(connection, person_id),
        entries=coach_entries.of_person(connection, person_id),
        looks=coaches.looks(connection, person_id),
    )


def needs_of(person: Person) -> dict[str, Json]:
    """What this person chose about their work, with the coach: no diagnosis, and nothing else of the profile."""
    profile = person.profile
    return {name: profile[name] for name in ("cannot_use", "uses", "reading_level", "topics_off") if profile.get(name)}


def day_lines(blocks: Sequence[Block], zone: str, now: int) -> list[DayLine]:
    """Days with blocks, newest first. A block counts here for what it counts in the hours statement."""
    by_day = groupby(blocks, key=lambda block: day_of(block.started_ms, zone))
    lines = [_day_line(day, list(group), now) for day, group in by_day]
    return lines[::-1]


def _day_line(day: str, blocks: Sequence[Block], now: int) -> DayLine:
    minutes = {"work": 0, "break": 0, "other": 0}
    for block in blocks:
        kind = block.kind if block.kind in ("work", "break") else "other"
        minutes[kind] += minutes_of(block, now)
    breaks = sum(_was_break(block, now) for block in blocks)
    return DayLine(day, minutes["work"], minutes["other"], breaks, minutes["break"])


def _was_break(block: Block, now: int) -> bool:
    """Not one that was taken back, nor the mark of somebody who stopped."""
    return block.kind == "break" and block.reason != UNDONE and counted_end(block, now) > block.started_ms


def gold_agreements(scores: Mapping[str, Sequence[float]]) -> list[GoldAgreement]:
    """Per kind of work, this person's own answers only: no crowd is mixed in."""
    return [_gold(kind, each) for kind, each in sorted(scores.items())]


def _gold(kind: str, scores: Sequence[float]) -> GoldAgreement:
    count = len(scores)
    if count < FEWEST_GOLD:
        return GoldAgreement(kind, count)
    share = min(1.0, max(0.0, sum(scores) / count))
    return GoldAgreement(kind, count, share, *wilson(share, count))


def wilson(share: float, count: int, z: float = Z_90) -> tuple[float, float]:
    """
    The interval of a share of `count` answers; scores in part count in part.

    Source: Wilson 1927, doi:10.2307/2276774
    """
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    reach = z * sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def _running(blocks: Sequence[Block], zone: str, now: int) -> Block | None:
    last = blocks[-1] if blocks else None
    if last is None or last.ended_ms is not None or day_of(last.started_ms, zone) != day_of(now, zone):
        return None
    return last


def _agreements(connection: Connection, person_id: int, now: int) -> list[Agreement]:
    fresh = now - WORN_DAYS * DAY_MS
    everything = agreements.of_person(connection, person_id)
    return [each for each in everything if each.ended_ms is None or each.ended_ms >= fresh]


def _guides(connection: Connection, person_id: int, now: int) -> Guides:
    own = coaches.coach_of(connection, person_id)
    if own is None:
        return Guides(None)
    planned = coaches.stand_ins(connection, now=now, coach_id=own)
    here = tuple((each.stand_in, each.until_ms) for each in planned if each.coach_id == own and each.from_ms <= now)
    return Guides(person_by_id(connection, own).name, here)
