"""Lines in a person's file: talks, notes, guidance, suitable work, integration, decisions. The person reads them too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import new_public_id
from workbench.errors import NotFound


@dataclass(frozen=True)
class Entry:
    """One line. on_date: YYYY-MM-DD; minutes: of guidance, where that was noted."""

    public_id: str
    kind: str
    on_date: str
    words: str
    written_by: str
    minutes: int | None = None


def add(
    connection: Connection, person_id: int, kind: str, *, on_date: str, words: str, by: int, now: int, minutes: int | None = None
) -> None:
    """One more line."""
    row = {"public_id": new_public_id(), "person_id": person_id, "written_by": by, "kind": kind, "on_date": on_date}
    connection.execute(sa.insert(t.coach_entry).values(**row, words=words, minutes=minutes, created_ms=now))


def end(connection: Connection, person_id: int, public_id: str, *, now: int) -> None:
    """A line that was wrong: no longer shown. Raises NotFound."""
    here = (t.coach_entry.c.public_id == public_id, t.coach_entry.c.person_id == person_id, t.coach_entry.c.ended_ms.is_(None))
    if not connection.execute(sa.update(t.coach_entry).where(*here).values(ended_ms=now)).rowcount:
        raise NotFound("There is no such line here.")


def of_person(connection: Connection, person_id: int) -> list[Entry]:
    """All lines of this person, newest day first."""
    query = (
        sa.select(t.coach_entry, t.person.c.name)
        .join(t.person, t.person.c.id == t.coach_entry.c.written_by)
        .where(t.coach_entry.c.person_id == person_id, t.coach_entry.c.ended_ms.is_(None))
        .order_by(t.coach_entry.c.on_date.desc(), t.coach_entry.c.id.desc())
    )
    return [_entry(row) for row in connection.execute(query)]


def _entry(row: Any) -> Entry:
    return Entry(row.public_id, row.kind, row.on_date, row.words, row.name, row.minutes)
