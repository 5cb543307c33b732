"""What was agreed for one person: other blocks, half days, days off, one-off blocks; and what they chose to work on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Json, new_public_id
from workbench.errors import NotFound


@dataclass(frozen=True)
class Adjustment:
    """
    What differs for one person from a day on, agreed with them.

    changes: {"work_minutes"?, "break_minutes"?, "start_minute"?, "end_minute"?, "most_blocks"?}; minutes of a day count
    from local midnight. Days are ISO, both inclusive.
    """

    public_id: str
    person_id: int
    from_day: str
    until_day: str | None
    changes: Mapping[str, Json]
    words: str | None
    agreed_with: int | None
    created_ms: int
    reason: str = "agreed"


@dataclass(frozen=True)
class PlannedBlock:
    """One thing at one time: a training, job-application practice, a talk."""

    public_id: str
    person_id: int | None
    group_id: int | None
    kind: str
    title: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Choice:
    """Which work somebody chose. `step_id` None: whatever fits."""

    person_id: int
    step_id: int | None
    chosen_by: int | None
    words: str | None
    at_ms: int


# --- adjustments -----------------------------------------------------------------------------------------------------


def add_adjustment(
    connection: Connection,
    person_id: int,
    changes: Mapping[str, Json],
    *,
    from_day: str,
    until_day: str | None = None,
    words: str | None = None,
    agreed_with: int | None,
    now: int,
) -> Adjustment:
    """Something that differs for this person, agreed with them."""
    row = {
        "public_id": new_public_id(),
        "person_id": person_id,
        "from_day": from_day,
        "until_day": until_day,
        "changes": dict(changes),
        "words": words,
        "agreed_with": agreed_with,
        "created_ms": now,
    }
    connection.execute(sa.insert(t.adjustment).values(row))
    return _adjustment(connection.execute(sa.select(t.adjustment).where(t.adjustment.c.public_id == row["public_id"])).one())


def adjustments(connection: Connection, person_id: int) -> list[Adjustment]:
    """What is agreed with this person and not ended, oldest first; also for later."""
    here = sa.and_(t.adjustment.c.person_id == person_id, t.adjustment.c.ended_ms.is_(None))
    return [_adjustment(row) for row in connection.execute(sa.select(t.adjustment).where(here).order_by(t.adjustment.c.id))]


def end_adjustment(connection: Connection, person_id: int, public_id: str, *, now: int) -> None:
    """It no longer holds. Raises NotFound."""
    here = sa.and_(t.adjustment.c.public_id == public_id, t.adjustment.c.person_id == person_id)
    if not connection.execute(sa.update(t.adjustment).where(here).values(ended_ms=now)).rowcount:
        raise NotFound("There is no such agreement here.")


def changes_on(connection: Connection, person_id: int, day: str) -> dict[str, Json]:
    """What holds on this day, together; what was agreed last wins."""
    found: dict[str, Json] = {}
    for each in adjustments(connection, person_id):
        if each.from_day <= day and (each.until_day is None or day <= each.until_day):
            found |= each.changes
    return found


# --- the plan of a week ----------------------------------------------------------------------------------------------


def set_week(connection: Connection, person_id: int, days: Sequence[str], *, week: str = "", by: int | None, now: int) -> None:
    """Seven of whole, morning, afternoon, off, from Monday on; `week` is its Monday (ISO), or empty: every week."""
    row = {"person_id": person_id, "week": week, "days": list(days), "created_by": by, "created_ms": now}
    connection.execute(sa.insert(t.week_plan).values(row))


def week_of(connection: Connection, person_id: int, week: str) -> list[str] | None:
    """The plan of the week that begins on this Monday (ISO): its own, else the usual one; None: nothing was planned."""
    query = sa.select(t.week_plan.c.week, t.week_plan.c.days).where(
        t.week_plan.c.person_id == person_id, t.week_plan.c.week.in_(("", week))
    )
    row = connection.execute(query.order_by(t.week_plan.c.week.desc(), t.week_plan.c.id.desc()).limit(1)).first()
    return list(row.days) if row else None


# --- one thing at one time -------------------------------------------------------------------------------------------


def plan_block(
    connection: Connection,
    *,
    kind: str,
    title: str,
    start_ms: int,
    end_ms: int,
    person_id: int | None = None,
    group_id: int | None = None,
    by: int | None,
    now: int,
) -> str:
    """For a person, or for a group; returns its public id."""
    row = {
        "public_id": new_public_id(),
        "person_id": person_id,
        "work_group_id": group_id,
        "kind": kind,
        "title": title[:200],
        "start_ms": start_ms,
        "end_ms": end_ms,
        "created_by": by,
        "created_ms": now,
    }
    connection.execute(sa.insert(t.planned_block).values(row))
    return str(row["public_id"])


def planned_between(
    connection: Connection, *, person_id: int, group_id: int | None, start_ms: int, end_ms: int
) -> list[PlannedBlock]:
    """What is planned for somebody, or for their group, in this stretch of time, by its start."""
    table = t.planned_block.c
    mine = table.person_id == person_id
    query = sa.select(t.planned_block).where(
        sa.or_(mine, table.work_group_id == group_id) if group_id is not None else mine,
        table.ended_ms.is_(None),
        table.start_ms < end_ms,
        table.end_ms > start_ms,
    )
    return [_planned(row) for row in connection.execute(query.order_by(table.start_ms, table.id))]


def drop_planned(connection: Connection, public_id: str, *, now: int) -> None:
    """Off the plan. Raises NotFound."""
    here = t.planned_block.c.public_id == public_id
    if not connection.execute(sa.update(t.planned_block).where(here).values(ended_ms=now)).rowcount:
        raise NotFound("There is no such block in the plan.")


# --- what somebody chose to work on ----------------------------------------------------------------------------------


def choose(
    connection: Connection, person_id: int, step_id: int | None, *, by: int | None, words: str | None = None, now: int
) -> None:
    """From now on this work first; None: whatever fits. `by` and `words` say who chose with them, and why."""
    row = {"person_id": person_id, "step_id": step_id, "chosen_by": by, "words": words, "at_ms": now}
    connection.execute(sa.insert(t.work_choice).values(row))


def choices(connection: Connection, person_id: int, *, limit: int = 50) -> list[Choice]:
    """What was chosen, newest first."""
    query = sa.select(t.work_choice).where(t.work_choice.c.person_id == person_id).order_by(t.work_choice.c.id.desc())
    return [
        Choice(row.person_id, row.step_id, row.chosen_by, row.words, row.at_ms) for row in connection.execute(query.limit(limit))
    ]


def chosen_step(connection: Connection, person_id: int) -> int | None:
    """The work that somebody chose last."""
    found = choices(connection, person_id, limit=1)
    return found[0].step_id if found else None


def _adjustment(row: Any) -> Adjustment:
    return Adjustment(
        row.public_id,
        row.person_id,
        row.from_day,
        row.until_day,
        row.changes,
        row.words,
        row.agreed_with,
        row.created_ms,
        row.reason,
    )


def _planned(row: Any) -> PlannedBlock:
    return PlannedBlock(row.public_id, row.person_id, row.work_group_id, row.kind, row.title, row.start_ms, row.end_ms)
