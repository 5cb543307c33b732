"""What a worker says of the work: check-ins, which belong to them, and wishes to learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from accessibility.sentences import sentence
from workbench import tables as t
from workbench.domain import new_public_id
from workbench.errors import Invalid, NotFound

# Each question with its three answers, in the order of the pictures.
QUESTIONS = {
    "pace": ("too_slow", "fine", "too_fast"),
    "difficulty": ("too_easy", "fine", "too_hard"),
    "work_kind": ("other", "fine", "more"),
}
FORMS = ("text", "voice", "symbols")


@dataclass(frozen=True)
class CheckIn:
    """A worker's short word on the work; None: that question was skipped. Others see it only where `shared`."""

    public_id: str
    person_id: int
    pace: str | None
    difficulty: str | None
    work_kind: str | None
    shared: bool
    at_ms: int


@dataclass(frozen=True)
class Wish:
    """What somebody would like to learn or do. form: text, voice (words as they were understood), symbols (names)."""

    public_id: str
    person_id: int
    form: str
    words: str | None
    symbols: Sequence[str]
    at_ms: int


# --- check-ins -------------------------------------------------------------------------------------------------------


def add_check_in(
    connection: Connection,
    person_id: int,
    *,
    pace: str | None = None,
    difficulty: str | None = None,
    work_kind: str | None = None,
    shared: bool = False,
    block_id: int | None = None,
    key: str,
    now: int,
) -> CheckIn:
    """
    Keep a check-in; the same key again gives the first one.

    Raises:
        Invalid: an answer that is not one of the three.
    """
    given = {"pace": pace, "difficulty": difficulty, "work_kind": work_kind}
    for name, value in given.items():
        if value is not None and value not in QUESTIONS[name]:
            raise Invalid(
                sentence('Unknown answer "{value}". Known: {questions}.', value=value, questions=", ".join(QUESTIONS[name])),
                field=name,
            )
    here = sa.and_(t.check_in.c.person_id == person_id, t.check_in.c.key == key)
    if before := connection.execute(sa.select(t.check_in).where(here)).first():
        return _check_in(before)
    row = {"public_id": new_public_id(), "person_id": person_id, "block_id": block_id, "shared": shared, "key": key}
    connection.execute(sa.insert(t.check_in).values(**row, **given, at_ms=now))
    return _check_in(connection.execute(sa.select(t.check_in).where(here)).one())


def share(connection: Connection, person_id: int, public_id: str, shared: bool) -> None:
    """The worker lets the coach see this one, or no longer. Raises NotFound."""
    here = sa.and_(t.check_in.c.public_id == public_id, t.check_in.c.person_id == person_id)
    if not connection.execute(sa.update(t.check_in).where(here).values(shared=shared)).rowcount:
        raise NotFound("There is no such check-in of yours.")


def check_ins(connection: Connection, person_id: int, *, limit: int = 50) -> list[CheckIn]:
    """Their own, newest first: for the worker and nobody else."""
    return _check_ins(connection, t.check_in.c.person_id == person_id, limit=limit)


def shared_check_ins(connection: Connection, person_id: int, *, limit: int = 50) -> list[CheckIn]:
    """What this worker lets the coach see, newest first."""
    return _check_ins(connection, t.check_in.c.person_id == person_id, t.check_in.c.shared.is_(True), limit=limit)


def _check_ins(connection: Connection, *where: sa.ColumnElement[bool], limit: int) -> list[CheckIn]:
    query = sa.select(t.check_in).where(*where).order_by(t.check_in.c.id.desc()).limit(limit)
    return [_check_in(row) for row in connection.execute(query)]


# --- wishes ----------------------------------------------------------------------------------------------------------


def add_wish(
    connection: Connection, person_id: int, *, words: str | None = None, symbols: Sequence[str] = (), form: str, now: int
) -> Wish:
    """Keep a wish. Raises Invalid when it is empty."""
    words = (words or "").strip()[:2000] or None
    if form not in FORMS or not (words or symbols):
        raise Invalid("Please say in a word or with a symbol what you would like.", field="words")
    row = {"public_id": new_public_id(), "person_id": person_id, "form": form, "words": words, "symbols": list(symbols)[:20]}
    connection.execute(sa.insert(t.wish).values(**row, at_ms=now))
    return _wish(connection.execute(sa.select(t.wish).where(t.wish.c.public_id == row["public_id"])).one())


def wishes(connection: Connection, person_id: int) -> list[Wish]:
    """What this person wishes now, newest first."""
    here = sa.and_(t.wish.c.person_id == person_id, t.wish.c.withdrawn_ms.is_(None))
    return [_wish(row) for row in connection.execute(sa.select(t.wish).where(here).order_by(t.wish.c.id.desc()))]


def withdraw(connection: Connection, person_id: int, public_id: str, *, now: int) -> None:
    """Not any more. Raises NotFound."""
    here = sa.and_(t.wish.c.public_id == public_id, t.wish.c.person_id == person_id)
    if not connection.execute(sa.update(t.wish).where(here).values(withdrawn_ms=now)).rowcount:
        raise NotFound("There is no such wish of yours.")


def _check_in(row: Any) -> CheckIn:
    return CheckIn(row.public_id, row.person_id, row.pace, row.difficulty, row.work_kind, row.shared, row.at_ms)


def _wish(row: Any) -> Wish:
    return Wish(row.public_id, row.person_id, row.form, row.words, row.symbols or (), row.at_ms)
