"""A microtask as every query reads it, and its place in its lane."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Microtask

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
    )


_take_place = sa.update(t.microtask).where(t.microtask.c.id == _p("m")).values(free=t.microtask.c.free - 1)
_give_place = sa.update(t.microtask).where(t.microtask.c.id == _p("m")).values(free=t.microtask.c.free + 1)


def take_place(connection: Connection, microtask_id: int) -> None:
    """One place less: somebody holds it."""
    connection.execute(_take_place, {"m": microtask_id})


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
