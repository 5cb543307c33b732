"""Groups of workers, and the week that each group shares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Json, Person, new_public_id
from workbench.errors import Invalid, NotFound
from workbench.store import people


@dataclass(frozen=True)
class Group:
    """
    Workers who share a timetable.

    rhythm: {"work_minutes"?, "break_minutes"?}, for days without a timetable; {"target_seconds"?, "limit_seconds"?}: how much
    of a sound they hear at once (`listening`).
    """

    id: int
    public_id: str
    name: str
    rhythm: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Timetable:
    """One version of a group's week. lines: [{"weekday": 0–6, "kind", "start_minute", "minutes", "title"?}]."""

    group_id: int
    from_day: str
    lines: Sequence[Mapping[str, Json]]
    created_by: int | None
    created_ms: int


def add_group(connection: Connection, *, name: str, rhythm: Mapping[str, Json] | None = None, now: int) -> Group:
    """A new group. Raises Invalid without a name."""
    if not name.strip():
        raise Invalid("Please give a name.", field="name")
    row = {"public_id": new_public_id(), "name": name.strip()[:200], "rhythm": dict(rhythm or {}), "created_ms": now}
    connection.execute(sa.insert(t.work_group).values(row))
    return by_public_id(connection, str(row["public_id"]))


def groups(connection: Connection) -> list[Group]:
    """All groups that are there now, by name."""
    query = sa.select(t.work_group).where(t.work_group.c.ended_ms.is_(None)).order_by(sa.func.lower(t.work_group.c.name))
    return [_group(row) for row in connection.execute(query)]


def by_public_id(connection: Connection, public_id: str) -> Group:
    """The group of this address. Raises NotFound."""
    row = connection.execute(sa.select(t.work_group).where(t.work_group.c.public_id == public_id)).first()
    if row is None:
        raise NotFound("There is no such group here.")
    return _group(row)


def change_group(connection: Connection, group_id: int, *, name: str, rhythm: Mapping[str, Json]) -> None:
    """Name and rhythm. Raises Invalid without a name."""
    if not name.strip():
        raise Invalid("Please give a name.", field="name")
    values = {"name": name.strip()[:200], "rhythm": dict(rhythm)}
    connection.execute(sa.update(t.work_group).where(t.work_group.c.id == group_id).values(values))


def end_group(connection: Connection, group_id: int, *, now: int) -> None:
    """The group is no more; its people are in no group, and what was stays."""
    connection.execute(sa.update(t.work_group).where(t.work_group.c.id == group_id).values(ended_ms=now))
    here = sa.and_(t.group_member.c.work_group_id == group_id, t.group_member.c.until_ms.is_(None))
    connection.execute(sa.update(t.group_member).where(here).values(until_ms=now))


# --- who is in it ----------------------------------------------------------------------------------------------------


def members(connection: Connection, group_id: int) -> list[Person]:
    """Who is in this group now, by name."""
    ids = sa.select(t.group_member.c.person_id).where(
        t.group_member.c.work_group_id == group_id, t.group_member.c.until_ms.is_(None)
    )
    found = [people.person_by_id(connection, person_id) for person_id in connection.scalars(ids)]
    return sorted(found, key=lambda person: person.name.lower())


def group_of(connection: Connection, person_id: int) -> Group | None:
    """The group that somebody is in now."""
    query = (
        sa.select(t.work_group)
        .join(t.group_member, t.group_member.c.work_group_id == t.work_group.c.id)
        .where(t.group_member.c.person_id == person_id, t.group_member.c.until_ms.is_(None))
        .order_by(t.group_member.c.id)
        .limit(1)
    )
    row = connection.execute(query).first()
    return _group(row) if row else None


def put_in(connection: Connection, group_id: int, person_id: int, *, now: int) -> None:
    """Into this group, and out of any other: a day has one timetable."""
    found = group_of(connection, person_id)
    if found and found.id == group_id:
        return
    take_out(connection, person_id, now=now)
    connection.execute(sa.insert(t.group_member).values(work_group_id=group_id, person_id=person_id, since_ms=now))


def take_out(connection: Connection, person_id: int, *, now: int) -> None:
    """Out of the group."""
    here = sa.and_(t.group_member.c.person_id == person_id, t.group_member.c.until_ms.is_(None))
    connection.execute(sa.update(t.group_member).where(here).values(until_ms=now))


def set_members(connection: Connection, group_id: int, person_ids: Iterable[int], *, now: int) -> None:
    """Exactly these people."""
    wanted = set(person_ids)
    for person in members(connection, group_id):
        if person.id not in wanted:
            take_out(connection, person.id, now=now)
    for person_id in sorted(wanted):
        put_in(connection, group_id, person_id, now=now)


# --- its week --------------------------------------------------------------------------------------------------------


def set_timetable(
    connection: Connection, group_id: int, lines: Sequence[Mapping[str, Json]], *, from_day: str, by: int | None, now: int
) -> None:
    """A new version of the week, from this day (ISO) on; a version of the same day is replaced by being newer."""
    row = {"work_group_id": group_id, "from_day": from_day, "lines": [dict(line) for line in lines], "created_by": by}
    connection.execute(sa.insert(t.timetable).values(**row, created_ms=now))


def timetable_on(connection: Connection, group_id: int, day: str) -> Timetable | None:
    """The week that holds on this day (ISO)."""
    query = sa.select(t.timetable).where(t.timetable.c.work_group_id == group_id, t.timetable.c.from_day <= day)
    row = connection.execute(query.order_by(t.timetable.c.from_day.desc(), t.timetable.c.id.desc()).limit(1)).first()
    return _timetable(row) if row else None


def timetables(connection: Connection, group_id: int) -> list[Timetable]:
    """All versions, newest first."""
    query = sa.select(t.timetable).where(t.timetable.c.work_group_id == group_id)
    return [_timetable(row) for row in connection.execute(query.order_by(t.timetable.c.id.desc()))]


def _group(row: Any) -> Group:
    return Group(row.id, row.public_id, row.name, row.rhythm or {})


def _timetable(row: Any) -> Timetable:
    return Timetable(row.work_group_id, row.from_day, row.lines, row.created_by, row.created_ms)
