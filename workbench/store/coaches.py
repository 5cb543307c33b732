"""Who coaches whom, who stands in for a coach, and who looked at a person's page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import new_public_id


@dataclass(frozen=True)
class StandIn:
    """Somebody takes over all people of a coach, from and until (UTC ms)."""

    public_id: str
    coach: str
    stand_in: str
    coach_id: int
    stand_in_id: int
    from_ms: int
    until_ms: int


@dataclass(frozen=True)
class Look:
    """Somebody looked at a person's page."""

    name: str
    page: str
    at_ms: int


@dataclass(frozen=True)
class Coached:
    """A worker and their coach's id; None: nobody coaches them yet."""

    id: int
    public_id: str
    name: str
    coach_id: int | None
    coach: str | None


# --- coaches ---------------------------------------------------------------------------------------------------------

_now = t.coaching.c.until_ms.is_(None)


def coach_of(connection: Connection, person_id: int) -> int | None:
    """The id of this person's own coach."""
    query = sa.select(t.coaching.c.coach_id).where(t.coaching.c.person_id == person_id, _now)
    found: int | None = connection.scalar(query)
    return found


def give_coach(connection: Connection, person_id: int, coach_id: int | None, *, by: int | None, now: int) -> bool:
    """This coach from now on; None: no coach. False: it was so already."""
    if coach_of(connection, person_id) == coach_id:
        return False
    connection.execute(sa.update(t.coaching).where(t.coaching.c.person_id == person_id, _now).values(until_ms=now))
    if coach_id is not None:
        row = {"coach_id": coach_id, "person_id": person_id, "since_ms": now, "given_by": by}
        connection.execute(sa.insert(t.coaching).values(row))
    return True


def end_coach(connection: Connection, coach_id: int, *, now: int) -> None:
    """This person coaches nobody any more, stands in for nobody, and nobody stands in for them: their people can be taken on."""
    connection.execute(sa.update(t.coaching).where(t.coaching.c.coach_id == coach_id, _now).values(until_ms=now))
    theirs = (t.stand_in.c.coach_id == coach_id) | (t.stand_in.c.stand_in_id == coach_id)
    still = (t.stand_in.c.withdrawn_ms.is_(None), t.stand_in.c.until_ms > now)
    connection.execute(sa.update(t.stand_in).where(theirs, *still).values(withdrawn_ms=now))


def coached(connection: Connection) -> list[Coached]:
    """Every worker who is here, with their coach."""
    coach = t.person.alias("coach")
    query = (
        sa.select(t.person.c.id, t.person.c.public_id, t.person.c.name, coach.c.id.label("coach_id"), coach.c.name.label("coach"))
        .join(t.person_role, (t.person_role.c.person_id == t.person.c.id) & (t.person_role.c.role == "worker"))
        .outerjoin(t.coaching, (t.coaching.c.person_id == t.person.c.id) & _now)
        .outerjoin(coach, (coach.c.id == t.coaching.c.coach_id) & coach.c.ended_ms.is_(None))
        .where(t.person.c.ended_ms.is_(None))
        .order_by(sa.func.lower(t.person.c.name), t.person.c.id)
    )
    return [Coached(*row) for row in connection.execute(query)]


def without_coach(connection: Connection) -> list[Coached]:
    """Workers whom nobody coaches."""
    return [each for each in coached(connection) if each.coach_id is None]


# --- stand-ins -------------------------------------------------------------------------------------------------------


def add_stand_in(
    connection: Connection, *, coach_id: int, stand_in_id: int, from_ms: int, until_ms: int, by: int | None, now: int
) -> str:
    """Somebody stands in; returns the public id."""
    row = {"coach_id": coach_id, "stand_in_id": stand_in_id, "from_ms": from_ms, "until_ms": until_ms}
    public_id = new_public_id()
    connection.execute(sa.insert(t.stand_in).values(**row, public_id=public_id, given_by=by, created_ms=now))
    return public_id


def withdraw_stand_in(connection: Connection, public_id: str, *, now: int) -> None:
    """No longer needed."""
    still = (t.stand_in.c.public_id == public_id, t.stand_in.c.withdrawn_ms.is_(None))
    connection.execute(sa.update(t.stand_in).where(*still).values(withdrawn_ms=now))


def stand_ins(connection: Connection, *, now: int, coach_id: int | None = None) -> list[StandIn]:
    """Those that hold now or later; of this coach's people, or by this coach, when asked."""
    coach, other = t.person.alias("coach"), t.person.alias("other")
    query = (
        sa.select(t.stand_in, coach.c.name.label("coach"), other.c.name.label("other"))
        .join(coach, coach.c.id == t.stand_in.c.coach_id)
        .join(other, other.c.id == t.stand_in.c.stand_in_id)
        .where(t.stand_in.c.withdrawn_ms.is_(None), t.stand_in.c.until_ms > now)
        .order_by(t.stand_in.c.from_ms, t.stand_in.c.id)
    )
    if coach_id is not None:
        query = query.where((t.stand_in.c.coach_id == coach_id) | (t.stand_in.c.stand_in_id == coach_id))
    return [
        StandIn(row.public_id, row.coach, row.other, row.coach_id, row.stand_in_id, row.from_ms, row.until_ms)
        for row in connection.execute(query)
    ]


def coaches_of(connection: Connection, person_id: int, *, now: int) -> frozenset[int]:
    """Who may see this person's page now: their coach, and whoever stands in for that coach."""
    own = coach_of(connection, person_id)
    if own is None:
        return frozenset()
    query = sa.select(t.stand_in.c.stand_in_id).where(t.stand_in.c.coach_id == own, *_holds(now))
    return frozenset(connection.scalars(query)) | {own}


def stands_in_for(connection: Connection, coach_id: int, *, now: int) -> frozenset[int]:
    """The coaches whose people this coach has as well, now."""
    query = sa.select(t.stand_in.c.coach_id).where(t.stand_in.c.stand_in_id == coach_id, *_holds(now))
    return frozenset(connection.scalars(query))


def _holds(now: int) -> tuple[sa.ColumnElement[bool], ...]:
    table = t.stand_in.c
    return table.withdrawn_ms.is_(None), table.from_ms <= now, table.until_ms > now


# --- looks -----------------------------------------------------------------------------------------------------------


def add_look(connection: Connection, *, person_id: int, looked_by: int, page: str, now: int) -> None:
    """Somebody looked."""
    connection.execute(sa.insert(t.coach_look).values(person_id=person_id, looked_by=looked_by, page=page, at_ms=now))


def looks(connection: Connection, person_id: int, *, limit: int = 50) -> list[Look]:
    """Who looked at this person's page, newest first."""
    query = (
        sa.select(t.person.c.name, t.coach_look.c.page, t.coach_look.c.at_ms)
        .join(t.person, t.person.c.id == t.coach_look.c.looked_by)
        .where(t.coach_look.c.person_id == person_id)
        .order_by(t.coach_look.c.at_ms.desc(), t.coach_look.c.id.desc())
        .limit(limit)
    )
    return [Look(*row) for row in connection.execute(query)]


def of_coaches(connection: Connection, coach_ids: Collection[int]) -> list[int]:
    """Ids of the people whom these coach now."""
    query = sa.select(t.coaching.c.person_id).where(t.coaching.c.coach_id.in_(coach_ids), _now)
    return list(connection.scalars(query))
