"""Blocks of work and break of each person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Block
from workbench.store.database import for_update
from workbench.store.direct import Direct

_BLOCK = (
    t.block.c.id,
    t.block.c.person_id,
    t.block.c.kind,
    t.block.c.started_ms,
    t.block.c.planned_end_ms,
    t.block.c.ended_ms,
    t.block.c.reason,
    t.block.c.step_id,
    t.block.c.topics_off,
    t.block.c.distressing,
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
_latest_seen, _latest_locked = Direct(_latest), Direct(for_update(_latest, of=t.person))


def latest(connection: Connection, person_id: int, *, lock: bool = False) -> Block | None:
    """
    This person's last block.

    Args:
        lock: calls for one person queue up until the transaction ends, so that two tabs share one microtask. SQLite's
            writes queue up anyway.
    """
    row = (_latest_locked if lock else _latest_seen).first(connection, {"person": person_id})
    return _block(row) if row and row.id is not None else None


def start(
    connection: Connection,
    *,
    person_id: int,
    kind: str,
    now: int,
    planned_end_ms: int | None,
    reason: str | None = None,
    step_id: int | None = None,
    topics_off: Sequence[str] = (),
    distressing: int = 0,
) -> None:
    """A block begins; what was running ends."""
    end(connection, person_id=person_id, now=now)
    values = {
        "person_id": person_id,
        "kind": kind,
        "started_ms": now,
        "planned_end_ms": planned_end_ms,
        "reason": reason,
        "step_id": step_id,
        "topics_off": list(topics_off) or None,
        "distressing": distressing,
    }
    connection.execute(sa.insert(t.block).values(**values))


def had(
    connection: Connection,
    *,
    person_id: int,
    kind: str,
    start_ms: int,
    end_ms: int,
    topics_off: Sequence[str] = (),
    distressing: int = 0,
) -> None:
    """A block that was over before anybody told: a break that somebody had without a call, a training they were at."""
    row = {"person_id": person_id, "kind": kind, "started_ms": start_ms, "planned_end_ms": end_ms, "ended_ms": end_ms}
    connection.execute(sa.insert(t.block).values(**row, topics_off=list(topics_off) or None, distressing=distressing))


def end(connection: Connection, *, person_id: int, now: int, reason: str | None = None, block_id: int | None = None) -> None:
    """The running block ends; block_id: only if it is that one still."""
    running = sa.and_(t.block.c.person_id == person_id, t.block.c.ended_ms.is_(None))
    running = running if block_id is None else sa.and_(running, t.block.c.id == block_id)
    values = {"ended_ms": now} if reason is None else {"ended_ms": now, "reason": reason}
    connection.execute(sa.update(t.block).where(running).values(values))


def change(connection: Connection, block_id: int, **values: Any) -> None:
    """Change a running block: its planned end, its kind of work, what was counted."""
    connection.execute(sa.update(t.block).where(t.block.c.id == block_id).values(values))


def between(connection: Connection, person_id: int, start_ms: int, end_ms: int) -> list[Block]:
    """This person's blocks that began in this stretch of time, in order."""
    query = sa.select(*_BLOCK).where(
        t.block.c.person_id == person_id, t.block.c.started_ms >= start_ms, t.block.c.started_ms < end_ms
    )
    return [_block(row) for row in connection.execute(query.order_by(t.block.c.started_ms, t.block.c.id))]


def running_past(connection: Connection, moment_ms: int) -> list[Block]:
    """Blocks that nobody ended, and that were planned to end before this moment."""
    query = sa.select(*_BLOCK).where(t.block.c.ended_ms.is_(None), t.block.c.planned_end_ms < moment_ms)
    return [_block(row) for row in connection.execute(query)]


def _block(row: Any) -> Block:
    return Block(
        row.id,
        row.person_id,
        row.kind,
        row.started_ms,
        row.planned_end_ms,
        row.ended_ms,
        row.reason,
        row.step_id,
        row.topics_off or (),
        row.distressing,
    )
