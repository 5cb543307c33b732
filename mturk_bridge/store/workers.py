"""People as requesters know them, and the words between the two."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mturk_bridge import tables as b
from workbench.domain import new_public_id
from workbench.store.database import upsert


@dataclass(frozen=True)
class Known:
    """A person under the name that one requester knows for one type of HIT (None: met at a qualification)."""

    worker_id: str
    person_id: int
    hit_type_row: int | None


def keep(connection: Connection, worker_id: str, requester_id: int, hit_type_row: int | None, person_id: int, now: int) -> None:
    """Remember whom a WorkerId stands for, from when a requester first sees it."""
    row = {
        "worker_id": worker_id,
        "requester_id": requester_id,
        "hit_type_id": hit_type_row,
        "person_id": person_id,
        "created_ms": now,
    }
    connection.execute(upsert(b.worker).values(row).on_conflict_do_nothing(index_elements=["worker_id"]))


def count(connection: Connection, hit_type_rows: Collection[int]) -> int:
    """How many names requesters saw in work of these types."""
    return int(connection.scalar(sa.select(sa.func.count()).where(b.worker.c.hit_type_id.in_(hit_type_rows))) or 0)


def find(connection: Connection, requester_id: int, worker_id: str) -> Known | None:
    """Whom this requester means."""
    query = sa.select(b.worker).where(b.worker.c.requester_id == requester_id, b.worker.c.worker_id == worker_id)
    row = connection.execute(query).first()
    return Known(row.worker_id, row.person_id, row.hit_type_id) if row else None


def say(
    connection: Connection,
    *,
    requester_id: int,
    person_id: int,
    way: str,
    about: str,
    words: str,
    now: int,
    subject: str | None = None,
    assignment_id: int | None = None,
) -> str:
    """Keep a message; returns its public id. `way`: to_worker, to_requester."""
    row: dict[str, Any] = {
        "public_id": new_public_id(),
        "requester_id": requester_id,
        "person_id": person_id,
        "way": way,
        "about": about,
        "subject": subject,
        "words": words,
        "assignment_id": assignment_id,
        "at_ms": now,
    }
    connection.execute(sa.insert(b.message).values(row))
    return str(row["public_id"])
