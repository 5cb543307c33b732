"""Who was at a training, a talk or another block that is not labelling: a coach says it for a group, and it counts as hours.

Somebody who follows a training sits at no screen, so nothing they do begins the block. No minute counts twice: what they
worked before they came stays work.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from workbench import hours, planning
from workbench.domain import DAY_MS, Block, Person
from workbench.store import blocks, groups
from workbench.timetable import Stretch, day_of

KINDS = ("training", "application", "talk", "other")


@dataclass(frozen=True)
class Occasion:
    """One block of today that has begun, for the people of a group who have it in their plan. here: ids of who was counted."""

    stretch: Stretch
    people: Sequence[Person]
    here: Collection[int]


def of_today(connection: Connection, group_id: int, now: int) -> list[Occasion]:
    """What this group has, or had, besides labelling today, by its start."""
    zone = planning.zone_of(connection, now)
    found: dict[Stretch, list[Person]] = {}
    for person in groups.members(connection, group_id):
        plan, _ = planning.plan_of(connection, person.id, day_of(now, zone), zone)
        for each in plan:
            if each.kind in KINDS and each.start_ms <= now:
                found.setdefault(each, []).append(person)
    ordered = sorted(found.items(), key=lambda each: each[0].start_ms)
    return [
        Occasion(each, people, {one.id for one in people if _was_at(connection, one.id, each, now)}) for each, people in ordered
    ]


def mark(connection: Connection, person_id: int, stretch: Stretch, now: int) -> bool:
    """
    This person was there: from its start, or from when they stopped working, to its end. Once is enough.

    Returns:
        False where there is nothing to count: they were counted already, or worked all the while.
    """
    latest = blocks.latest(connection, person_id, lock=True)
    if _was_at(connection, person_id, stretch, now):
        return False
    before = [hours.counted_end(each, now) for each in _around(connection, person_id, stretch)]
    begin = max([stretch.start_ms, *before])
    if begin >= stretch.end_ms:
        return False
    if latest and latest.ended_ms is None and latest.started_ms < stretch.end_ms:
        blocks.end(connection, person_id=person_id, now=min(begin, hours.counted_end(latest, now)))
    more = planning.so_far(connection, latest, now)  # "not for me" holds after a training too
    if now < stretch.end_ms:
        blocks.start(connection, person_id=person_id, kind=stretch.kind, now=begin, planned_end_ms=stretch.end_ms, **more)
    else:
        blocks.had(connection, person_id=person_id, kind=stretch.kind, start_ms=begin, end_ms=stretch.end_ms, **more)
    return True


def _was_at(connection: Connection, person_id: int, stretch: Stretch, now: int) -> bool:
    around = _around(connection, person_id, stretch)
    return any(each.kind == stretch.kind and hours.counted_end(each, now) > stretch.start_ms for each in around)


def _around(connection: Connection, person_id: int, stretch: Stretch) -> Sequence[Block]:
    return blocks.between(connection, person_id, stretch.start_ms - DAY_MS, stretch.end_ms)
