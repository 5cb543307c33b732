"""Who a requester's work is not offered to. MTurk calls it a block; here nobody else hears of it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mturk_bridge import tables as b


def add(connection: Connection, requester_id: int, person_id: int, worker_id: str, reason: str, now: int) -> None:
    """Leave somebody out; once is enough."""
    if person_id in people_of(connection, requester_id):
        return
    row = {"requester_id": requester_id, "person_id": person_id, "worker_id": worker_id, "reason": reason, "at_ms": now}
    connection.execute(sa.insert(b.block).values(row))


def end(connection: Connection, requester_id: int, person_id: int, now: int) -> None:
    """Offer this requester's work to them again."""
    same = (b.block.c.requester_id == requester_id, b.block.c.person_id == person_id, b.block.c.ended_ms.is_(None))
    connection.execute(sa.update(b.block).where(*same).values(ended_ms=now))


def people_of(connection: Connection, requester_id: int) -> frozenset[int]:
    """Ids of the people whom this requester left out."""
    query = sa.select(b.block.c.person_id).where(b.block.c.requester_id == requester_id, b.block.c.ended_ms.is_(None))
    return frozenset(connection.scalars(query))


def listed(connection: Connection, requester_id: int, *, after: int, most: int) -> list[Any]:
    """Rows (id, worker_id, reason) of a requester, oldest first."""
    table = b.block.c
    query = sa.select(table.id, table.worker_id, table.reason).where(
        table.requester_id == requester_id, table.ended_ms.is_(None), table.id > after
    )
    return list(connection.execute(query.order_by(table.id).limit(most)))
