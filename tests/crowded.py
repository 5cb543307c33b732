"""A lab with many people and a past, written straight into the tables: for the board's test and its benchmark."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import people
from workbench import tables as t
from workbench.context import Context
from workbench.domain import DAY_MS, HOUR_MS, MINUTE_MS, Person, Role, new_public_id


def crowd(ctx: Context, *, workers: int, former: int, days: int, asking: int) -> Person:
    """
    A coach with so many workers, in groups of twelve, in the middle of a block.

    Args:
        former: workers of another coach who left.
        days: of eight blocks before today.
        asking: how many wait for an answer; everybody asked once before.

    Returns:
        The coach.
    """
    coach = people.enrol(ctx, "Joke", [Role.COACH]).person
    other = people.enrol(ctx, "Piet", [Role.COACH]).person

    def write(connection: Connection) -> None:
        groups = [_group(connection, ctx, number) for number in range(max(1, workers // 12))]
        here = _workers(connection, ctx, workers, coach, ended=False)
        gone = _workers(connection, ctx, former, other, ended=True)
        rows = [{"work_group_id": groups[n % len(groups)], "person_id": who, "since_ms": 0} for n, who in enumerate(here)]
        connection.execute(sa.insert(t.group_member), rows)
        _blocks(connection, ctx, [*here, *gone], days)
        _requests(connection, ctx, [*here, *gone], answered=True)
        _requests(connection, ctx, here[:asking], answered=False)

    ctx.db.write(write)
    return coach


def _group(connection: Connection, ctx: Context, number: int) -> int:
    row = {"public_id": new_public_id(), "name": f"Groep {number}", "created_ms": ctx.now(), "rhythm": {}}
    known = {name: value for name, value in row.items() if name in t.work_group.c}
    return int(connection.execute(sa.insert(t.work_group).values(known)).inserted_primary_key[0])


def _workers(connection: Connection, ctx: Context, count: int, coach: Person, *, ended: bool) -> list[int]:
    found = []
    for number in range(count):
        row = {"public_id": new_public_id(), "name": f"Medewerker {number:04}", "profile": {}, "preferences": {}, "created_ms": 0}
        added = connection.execute(sa.insert(t.person).values(**row, ended_ms=1 if ended else None))
        found.append(int(added.inserted_primary_key[0]))
    if found:
        connection.execute(sa.insert(t.person_role), [{"person_id": who, "role": "worker"} for who in found])
        connection.execute(sa.insert(t.coaching), [{"coach_id": coach.id, "person_id": who, "since_ms": 0} for who in found])
    return found


def _blocks(connection: Connection, ctx: Context, who: list[int], days: int) -> None:
    rows = []
    for day in range(days):
        for number in range(8):
            start = ctx.now() - (day + 1) * DAY_MS + number * HOUR_MS
            kind = "break" if number % 2 else "work"
            rows += [
                {
                    "person_id": each,
                    "kind": kind,
                    "started_ms": start,
                    "planned_end_ms": start,
                    "ended_ms": start + 45 * MINUTE_MS,
                }
                for each in who
            ]
    now = ctx.now()
    rows += [
        {"person_id": each, "kind": "work", "started_ms": now, "planned_end_ms": now + 45 * MINUTE_MS, "ended_ms": None}
        for each in who
    ]
    connection.execute(sa.insert(t.block), rows)


def _requests(connection: Connection, ctx: Context, who: list[int], *, answered: bool) -> None:
    rows = [
        {
            "public_id": new_public_id(),
            "person_id": each,
            "kind": "talk",
            "via": "page",
            "key": new_public_id(),
            "asked_ms": ctx.now(),
            "answered_ms": ctx.now() if answered else None,
            "answer": "coming" if answered else None,
        }
        for each in who
    ]
    if rows:
        connection.execute(sa.insert(t.request), rows)
