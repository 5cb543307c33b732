"""Who looks along with which question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import new_public_id


@dataclass(frozen=True)
class Joining:
    """One question that is done together. `joined_by` None: nobody came yet."""

    id: int
    public_id: str
    assignment_id: int
    code: str
    opened_ms: int
    joined_by: int | None
    joined_name: str | None
    ended_ms: int | None


_JOININGS = sa.select(t.joining, t.person.c.name).outerjoin(t.person, t.person.c.id == t.joining.c.joined_by)


def open_one(connection: Connection, assignment_id: int, *, code: str, now: int) -> Joining:
    """Open a question for somebody to look along, once; the answer is marked as made together."""
    if running := of_assignment(connection, assignment_id):
        return running
    connection.execute(
        sa.insert(t.joining).values(public_id=new_public_id(), assignment_id=assignment_id, code=code, opened_ms=now)
    )
    _mark(connection, assignment_id, together=True)
    found = of_assignment(connection, assignment_id)
    assert found is not None  # it was just made
    return found


def of_assignment(connection: Connection, assignment_id: int) -> Joining | None:
    """The one that is going on."""
    here = sa.and_(t.joining.c.assignment_id == assignment_id, t.joining.c.ended_ms.is_(None))
    return _joining(connection.execute(_JOININGS.where(here)).first())


def by_code(connection: Connection, code: str, *, since_ms: int) -> Joining | None:
    """The one with this code that was opened since then."""
    here = sa.and_(t.joining.c.code == code, t.joining.c.ended_ms.is_(None), t.joining.c.opened_ms >= since_ms)
    return _joining(connection.execute(_JOININGS.where(here).order_by(t.joining.c.id.desc())).first())


def by_public_id(connection: Connection, public_id: str) -> Joining | None:
    """The one of this address, ended or not."""
    return _joining(connection.execute(_JOININGS.where(t.joining.c.public_id == public_id)).first())


def join(connection: Connection, joining_id: int, person_id: int, *, now: int) -> bool:
    """Somebody looks along; False: somebody else does already."""
    free = sa.or_(t.joining.c.joined_by.is_(None), t.joining.c.joined_by == person_id)
    here = sa.and_(t.joining.c.id == joining_id, t.joining.c.ended_ms.is_(None), free)
    return bool(connection.execute(sa.update(t.joining).where(here).values(joined_by=person_id, joined_ms=now)).rowcount)


def end(connection: Connection, joining: Joining, *, now: int) -> None:
    """No longer. Where nobody came, the answer is one person's own again."""
    connection.execute(sa.update(t.joining).where(t.joining.c.id == joining.id).values(ended_ms=now))
    if joining.joined_by is None:
        _mark(connection, joining.assignment_id, together=False)


def _mark(connection: Connection, assignment_id: int, *, together: bool) -> None:
    connection.execute(sa.update(t.assignment).where(t.assignment.c.id == assignment_id).values(together=together))


def _joining(row: Any) -> Joining | None:
    if row is None:
        return None
    return Joining(row.id, row.public_id, row.assignment_id, row.code, row.opened_ms, row.joined_by, row.name, row.ended_ms)
