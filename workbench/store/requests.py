"""What workers ask of the coach. A person answers, or the worker takes it back; the machine closes nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from accessibility.sentences import sentence
from workbench import tables as t
from workbench.domain import new_public_id
from workbench.errors import Conflict, Invalid, NotFound

KINDS = ("talk", "other_work", "longer_break", "stop_today")
ANSWERS = ("coming", "yes", "later", "talk")  # and "taken_back", by the worker
NEEDS_SOMEBODY = ("talk", "other_work")  # a longer break and the end of the day began at once
LONGEST_WORDS = 2000


@dataclass(frozen=True)
class Request:
    """One thing asked. kind: one of KINDS; `answer` None: it waits; `answer_by` is who answered, by name."""

    public_id: str
    person_id: int
    person_name: str
    person_public_id: str
    kind: str
    words: str | None
    asked_ms: int
    answered_ms: int | None = None
    answer: str | None = None
    answer_words: str | None = None
    answer_by: str | None = None
    seen_ms: int | None = None

    @property
    def waits(self) -> bool:
        """Has nobody answered yet?"""
        return self.answered_ms is None


_coach = t.person.alias("coach")
_REQUESTS = (
    sa.select(t.request, t.person.c.name, t.person.c.public_id.label("who"), _coach.c.name.label("coach_name"))
    .join(t.person, t.person.c.id == t.request.c.person_id)
    .outerjoin(_coach, _coach.c.id == t.request.c.answered_by)
)


def ask(
    connection: Connection, person_id: int, kind: str, *, key: str, words: str | None = None, via: str = "page", now: int
) -> tuple[Request, bool]:
    """
    Ask something.

    Returns:
        (request, created): the same key again gives the same request and False.

    Raises:
        Invalid: an unknown kind, or too many words.
    """
    if kind not in KINDS:
        raise Invalid(
            sentence('Unknown kind of request "{kind}". Known: {kinds}.', kind=kind, kinds=", ".join(KINDS)), field="kind"
        )
    words = (words or "").strip() or None
    if words and len(words) > LONGEST_WORDS:
        raise Invalid(sentence("These words are too long: at most {most} characters.", most=LONGEST_WORDS), field="words")
    here = sa.and_(t.request.c.person_id == person_id, t.request.c.key == key)
    if before := connection.execute(_REQUESTS.where(here)).first():
        return _request(before), False
    row = {"public_id": new_public_id(), "person_id": person_id, "kind": kind, "words": words, "via": via, "key": key}
    connection.execute(sa.insert(t.request).values(**row, asked_ms=now))
    return _request(connection.execute(_REQUESTS.where(here)).one()), True


def by_public_id(connection: Connection, public_id: str) -> Request:
    """One request. Raises NotFound."""
    row = connection.execute(_REQUESTS.where(t.request.c.public_id == public_id)).first()
    if row is None:
        raise NotFound("There is no such request here.")
    return _request(row)


def answer(connection: Connection, public_id: str, answer: str, *, by: int | None, words: str | None = None, now: int) -> Request:
    """
    A person answers.

    Raises:
        Invalid: not an answer.
        Conflict: it was answered, or taken back.
    """
    if answer not in ANSWERS:
        raise Invalid(
            sentence('Unknown answer "{answer}". Known: {answers}.', answer=answer, answers=", ".join(ANSWERS)), field="answer"
        )
    _close(connection, public_id, answer=answer, by=by, words=words, now=now)
    return by_public_id(connection, public_id)


def take_back(connection: Connection, person_id: int, public_id: str, *, now: int) -> Request:
    """The worker needs it no more. Raises NotFound, Conflict."""
    if by_public_id(connection, public_id).person_id != person_id:
        raise NotFound("There is no such request here.")
    _close(connection, public_id, answer="taken_back", by=person_id, words=None, now=now)
    return by_public_id(connection, public_id)


def _close(connection: Connection, public_id: str, *, answer: str, by: int | None, words: str | None, now: int) -> None:
    by_public_id(connection, public_id)
    here = sa.and_(t.request.c.public_id == public_id, t.request.c.answered_ms.is_(None))
    values = {"answer": answer, "answered_by": by, "answer_words": (words or "").strip()[:LONGEST_WORDS] or None}
    if not connection.execute(sa.update(t.request).where(here).values(**values, answered_ms=now)).rowcount:
        raise Conflict("Somebody answered this already.")


def waiting(connection: Connection, people: Collection[int] | None = None) -> list[Request]:
    """What waits for an answer, longest first; of these people, or of everybody."""
    query = _REQUESTS.where(t.request.c.answered_ms.is_(None)).order_by(t.request.c.asked_ms, t.request.c.id)
    if people is not None:
        query = query.where(t.request.c.person_id.in_(people))
    return [_request(row) for row in connection.execute(query)]


@dataclass(frozen=True)
class Unheard:
    """Somebody who asked something that their own coach did not answer. What they asked is for who guides them."""

    person_public_id: str
    person_name: str
    coach_id: int
    coach_name: str
    asked_ms: int


def unheard(connection: Connection, *, since_ms: int, before_ms: int) -> list[Unheard]:
    """Who was asked for between these moments (UTC ms) by somebody with a coach, and did not answer; longest first."""
    query = (
        sa.select(
            t.person.c.public_id, t.person.c.name, _coach.c.id, _coach.c.name, sa.func.min(t.request.c.asked_ms).label("asked")
        )
        .select_from(t.request)
        .join(t.person, t.person.c.id == t.request.c.person_id)
        .join(t.coaching, (t.coaching.c.person_id == t.request.c.person_id) & t.coaching.c.until_ms.is_(None))
        .join(_coach, _coach.c.id == t.coaching.c.coach_id)
        .where(
            t.request.c.answered_ms.is_(None),
            t.request.c.kind.in_(NEEDS_SOMEBODY),
            t.request.c.asked_ms >= since_ms,
            t.request.c.asked_ms <= before_ms,
            t.person.c.ended_ms.is_(None),
        )
        .group_by(t.person.c.public_id, t.person.c.name, _coach.c.id, _coach.c.name)
        .order_by(sa.literal_column("asked"), t.person.c.public_id)
    )
    return [Unheard(*row) for row in connection.execute(query)]


def of_person(connection: Connection, person_id: int, *, since_ms: int = 0, limit: int = 50) -> list[Request]:
    """What this person asked, newest first."""
    query = _REQUESTS.where(t.request.c.person_id == person_id, t.request.c.asked_ms >= since_ms)
    return [_request(row) for row in connection.execute(query.order_by(t.request.c.id.desc()).limit(limit))]


def mark_seen(connection: Connection, person_id: int, *, now: int) -> None:
    """The worker has seen the answers there are."""
    here = sa.and_(t.request.c.person_id == person_id, t.request.c.answered_ms.is_not(None), t.request.c.seen_ms.is_(None))
    connection.execute(sa.update(t.request).where(here).values(seen_ms=now))


def _request(row: Any) -> Request:
    return Request(
        public_id=row.public_id,
        person_id=row.person_id,
        person_name=row.name,
        person_public_id=row.who,
        kind=row.kind,
        words=row.words,
        asked_ms=row.asked_ms,
        answered_ms=row.answered_ms,
        answer=row.answer,
        answer_words=row.answer_words,
        answer_by=row.coach_name,
        seen_ms=row.seen_ms,
    )
