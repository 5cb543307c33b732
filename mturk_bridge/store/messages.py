"""Counting and reading messages between requesters and workers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mturk_bridge import tables as b


def waiting(connection: Connection, requester_id: int) -> int:
    """Messages of workers that the requester did not answer yet."""
    table = b.message.c
    same = (table.requester_id == requester_id, table.way == "to_requester", table.status == "waiting")
    return int(connection.scalar(sa.select(sa.func.count()).where(*same)) or 0)


def asked(connection: Connection, requester_id: int) -> int:
    """Messages of workers to this requester, answered or not."""
    same = (b.message.c.requester_id == requester_id, b.message.c.way == "to_requester")
    return int(connection.scalar(sa.select(sa.func.count()).where(*same)) or 0)


def to_requester(connection: Connection, requester_id: int) -> list[Any]:
    """What workers asked, newest first: rows with `public_id`, `words`, `status`, `passed_words`, `at_ms`. Nobody is named."""
    table = b.message.c
    columns = (table.public_id, table.words, table.status, table.passed_words, table.at_ms)
    query = sa.select(*columns).where(table.requester_id == requester_id, table.way == "to_requester")
    return list(connection.execute(query.order_by(table.id.desc()).limit(100)))


def of_person(connection: Connection, person_id: int) -> list[Any]:
    """What somebody asked requesters, with the answers, newest first: rows with `requester`, `words`, `passed_words`."""
    table = b.message.c
    query = (
        sa.select(table.words, table.passed_words, table.at_ms, b.requester.c.name.label("requester"))
        .join(b.requester, b.requester.c.id == table.requester_id)
        .where(table.person_id == person_id, table.way == "to_requester")
        .order_by(table.id.desc())
        .limit(50)
    )
    return list(connection.execute(query))


def answer(connection: Connection, public_id: str, words: str, person_id: int, now: int) -> bool:
    """What came back from the requester, as a person here writes it down; False: it has an answer already."""
    same = (b.message.c.public_id == public_id, b.message.c.status == "waiting")
    values = {"status": "passed", "passed_words": words, "decided_by": person_id, "decided_ms": now}
    return connection.execute(sa.update(b.message).where(*same).values(values)).rowcount == 1
