"""Signs that a pace differs: kept when found, seen by the worker first, shared with the coach by the worker only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import new_public_id
from workbench.drift import Sign
from workbench.errors import NotFound


@dataclass(frozen=True)
class DriftSign:
    """One sign, with what people made of it. kind: task type by name; seconds per answer, medians of days."""

    public_id: str
    kind: str
    on_date: str
    now_seconds: float
    usual_seconds: float
    seen_ms: int | None
    shared_ms: int | None
    decision: str | None
    decided_by: str | None
    decided_ms: int | None


def add(connection: Connection, person_id: int, kind: str, sign: Sign, *, on_date: str, now: int) -> None:
    """Keep a sign."""
    row = {"public_id": new_public_id(), "person_id": person_id, "task_type": kind, "on_date": on_date, "at_ms": now}
    figures = {"now_seconds": sign.now_seconds, "usual_seconds": sign.usual_seconds, "p_value": sign.p_value}
    connection.execute(sa.insert(t.drift_sign).values(**row, **figures))


def of_person(connection: Connection, person_id: int, *, limit: int = 20) -> list[DriftSign]:
    """All signs of this person, newest first: for the person."""
    return _signs(connection, t.drift_sign.c.person_id == person_id, limit=limit)


def shared(connection: Connection, person_id: int, *, limit: int = 20) -> list[DriftSign]:
    """Those that the person shared: for the coach."""
    return _signs(connection, t.drift_sign.c.person_id == person_id, t.drift_sign.c.shared_ms.is_not(None), limit=limit)


def newest_by_kind(connection: Connection, person_id: int) -> dict[str, int]:
    """When the last sign of each kind of work was found, UTC ms."""
    query = sa.select(t.drift_sign.c.task_type, sa.func.max(t.drift_sign.c.at_ms)).where(t.drift_sign.c.person_id == person_id)
    return {row[0]: row[1] for row in connection.execute(query.group_by(t.drift_sign.c.task_type))}


def mark_seen(connection: Connection, person_id: int, *, now: int) -> None:
    """The person has read them."""
    mine = (t.drift_sign.c.person_id == person_id, t.drift_sign.c.seen_ms.is_(None))
    connection.execute(sa.update(t.drift_sign).where(*mine).values(seen_ms=now))


def share(connection: Connection, person_id: int, public_id: str, *, now: int) -> None:
    """The person lets the coach see it. Raises NotFound."""
    _change(connection, person_id, public_id, shared_ms=now)


def decide(connection: Connection, person_id: int, public_id: str, decision: str, *, by: int, now: int) -> None:
    """What people decided, and why, in words. Raises NotFound."""
    _change(connection, person_id, public_id, decision=decision, decided_by=by, decided_ms=now)


def _change(connection: Connection, person_id: int, public_id: str, **values: Any) -> None:
    here = (t.drift_sign.c.public_id == public_id, t.drift_sign.c.person_id == person_id)
    if not connection.execute(sa.update(t.drift_sign).where(*here).values(values)).rowcount:
        raise NotFound("There is no such sign here.")


def _signs(connection: Connection, *where: sa.ColumnElement[bool], limit: int) -> list[DriftSign]:
    query = (
        sa.select(t.drift_sign, t.person.c.name)
        .outerjoin(t.person, t.person.c.id == t.drift_sign.c.decided_by)
        .where(*where)
        .order_by(t.drift_sign.c.id.desc())
        .limit(limit)
    )
    return [_sign(row) for row in connection.execute(query)]


def _sign(row: Any) -> DriftSign:
    return DriftSign(
        public_id=row.public_id,
        kind=row.task_type,
        on_date=row.on_date,
        now_seconds=row.now_seconds,
        usual_seconds=row.usual_seconds,
        seen_ms=row.seen_ms,
        shared_ms=row.shared_ms,
        decision=row.decision,
        decided_by=row.name,
        decided_ms=row.decided_ms,
    )
