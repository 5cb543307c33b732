"""Blocks of work and break of each person."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Block
from workbench.store.database import for_update

_BLOCK = (
    t.block.c.id,
    t.block.c.person_id,
    t.block.c.kind,
    t.block.c.started_ms,
    t.block.c.planned_end_ms,
    t.block.c.ended_ms,
)
_newest = (
    sa.select(t.block.c.id)
    .where(t.block.c.person_id == sa.bindparam("person"))
    .order_by(t.block.c.started_ms.desc(), t.block.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_latest = (
    sa.select(*_BLOCK)
    .select_from(t.person.outerjoin(t.block, t.block.c.id == _newest))
    .where(t.person.c.id == sa.bindparam("person"))
)
_latest_locked = for_update(_latest, of=t.person)


def latest(connection: Connection, person_id: int, *, lock: bool = False) -> Block | None:
    """
    This person's last block.

    Args:
        lock: calls for one person queue up until the transaction ends, so that two tabs share one microtask. SQLite's
            writes queue up anyway.
    """
    row = connection.execute(_latest_locked if lock else _latest, {"person": person_id}).first()
    return Block(*row) if row and row.id is not None else None


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
