"""A microtask and an assignment as every query reads them, and a microtask's place in its lane."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Assignment, Microtask
from workbench.store import steps

_p = sa.bindparam
MICROTASK = [
    t.microtask.c.id,
    t.microtask.c.public_id,
    t.microtask.c.step_id,
    t.microtask.c.source_id,
    t.microtask.c.key,
    t.microtask.c.payload,
    t.microtask.c.task_type_version,
    t.microtask.c.status,
    t.microtask.c.wanted,
    t.microtask.c.answers,
    t.microtask.c.parent_id,
    t.microtask.c.lane_id,
]


def microtask(row: Any) -> Microtask:
    """The record of a row that has the columns MICROTASK."""
    return Microtask(
        row.id,
        row.public_id,
        row.step_id,
        row.source_id,
        row.key,
        row.payload,
        row.task_type_version,
        row.status,
        row.wanted,
        row.answers,
        row.parent_id,
        row.lane_id,
    )


ASSIGNMENT = [
    t.assignment.c.id.label("a_id"),
    t.assignment.c.public_id.label("a_public_id"),
    t.assignment.c.person_id,
    t.assignment.c.step_version_id,
    t.assignment.c.status.label("a_status"),
    t.assignment.c.leased_ms,
    t.assignment.c.expires_ms,
    t.assignment.c.together,
    t.assignment.c.work_group_id,
    t.step.c.task_type,
    t.step.c.project_id,
    *MICROTASK,
]
ASSIGNMENTS = (
    sa.select(*ASSIGNMENT)
    .join_from(t.assignment, t.microtask, t.microtask.c.id == t.assignment.c.microtask_id)
    .join(t.step, t.step.c.id == t.microtask.c.step_id)
)


def assignment(connection: Connection, row: Any) -> Assignment:
    """The record of a row of ASSIGNMENTS."""
    return Assignment(
        id=row.a_id,
        public_id=row.a_public_id,
        person_id=row.person_id,
        microtask=microtask(row),
        task_type=row.task_type,
        step_version_id=row.step_version_id,
        settings=steps.settings_of(connection, row.step_version_id),
        project_id=row.project_id,
        status=row.a_status,
        leased_ms=row.leased_ms,
        expires_ms=row.expires_ms,
        together=row.together,
        group_id=row.work_group_id,
    )


TAKE_PLACE = sa.update(t.microtask).where(t.microtask.c.id == _p("m")).values(free=t.microtask.c.free - 1)
_give_place = sa.update(t.microtask).where(t.microtask.c.id == _p("m")).values(free=t.microtask.c.free + 1)


def free_place(connection: Connection, microtask_id: int) -> None:
    """Offer the microtask again, behind what is in its queue: every cursor comes past it once more."""
    connection.execute(_give_place, {"m": microtask_id})
    lane_id = connection.scalar(sa.select(t.microtask.c.lane_id).where(t.microtask.c.id == microtask_id))
    move_to_end(connection, microtask_id, lane_id)


def move_to_end(connection: Connection, microtask_id: int, lane_id: int | None) -> None:
    """Give the microtask the next rank of its queue."""
    connection.execute(sa.update(t.lane).where(t.lane.c.id == lane_id).values(next_rank=t.lane.c.next_rank + 1))
    rank = sa.select(t.lane.c.next_rank - 1).where(t.lane.c.id == lane_id).scalar_subquery()
    connection.execute(sa.update(t.microtask).where(t.microtask.c.id == microtask_id).values(rank=rank))
