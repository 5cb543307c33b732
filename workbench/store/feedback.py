"""Words about a worker's answers that wait for the coach, and what the coach passed on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import new_public_id
from workbench.store.database import upsert

NOT_DONE = ("waiting", "held", "discuss")


@dataclass(frozen=True)
class Feedback:
    """One piece of feedback as the coach sees it. origin: review, returned, supervisor. No client's name is in it."""

    id: int
    public_id: str
    person_id: int
    person_public_id: str
    person: str
    project: str
    batch: str
    origin: str
    words: str
    microtasks: Sequence[str]
    at_ms: int
    state: str


@dataclass(frozen=True)
class Passed:
    """What the worker reads: the coach's words, once for a batch."""

    batch: str
    project: str
    words: str
    coach: str
    at_ms: int
    read_ms: int | None


def add(
    connection: Connection,
    *,
    person_id: int,
    project_id: int,
    batch: str,
    origin: str,
    words: str,
    microtasks: Sequence[str],
    key: str,
    now: int,
) -> bool:
    """Put it in the queue; False: this key was here before."""
    row = {
        "public_id": new_public_id(),
        "person_id": person_id,
        "project_id": project_id,
        "batch": batch,
        "origin": origin,
        "words": words,
        "microtasks": list(microtasks),
        "key": key,
        "at_ms": now,
    }
    statement = upsert(t.feedback).values(row).on_conflict_do_nothing(index_elements=["key"])
    return connection.execute(statement.returning(t.feedback.c.id)).first() is not None


def not_done(connection: Connection, person_ids: Collection[int]) -> list[Feedback]:
    """What waits, is held or is to be discussed, of these people; oldest first."""
    query = (
        sa.select(t.feedback, t.person.c.public_id.label("who"), t.person.c.name, t.project.c.name.label("project_name"))
        .join(t.person, t.person.c.id == t.feedback.c.person_id)
        .join(t.project, t.project.c.id == t.feedback.c.project_id)
        .where(t.feedback.c.person_id.in_(person_ids), t.feedback.c.state.in_(NOT_DONE))
        .order_by(sa.func.lower(t.person.c.name), t.feedback.c.batch, t.feedback.c.id)
    )
    return [
        Feedback(
            id=row.id,
            public_id=row.public_id,
            person_id=row.person_id,
            person_public_id=row.who,
            person=row.name,
            project=row.project_name,
            batch=row.batch,
            origin=row.origin,
            words=row.words,
            microtasks=row.microtasks,
            at_ms=row.at_ms,
            state=row.state,
        )
        for row in connection.execute(query)
    ]


def count_not_done(connection: Connection, person_id: int) -> int:
    """How many pieces the coach still has."""
    mine = (t.feedback.c.person_id == person_id, t.feedback.c.state.in_(NOT_DONE))
    return connection.execute(sa.select(sa.func.count()).where(*mine)).scalar_one()


def moderate(connection: Connection, ids: Collection[int], *, state: str, words: str | None, by: int, now: int) -> int:
    """Decide about these pieces together; returns how many were still open."""
    mine = (t.feedback.c.id.in_(ids), t.feedback.c.state.in_(NOT_DONE))
    values = {"state": state, "passed_words": words, "moderated_by": by, "moderated_ms": now}
    return connection.execute(sa.update(t.feedback).where(*mine).values(values)).rowcount


def passed_to(connection: Connection, person_id: int, *, limit: int = 50) -> list[Passed]:
    """What was passed on to this person, newest first; a batch was passed on in one text."""
    query = (
        sa.select(
            t.feedback.c.batch,
            t.project.c.name.label("project_name"),
            t.feedback.c.passed_words,
            t.person.c.name,
            t.feedback.c.moderated_ms,
            sa.func.min(t.feedback.c.read_ms).label("read_ms"),
        )
        .join(t.project, t.project.c.id == t.feedback.c.project_id)
        .join(t.person, t.person.c.id == t.feedback.c.moderated_by)
        .where(t.feedback.c.person_id == person_id, t.feedback.c.state == "passed_on")
        .group_by(t.feedback.c.batch, t.project.c.name, t.feedback.c.passed_words, t.person.c.name, t.feedback.c.moderated_ms)
        .order_by(t.feedback.c.moderated_ms.desc())
        .limit(limit)
    )
    return [Passed(*row) for row in connection.execute(query)]


def mark_read(connection: Connection, person_id: int, *, now: int) -> None:
    """The person has seen what was passed on."""
    mine = (t.feedback.c.person_id == person_id, t.feedback.c.state == "passed_on", t.feedback.c.read_ms.is_(None))
    connection.execute(sa.update(t.feedback).where(*mine).values(read_ms=now))
