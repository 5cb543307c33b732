"""Somebody's time at the lab: its start, its end, its goals, and where it leads."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from accessibility.sentences import sentence
from workbench import tables as t
from workbench.domain import new_public_id
from workbench.errors import Invalid, NotFound

STATUSES = ("open", "reached", "let_go")


@dataclass(frozen=True)
class Goal:
    """One goal, in the words of worker and coach. status: open, reached, let_go."""

    public_id: str
    words: str
    status: str
    changed_ms: int | None


@dataclass(frozen=True)
class Trajectory:
    """From when to when (ISO days), with which goals, and where it leads (a placement, for example)."""

    id: int
    public_id: str
    person_id: int
    start_day: str
    end_day: str | None
    leads_to: str | None
    goals: Sequence[Goal] = ()


def set_trajectory(
    connection: Connection, person_id: int, *, start_day: str, end_day: str | None, leads_to: str | None, by: int | None, now: int
) -> Trajectory:
    """
    The trajectory as it is now; the former row stays and ends, and its goals move along.

    Raises:
        Invalid: it ends before it starts.
    """
    if end_day is not None and end_day < start_day:
        raise Invalid("The last day is before the first day. Change one of the two.", field="end_day")
    before = trajectory_of(connection, person_id)
    row = {
        "public_id": new_public_id(),
        "person_id": person_id,
        "start_day": start_day,
        "end_day": end_day,
        "leads_to": leads_to,
        "created_by": by,
        "created_ms": now,
    }
    made = connection.execute(sa.insert(t.trajectory).values(row).returning(t.trajectory.c.id)).scalar_one()
    if before:
        connection.execute(sa.update(t.trajectory).where(t.trajectory.c.id == before.id).values(ended_ms=now))
        connection.execute(sa.update(t.goal).where(t.goal.c.trajectory_id == before.id).values(trajectory_id=made))
    found = trajectory_of(connection, person_id)
    assert found
    return found


def trajectory_of(connection: Connection, person_id: int) -> Trajectory | None:
    """What holds now, with its goals."""
    here = sa.and_(t.trajectory.c.person_id == person_id, t.trajectory.c.ended_ms.is_(None))
    row = connection.execute(sa.select(t.trajectory).where(here).order_by(t.trajectory.c.id.desc())).first()
    if row is None:
        return None
    goals = connection.execute(sa.select(t.goal).where(t.goal.c.trajectory_id == row.id).order_by(t.goal.c.id))
    found = tuple(_goal(each) for each in goals)
    return Trajectory(row.id, row.public_id, row.person_id, row.start_day, row.end_day, row.leads_to, found)


def ending(connection: Connection, person_ids: Collection[int], *, first: str, last: str) -> list[tuple[str, str, str]]:
    """(name, public id, last day) of those of these people whose trajectory ends between these days, the first to end first."""
    table = t.trajectory.c
    query = (
        sa.select(t.person.c.name, t.person.c.public_id, table.end_day)
        .join(t.trajectory, table.person_id == t.person.c.id)
        .where(table.person_id.in_(person_ids), table.ended_ms.is_(None), table.end_day.between(first, last))
        .order_by(table.end_day, t.person.c.name)
    )
    return [(row.name, row.public_id, row.end_day) for row in connection.execute(query)]


def add_goal(connection: Connection, trajectory_id: int, words: str, *, now: int) -> None:
    """One more goal. Raises Invalid without words."""
    if not words.strip():
        raise Invalid("Please write the goal in a few words.", field="words")
    row = {"public_id": new_public_id(), "trajectory_id": trajectory_id, "words": words.strip()[:2000], "created_ms": now}
    connection.execute(sa.insert(t.goal).values(row))


def mark_goal(connection: Connection, person_id: int, public_id: str, status: str, *, now: int) -> None:
    """Reached, let go, or open again. Raises Invalid, NotFound."""
    if status not in STATUSES:
        raise Invalid(
            sentence('Unknown status "{status}". Known: {statuses}.', status=status, statuses=", ".join(STATUSES)), field="status"
        )
    mine = sa.select(t.trajectory.c.id).where(t.trajectory.c.person_id == person_id)
    here = sa.and_(t.goal.c.public_id == public_id, t.goal.c.trajectory_id.in_(mine))
    if not connection.execute(sa.update(t.goal).where(here).values(status=status, changed_ms=now)).rowcount:
        raise NotFound("There is no such goal here.")


def _goal(row: Any) -> Goal:
    return Goal(row.public_id, row.words, row.status, row.changed_ms)
