"""Handing out: lanes, leases and what a person holds. Statements of the hot path are built once and run with parameters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Assignment, Microtask
from workbench.store import answers
from workbench.store.database import for_update, insert_of
from workbench.store.microtasks import MICROTASK, free_place, microtask, take_place

_p = sa.bindparam


@dataclass(frozen=True)
class Lane:
    """A queue of microtasks that the same people may get. `needs` are bits of domain.NEED_BITS."""

    id: int
    step_id: int
    project_id: int
    task_type: str
    needs: int
    topic: str
    gold: bool
    version_id: int
    embargo_until_ms: int | None
    after: int  # this person's cursor
    given: int  # microtasks of the step given to this person
    gold_given: int


# --- finding ---------------------------------------------------------------------------------------------------------

_newest_version = (
    sa.select(t.step_version.c.id)
    .where(t.step_version.c.step_id == t.step.c.id)
    .order_by(t.step_version.c.number.desc())
    .limit(1)
    .scalar_subquery()
)
_open_lanes = (
    sa.select(
        t.lane.c.id,
        t.lane.c.step_id,
        t.step.c.project_id,
        t.step.c.task_type,
        t.lane.c.needs,
        t.lane.c.topic,
        t.lane.c.gold,
        _newest_version.label("version_id"),
        t.project.c.embargo_until_ms,
        sa.func.coalesce(t.cursor.c.rank, 0).label("after"),
        sa.func.coalesce(t.progress.c.given, 0).label("given"),
        sa.func.coalesce(t.progress.c.gold_given, 0).label("gold_given"),
    )
    .join_from(t.project, t.step, t.step.c.project_id == t.project.c.id)
    .join(t.lane, t.lane.c.step_id == t.step.c.id)
    .outerjoin(t.cursor, sa.and_(t.cursor.c.lane_id == t.lane.c.id, t.cursor.c.person_id == _p("person")))
    .outerjoin(t.progress, sa.and_(t.progress.c.step_id == t.step.c.id, t.progress.c.person_id == _p("person")))
    .where(t.project.c.status == "open")
    .order_by(t.project.c.id, t.step.c.position, t.lane.c.needs, t.lane.c.id)
)


def open_lanes(connection: Connection, person_id: int) -> list[Lane]:
    """The queues of all open projects, in the order in which they are offered, and how far this person is in each."""
    return [Lane(**row._mapping) for row in connection.execute(_open_lanes, {"person": person_id})]


_clearances = sa.select(t.clearance.c.project_id).where(t.clearance.c.person_id == _p("person"))


def clearances(connection: Connection, person_id: int) -> frozenset[int]:
    """Projects under embargo that this person may see."""
    return frozenset(connection.scalars(_clearances, {"person": person_id}))


_back_for_later = sa.exists().where(t.work_return.c.assignment_id == t.assignment.c.id, t.work_return.c.reason == "later")
_had = sa.exists().where(
    t.assignment.c.microtask_id == t.microtask.c.id, t.assignment.c.person_id == _p("person"), ~_back_for_later
)
_eligible = (t.microtask.c.lane_id == _p("lane"), t.microtask.c.free > 0, t.microtask.c.rank > _p("after"), ~_had)
_next_in_lane = sa.select(*MICROTASK, t.microtask.c.rank).where(*_eligible).order_by(t.microtask.c.rank).limit(1)
_first_rank = sa.select(t.microtask.c.rank).where(*_eligible).order_by(t.microtask.c.rank).limit(1)


def next_in_lane(connection: Connection, *, lane_id: int, person_id: int, after: int) -> tuple[Microtask, int] | None:
    """
    The first microtask after this rank that has a place free and that this person has not had.

    Returns:
        It, and where the cursor may move to: never past a microtask that was only locked by somebody for a moment.
    """
    values = {"lane": lane_id, "person": person_id, "after": after}
    if connection.dialect.name != "postgresql":
        row = connection.execute(_next_in_lane, values).first()
        return (microtask(row), row.rank) if row else None
    # First what is free at once; when everything is locked for a moment, wait rather than say there is no work.
    row = connection.execute(for_update(connection, _next_in_lane, skip_locked=True, of=t.microtask), values).first()
    row = row or connection.execute(for_update(connection, _next_in_lane, of=t.microtask), values).first()
    if row is None:
        return None
    first = row.rank if row.rank == after + 1 else connection.scalar(_first_rank, values)
    return microtask(row), row.rank if first is None or first >= row.rank else first - 1


@cache
def _move_cursor(dialect: str) -> Any:
    statement = insert_of(dialect, t.cursor).values(person_id=_p("p"), lane_id=_p("l"), rank=_p("r"))
    return statement.on_conflict_do_update(index_elements=["person_id", "lane_id"], set_={"rank": _p("r")})


def move_cursor(connection: Connection, *, person_id: int, lane_id: int, rank: int) -> None:
    """Remember how far this person is."""
    connection.execute(_move_cursor(connection.dialect.name), {"p": person_id, "l": lane_id, "r": rank})


@cache
def _count_given(dialect: str) -> Any:
    row = {"person_id": _p("p"), "step_id": _p("s"), "given": 1, "gold_given": _p("g"), "last_ms": _p("n")}
    more = {"given": t.progress.c.given + 1, "gold_given": t.progress.c.gold_given + _p("g"), "last_ms": _p("n")}
    return insert_of(dialect, t.progress).values(row).on_conflict_do_update(index_elements=["person_id", "step_id"], set_=more)


def count_given(connection: Connection, *, person_id: int, step_id: int, gold: bool, now: int) -> None:
    """One more microtask given."""
    values = {"p": person_id, "s": step_id, "g": int(gold), "n": now}
    connection.execute(_count_given(connection.dialect.name), values)


# --- leasing ---------------------------------------------------------------------------------------------------------

_group = (
    sa.select(t.group_member.c.work_group_id)
    .where(t.group_member.c.person_id == _p("person"), t.group_member.c.until_ms.is_(None))
    .order_by(t.group_member.c.id)
    .limit(1)
    .scalar_subquery()
)
_insert_assignment = sa.insert(t.assignment).values(
    public_id=_p("public_id"),
    microtask_id=_p("microtask"),
    person_id=_p("person"),
    step_version_id=_p("version"),
    work_group_id=_group,
    together=False,
    status="open",
    leased_ms=_p("now"),
    expires_ms=_p("until"),
)


def lease(
    connection: Connection,
    *,
    microtask_id: int,
    person_id: int,
    step_version_id: int,
    public_id: str,
    now: int,
    expires_ms: int,
) -> int:
    """Hand a microtask to this person for now; returns the assignment's id."""
    take_place(connection, microtask_id)
    values = {"microtask": microtask_id, "person": person_id, "version": step_version_id}
    more = {"public_id": public_id, "now": now, "until": expires_ms}
    result: Any = connection.execute(_insert_assignment, {**values, **more})
    return int(result.inserted_primary_key[0])


_assignment_columns = [
    t.assignment.c.id.label("a_id"),
    t.assignment.c.public_id.label("a_public_id"),
    t.assignment.c.person_id,
    t.assignment.c.step_version_id,
    t.assignment.c.status.label("a_status"),
    t.assignment.c.leased_ms,
    t.assignment.c.expires_ms,
    t.assignment.c.together,
    t.assignment.c.work_group_id,
    t.step.c.task_type,
    t.step.c.project_id,
    t.step_version.c.settings,
    *MICROTASK,
]
_assignments = (
    sa.select(*_assignment_columns)
    .join_from(t.assignment, t.microtask, t.microtask.c.id == t.assignment.c.microtask_id)
    .join(t.step, t.step.c.id == t.microtask.c.step_id)
    .join(t.step_version, t.step_version.c.id == t.assignment.c.step_version_id)
)
_open_of_person = _assignments.where(t.assignment.c.person_id == _p("person"), t.assignment.c.status == "open").order_by(
    t.assignment.c.id
)
_by_public_id = _assignments.where(t.assignment.c.public_id == _p("public_id"))
_by_id = _assignments.where(t.assignment.c.id == _p("id"))


def open_assignments(connection: Connection, person_id: int) -> list[Assignment]:
    """What this person holds now, oldest first."""
    return [_assignment(row) for row in connection.execute(_open_of_person, {"person": person_id})]


def assignment_by_id(connection: Connection, assignment_id: int) -> Assignment:
    """One assignment that exists."""
    return _assignment(connection.execute(_by_id, {"id": assignment_id}).one())


def assignment_by_public_id(connection: Connection, public_id: str) -> Assignment | None:
    """An assignment, whoever has it: the caller checks whose."""
    row = connection.execute(_by_public_id, {"public_id": public_id}).first()
    return _assignment(row) if row else None


_expired_of_person = (
    sa.select(t.assignment.c.id, t.microtask.c.id.label("microtask_id"), t.microtask.c.lane_id)
    .join_from(t.assignment, t.microtask, t.microtask.c.id == t.assignment.c.microtask_id)
    .where(
        t.assignment.c.person_id == _p("person"),
        t.assignment.c.status == "expired",
        t.microtask.c.free > 0,
        t.microtask.c.status.in_(("open", "gold")),
    )
    .order_by(t.assignment.c.id.desc())
    .limit(20)
)


def expired_of(connection: Connection, person_id: int) -> list[tuple[int, int, int]]:
    """(assignment, microtask, lane) of this person's newest leases that ran out while nobody else took the place."""
    rows = connection.execute(for_update(connection, _expired_of_person, of=t.microtask), {"person": person_id})
    return [(row.id, row.microtask_id, row.lane_id) for row in rows]


def reopen(connection: Connection, assignment_id: int, microtask_id: int, expires_ms: int) -> Assignment:
    """The same assignment again, with its draft."""
    take_place(connection, microtask_id)
    end_assignment(connection, assignment_id, "open")
    renew(connection, assignment_id, expires_ms)
    return assignment_by_id(connection, assignment_id)


_set_status = sa.update(t.assignment).where(t.assignment.c.id == _p("a")).values(status=_p("new_status"))


def end_assignment(connection: Connection, assignment_id: int, status: str) -> None:
    """The lease is over: submitted, returned or expired."""
    connection.execute(_set_status, {"a": assignment_id, "new_status": status})


_renew = sa.update(t.assignment).where(t.assignment.c.id == _p("a")).values(expires_ms=_p("until"))


def renew(connection: Connection, assignment_id: int, expires_ms: int) -> None:
    """Somebody is still busy with it."""
    connection.execute(_renew, {"a": assignment_id, "until": expires_ms})


_expired = (
    sa.select(t.assignment.c.id, t.assignment.c.microtask_id, t.assignment.c.person_id)
    .where(t.assignment.c.status == "open", t.assignment.c.expires_ms < _p("now"))
    .order_by(t.assignment.c.expires_ms)
    .limit(_p("most"))
)


def expire(connection: Connection, *, now: int, most: int = 200) -> int:
    """End leases that ran out; each leaves a row in `work_return`, and its microtask is offered again."""
    rows = connection.execute(for_update(connection, _expired, skip_locked=True), {"now": now, "most": most}).all()
    for assignment_id, microtask_id, person_id in rows:
        end_assignment(connection, assignment_id, "expired")
        answers.add_return(
            connection, assignment_id=assignment_id, microtask_id=microtask_id, person_id=person_id, reason="expired", now=now
        )
        free_place(connection, microtask_id)
    return len(rows)


def _assignment(row: Any) -> Assignment:
    return Assignment(
        id=row.a_id,
        public_id=row.a_public_id,
        person_id=row.person_id,
        microtask=microtask(row),
        task_type=row.task_type,
        step_version_id=row.step_version_id,
        settings=row.settings,
        project_id=row.project_id,
        status=row.a_status,
        leased_ms=row.leased_ms,
        expires_ms=row.expires_ms,
        together=row.together,
        group_id=row.work_group_id,
    )
