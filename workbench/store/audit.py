"""Who did what, when: rows that are only ever added."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Json


@dataclass(frozen=True)
class Entry:
    """One line of the record. `at_ms` is UTC; `detail` holds no secret and no answer."""

    at_ms: int
    person_id: int | None
    action: str
    subject: str
    detail: Mapping[str, Json]


def record(
    connection: Connection,
    *,
    now: int,
    person_id: int | None,
    action: str,
    subject: str,
    detail: Mapping[str, Json] | None = None,
) -> None:
    """Add one line. `action` is a verb ("person.enrol"), `subject` a public id or a name."""
    row = {"at_ms": now, "person_id": person_id, "action": action, "subject": subject[:200], "detail": dict(detail or {})}
    connection.execute(sa.insert(t.audit).values(row))


def newest(connection: Connection, *, limit: int = 50, person_id: int | None = None) -> list[Entry]:
    """The last lines, newest first; of one person when asked."""
    query = sa.select(t.audit).order_by(t.audit.c.id.desc()).limit(limit)
    if person_id is not None:
        query = query.where(t.audit.c.person_id == person_id)
    rows = connection.execute(query)
    return [Entry(row.at_ms, row.person_id, row.action, row.subject, row.detail) for row in rows]


def of_actions(connection: Connection, actions: Collection[str]) -> list[Entry]:
    """All lines of these actions, oldest first."""
    query = sa.select(t.audit).where(t.audit.c.action.in_(actions)).order_by(t.audit.c.id)
    return [Entry(row.at_ms, row.person_id, row.action, row.subject, row.detail) for row in connection.execute(query)]
