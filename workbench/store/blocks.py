"""Blocks of work and break of each person."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Block

_latest = (
    sa.select(
        t.block.c.id, t.block.c.person_id, t.block.c.kind, t.block.c.started_ms, t.block.c.planned_end_ms, t.block.c.ended_ms
    )
    .where(t.block.c.person_id == sa.bindparam("person"))
    .order_by(t.block.c.started_ms.desc(), t.block.c.id.desc())
    .limit(1)
)


def latest(connection: Connection, person_id: int) -> Block | None:
    """This person's last block."""
    row = connection.execute(_latest, {"person": person_id}).first()
    return Block(*row) if row else None


def start(connection: Connection, *, person_id: int, kind: str, now: int, planned_end_ms: int | None) -> None:
    """A block begins; what was running ends."""
    running = sa.and_(t.block.c.person_id == person_id, t.block.c.ended_ms.is_(None))
    connection.execute(sa.update(t.block).where(running).values(ended_ms=now))
    values = {"person_id": person_id, "kind": kind, "started_ms": now, "planned_end_ms": planned_end_ms}
    connection.execute(sa.insert(t.block).values(**values))


def end(connection: Connection, *, person_id: int, now: int, reason: str) -> None:
    """The running block ends early."""
    running = sa.and_(t.block.c.person_id == person_id, t.block.c.ended_ms.is_(None))
    connection.execute(sa.update(t.block).where(running).values(ended_ms=now, reason=reason))
