"""Signed-in sessions, and failures to sign in (for throttling)."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import DAY_MS, Person
from workbench.store.direct import Direct
from workbench.store.people import PERSON, person_of

_BY_TOKEN = Direct(
    sa.select(*PERSON, t.person_role.c.role, t.web_session.c.id.label("session_id"), t.web_session.c.csrf)
    .select_from(
        t.web_session.join(t.person, t.person.c.id == t.web_session.c.person_id).outerjoin(
            t.person_role, t.person_role.c.person_id == t.person.c.id
        )
    )
    .where(
        t.web_session.c.token_hash == sa.bindparam("token_hash"),
        t.web_session.c.ended_ms.is_(None),
        t.web_session.c.expires_ms > sa.bindparam("now"),
        t.person.c.ended_ms.is_(None),
    )
)


@dataclass(frozen=True)
class Session:
    """Somebody signed in at a browser."""

    id: int
    person: Person
    csrf: str


def create(connection: Connection, *, person_id: int, token_hash: str, csrf: str, now: int, expires_ms: int) -> None:
    """Begin a session; its token itself is never stored."""
    row = {"token_hash": token_hash, "person_id": person_id, "csrf": csrf, "created_ms": now, "expires_ms": expires_ms}
    connection.execute(sa.insert(t.web_session).values(row))


def find(connection: Connection, token_hash: str, *, now: int) -> Session | None:
    """The running session of this token: one indexed query, roles included."""
    rows = _BY_TOKEN.rows(connection, {"token_hash": token_hash, "now": now})
    return Session(rows[0].session_id, person_of(rows), rows[0].csrf) if rows else None


def end(connection: Connection, session_id: int, *, now: int) -> None:
    """Sign out here."""
    _end(connection, t.web_session.c.id == session_id, now=now)


def end_by_token(connection: Connection, token_hash: str, *, now: int) -> None:
    """Whoever was signed in at this browser no longer is."""
    _end(connection, t.web_session.c.token_hash == token_hash, now=now)


def end_all(connection: Connection, person_id: int, *, now: int, but: int | None = None) -> None:
    """Sign somebody out everywhere; `but` names the session that stays."""
    which = t.web_session.c.person_id == person_id
    _end(connection, which if but is None else which & (t.web_session.c.id != but), now=now)


def running(connection: Connection, person_id: int, *, now: int) -> int:
    """How many sessions of this person run now."""
    query = sa.select(sa.func.count()).select_from(t.web_session)
    where = (t.web_session.c.person_id == person_id, t.web_session.c.ended_ms.is_(None), t.web_session.c.expires_ms > now)
    return connection.execute(query.where(*where)).scalar_one()


def _end(connection: Connection, which: sa.ColumnElement[bool], *, now: int) -> None:
    connection.execute(sa.update(t.web_session).where(which, t.web_session.c.ended_ms.is_(None)).values(ended_ms=now))


# --- failures --------------------------------------------------------------------------------------------------------


def note_failure(connection: Connection, subject_hash: str, *, now: int) -> None:
    """One more try that failed; rows of more than a day ago are of no use to anyone and go."""
    connection.execute(sa.delete(t.sign_in_failure).where(t.sign_in_failure.c.at_ms < now - DAY_MS))
    connection.execute(sa.insert(t.sign_in_failure).values(subject_hash=subject_hash, at_ms=now))


def failures(connection: Connection, subject_hash: str, *, since_ms: int) -> tuple[int, int]:
    """How many since then, and when the last one was (0: none)."""
    at = t.sign_in_failure.c.at_ms
    query = sa.select(sa.func.count(), sa.func.max(at)).where(t.sign_in_failure.c.subject_hash == subject_hash, at > since_ms)
    count, last = connection.execute(query).one()
    return count, last or 0


def forget_failures(connection: Connection, subject_hash: str) -> None:
    """After a good sign-in the count starts again."""
    connection.execute(sa.delete(t.sign_in_failure).where(t.sign_in_failure.c.subject_hash == subject_hash))


def forget_last(connection: Connection, subject_hash: str) -> None:
    """Take one try back: it was a good one."""
    last = sa.select(sa.func.max(t.sign_in_failure.c.id)).where(t.sign_in_failure.c.subject_hash == subject_hash)
    connection.execute(sa.delete(t.sign_in_failure).where(t.sign_in_failure.c.id == last.scalar_subquery()))
