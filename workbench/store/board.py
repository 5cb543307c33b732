"""The coach's board: who is here and who asked for the coach, in one statement that only searches indexes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t


@dataclass(frozen=True)
class Asked:
    """A request that waits. kind: talk, other_work, longer_break, stop_today."""

    public_id: str
    kind: str
    words: str | None
    asked_ms: int


@dataclass(frozen=True)
class OnBoard:
    """
    One person on the board, by name.

    Attributes:
        block: what runs now (work, break, training, …); None: not here.
        since_ms, until_ms: of that block; until is the plan, or None.
        coach_id: their own coach: another one than whoever looks, when standing in.
        asked: what waits for an answer, oldest first.
    """

    public_id: str
    name: str
    group: str | None
    block: str | None
    since_ms: int | None
    until_ms: int | None
    coach_id: int
    asked: tuple[Asked, ...] = ()


# The newest block of today: a search in ix_block_person, however many blocks there were before.
_newest = (
    sa.select(t.block.c.id)
    .where(t.block.c.person_id == t.coaching.c.person_id, t.block.c.started_ms >= sa.bindparam("today_ms"))
    .order_by(t.block.c.started_ms.desc(), t.block.c.id.desc())
    .limit(1)
    .correlate(t.coaching)
    .scalar_subquery()
)
_member = t.group_member
BOARD = (
    sa.select(
        t.person.c.id,
        t.person.c.public_id,
        t.person.c.name,
        t.coaching.c.coach_id,
        t.work_group.c.name.label("group_name"),
        t.block.c.kind,
        t.block.c.started_ms,
        t.block.c.planned_end_ms,
        t.block.c.ended_ms,
        t.request.c.public_id.label("request_id"),
        t.request.c.kind.label("request_kind"),
        t.request.c.words,
        t.request.c.asked_ms,
    )
    .select_from(t.coaching)
    .join(t.person, t.person.c.id == t.coaching.c.person_id)
    .outerjoin(t.block, t.block.c.id == _newest)
    .outerjoin(_member, (_member.c.person_id == t.coaching.c.person_id) & _member.c.until_ms.is_(None))
    .outerjoin(t.work_group, t.work_group.c.id == _member.c.work_group_id)
    .outerjoin(t.request, (t.request.c.person_id == t.coaching.c.person_id) & t.request.c.answered_ms.is_(None))
    .where(
        t.coaching.c.coach_id.in_(sa.bindparam("coaches", expanding=True)),
        t.coaching.c.until_ms.is_(None),
        t.person.c.ended_ms.is_(None),
    )
)


def board(connection: Connection, coach_ids: Collection[int], *, today_ms: int) -> list[OnBoard]:
    """
    Everybody whom these coach, by name.

    Args:
        today_ms: when the lab's day began, UTC ms.
    """
    rows = connection.execute(BOARD, {"coaches": sorted(coach_ids), "today_ms": today_ms})
    people: dict[int, OnBoard] = {}
    asked: dict[int, dict[str, Asked]] = {}
    for row in rows:
        people.setdefault(row.id, _person(row))
        if row.request_id:
            request = Asked(row.request_id, row.request_kind, row.words, row.asked_ms)
            asked.setdefault(row.id, {})[row.request_id] = request
    found = [_with(person, asked.get(person_id, {})) for person_id, person in people.items()]
    return sorted(found, key=lambda each: (each.name.lower(), each.public_id))


def _person(row: Any) -> OnBoard:
    here = row.kind is not None and row.ended_ms is None
    return OnBoard(
        public_id=row.public_id,
        name=row.name,
        group=row.group_name,
        block=row.kind if here else None,
        since_ms=row.started_ms if here else None,
        until_ms=row.planned_end_ms if here else None,
        coach_id=row.coach_id,
    )


def _with(person: OnBoard, asked: dict[str, Asked]) -> OnBoard:
    ordered = tuple(sorted(asked.values(), key=lambda each: (each.asked_ms, each.public_id)))
    return OnBoard(**{**person.__dict__, "asked": ordered})


def plan(connection: Connection, coach_ids: Collection[int], *, today_ms: int) -> list[str]:
    """How the database reads the board, line by line: for the test and the benchmark that look for scans."""
    explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
    query = BOARD.params(coaches=sorted(coach_ids), today_ms=today_ms)
    said = query.compile(connection, compile_kwargs={"literal_binds": True, "render_postcompile": True})
    return [str(row[-1]) for row in connection.exec_driver_sql(explain + str(said))]
