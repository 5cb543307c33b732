"""What coach and worker agree on: proposed by one, agreed by the other, ended by either. Rows are never changed back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Json, Person, new_public_id
from workbench.errors import NotFound
from workbench.store.people import person_by_id


@dataclass(frozen=True)
class Agreement:
    """
    One agreement or proposal. kind: work, blocks, needs, practice, training, other, drift.

    Attributes:
        content: what it is about, by kind (see agreements.py).
        coach: who agreed for the coach's side, by name; None: not yet.
    """

    id: int
    public_id: str
    person_id: int
    kind: str
    content: Mapping[str, Json]
    reason: str
    proposed_by: str
    proposed_ms: int
    coach_id: int | None
    coach: str | None
    coach_agreed_ms: int | None
    worker_agreed_ms: int | None
    done_ms: int | None
    ended_by: str | None
    ended_ms: int | None
    end_reason: str | None

    @property
    def holds(self) -> bool:
        """Have both said yes, and has nobody ended it?"""
        return self.ended_ms is None and self.agreed_ms is not None

    @property
    def agreed_ms(self) -> int | None:
        """When the second of the two said yes, UTC ms."""
        both = (self.coach_agreed_ms, self.worker_agreed_ms)
        return None if None in both else max(each for each in both if each is not None)

    @property
    def waits_for_worker(self) -> bool:
        """Has the coach said yes, and the worker nothing yet?"""
        return self.ended_ms is None and self.worker_agreed_ms is None

    @property
    def waits_for_coach(self) -> bool:
        """Has the worker said yes, and the coach nothing yet?"""
        return self.ended_ms is None and self.coach_agreed_ms is None


_proposer, _coach, _ender = t.person.alias("proposer"), t.person.alias("coach"), t.person.alias("ender")
_AGREEMENTS = (
    sa.select(
        t.agreement, _proposer.c.name.label("proposer_name"), _coach.c.name.label("coach_name"), _ender.c.name.label("ender_name")
    )
    .join(_proposer, _proposer.c.id == t.agreement.c.proposed_by)
    .outerjoin(_coach, _coach.c.id == t.agreement.c.coach_id)
    .outerjoin(_ender, _ender.c.id == t.agreement.c.ended_by)
)


def propose(
    connection: Connection, person_id: int, kind: str, content: Mapping[str, Json], *, reason: str, by: int, now: int
) -> Agreement:
    """A proposal; whoever proposes has said yes for their side (the worker, or else the coach's side)."""
    worker = by == person_id
    row = {
        "public_id": new_public_id(),
        "person_id": person_id,
        "kind": kind,
        "content": dict(content),
        "reason": reason,
        "proposed_by": by,
        "proposed_ms": now,
        "worker_agreed_ms": now if worker else None,
        "coach_agreed_ms": None if worker else now,
        "coach_id": None if worker else by,
    }
    connection.execute(sa.insert(t.agreement).values(row))
    return by_public_id(connection, str(row["public_id"]), person_id)


def agree(connection: Connection, agreement: Agreement, *, by: int, now: int) -> Agreement:
    """The other side says yes too."""
    side = {"worker_agreed_ms": now} if by == agreement.person_id else {"coach_agreed_ms": now, "coach_id": by}
    connection.execute(sa.update(t.agreement).where(t.agreement.c.id == agreement.id).values(side))
    return by_public_id(connection, agreement.public_id, agreement.person_id)


def people_with_drift(connection: Connection) -> list[Person]:
    """Workers whose agreement that their pace is looked at holds, and who still work here."""
    a = t.agreement.c
    mine = sa.select(a.person_id).where(
        a.kind == "drift", a.ended_ms.is_(None), a.worker_agreed_ms.is_not(None), a.coach_agreed_ms.is_not(None)
    )
    query = sa.select(t.person.c.id).where(t.person.c.id.in_(mine), t.person.c.ended_ms.is_(None)).order_by(t.person.c.id)
    return [person_by_id(connection, each) for each in connection.scalars(query)]


def agree_for_lab(connection: Connection, agreement: Agreement, *, now: int) -> None:
    """The lab's side said yes by its setting; no coach is named."""
    connection.execute(sa.update(t.agreement).where(t.agreement.c.id == agreement.id).values(coach_agreed_ms=now))


def end(connection: Connection, agreement: Agreement, *, by: int, reason: str | None, now: int) -> None:
    """It does not hold any more, or never will."""
    values = {"ended_by": by, "ended_ms": now, "end_reason": reason}
    here = (t.agreement.c.id == agreement.id, t.agreement.c.ended_ms.is_(None))
    connection.execute(sa.update(t.agreement).where(*here).values(values))


def set_content(connection: Connection, agreement: Agreement, content: Mapping[str, Json]) -> None:
    """What the agreement brought about is kept with it, so that it can be undone."""
    connection.execute(sa.update(t.agreement).where(t.agreement.c.id == agreement.id).values(content=dict(content)))


def mark_done(connection: Connection, agreement: Agreement, *, now: int) -> None:
    """Practice or training that was done."""
    connection.execute(sa.update(t.agreement).where(t.agreement.c.id == agreement.id).values(done_ms=now))


def by_public_id(connection: Connection, public_id: str, person_id: int) -> Agreement:
    """One agreement of this person. Raises NotFound."""
    here = (t.agreement.c.public_id == public_id, t.agreement.c.person_id == person_id)
    row = connection.execute(_AGREEMENTS.where(*here)).first()
    if row is None:
        raise NotFound("There is no such agreement here.")
    return _agreement(row)


def of_person(connection: Connection, person_id: int, *, kind: str | None = None, limit: int = 200) -> list[Agreement]:
    """All of this person, those that ended too; newest first."""
    query = _AGREEMENTS.where(t.agreement.c.person_id == person_id).order_by(t.agreement.c.id.desc()).limit(limit)
    if kind:
        query = query.where(t.agreement.c.kind == kind)
    return [_agreement(row) for row in connection.execute(query)]


def _agreement(row: Any) -> Agreement:
    return Agreement(
        id=row.id,
        public_id=row.public_id,
        person_id=row.person_id,
        kind=row.kind,
        content=row.content,
        reason=row.reason,
        proposed_by=row.proposer_name,
        proposed_ms=row.proposed_ms,
        coach_id=row.coach_id,
        coach=row.coach_name,
        coach_agreed_ms=row.coach_agreed_ms,
        worker_agreed_ms=row.worker_agreed_ms,
        done_ms=row.done_ms,
        ended_by=row.ender_name,
        ended_ms=row.ended_ms,
        end_reason=row.end_reason,
    )


def waiting_for_coach(connection: Connection, person_ids: Collection[int]) -> list[tuple[str, str]]:
    """(name, public id) of people of these whose proposal waits for the coach, by name."""
    query = (
        sa.select(t.person.c.name, t.person.c.public_id)
        .join(t.agreement, t.agreement.c.person_id == t.person.c.id)
        .where(t.agreement.c.person_id.in_(person_ids), t.agreement.c.ended_ms.is_(None), t.agreement.c.coach_agreed_ms.is_(None))
        .distinct()
        .order_by(t.person.c.name)
    )
    return [(row.name, row.public_id) for row in connection.execute(query)]
