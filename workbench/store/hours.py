"""Blocks, day totals and corrections of hours, for statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Block, new_public_id
from workbench.hours import Correction, DayTotal

_BLOCK = (
    t.block.c.id,
    t.block.c.person_id,
    t.block.c.kind,
    t.block.c.started_ms,
    t.block.c.planned_end_ms,
    t.block.c.ended_ms,
)


@dataclass
class Noted:
    """What is noted of one person's hours in a period."""

    blocks: list[Block] = field(default_factory=list)
    totals: list[DayTotal] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)


def noted(
    connection: Connection, *, first: date, last: date, start_ms: int, end_ms: int, people: Sequence[int] | None = None
) -> dict[int, Noted]:
    """
    Hours by person id; people without any are not in it.

    Args:
        start_ms, end_ms: the same period as `first` to `last`, in UTC ms, the end not included.
        people: only these; None: everybody, also those who have left.
    """
    found: dict[int, Noted] = defaultdict(Noted)
    inside = (t.block.c.started_ms >= start_ms, t.block.c.started_ms < end_ms)
    blocks = sa.select(*_BLOCK).where(*inside, *_only(t.block, people)).order_by(t.block.c.started_ms, t.block.c.id)
    for row in connection.execute(blocks):
        found[row.person_id].blocks.append(Block(*row[:6]))
    days = (first.isoformat(), last.isoformat())
    totals = sa.select(t.day_hours).where(t.day_hours.c.day.between(*days), *_only(t.day_hours, people))
    for row in connection.execute(totals):
        found[row.person_id].totals.append(DayTotal(row.person_id, date.fromisoformat(row.day), row.kind, row.minutes))
    for correction in _corrections(connection, days, people):
        found[correction.person_id].corrections.append(correction)
    return dict(found)


def _corrections(connection: Connection, days: tuple[str, str], people: Sequence[int] | None) -> list[Correction]:
    maker = t.person.alias("maker")
    query = (
        sa.select(t.hours_correction, maker.c.name.label("maker"))
        .select_from(t.hours_correction.outerjoin(maker, maker.c.id == t.hours_correction.c.made_by))
        .where(t.hours_correction.c.day.between(*days), *_only(t.hours_correction, people))
        .order_by(t.hours_correction.c.day, t.hours_correction.c.id)
    )
    return [
        Correction(
            row.person_id, date.fromisoformat(row.day), row.kind, row.minutes, row.reason, row.at_ms, row.maker, row.public_id
        )
        for row in connection.execute(query)
    ]


def _only(table: sa.Table, people: Sequence[int] | None) -> list[sa.ColumnElement[bool]]:
    return [] if people is None else [table.c.person_id.in_(people)]


def add_correction(
    connection: Connection, *, person_id: int, day: date, kind: str, minutes: int, reason: str, made_by: int | None, now: int
) -> str:
    """Minutes more or fewer; returns the row's public id."""
    row = {
        "public_id": new_public_id(),
        "person_id": person_id,
        "day": day.isoformat(),
        "kind": kind,
        "minutes": minutes,
        "reason": reason,
        "made_by": made_by,
        "at_ms": now,
    }
    connection.execute(sa.insert(t.hours_correction).values(row))
    return str(row["public_id"])


def workers(connection: Connection) -> list[tuple[int, str, str]]:
    """(id, name, public id) of everybody who is or was a worker here, by name; not who was erased."""
    worked = sa.select(t.person_role.c.person_id).where(t.person_role.c.role == "worker")
    query = sa.select(t.person.c.id, t.person.c.name, t.person.c.public_id)
    query = query.where(t.person.c.id.in_(worked), t.person.c.erased_ms.is_(None))
    return [(row.id, row.name, row.public_id) for row in connection.execute(query.order_by(sa.func.lower(t.person.c.name)))]
