"""Handing out: lanes, leases and what a person holds. Statements of the hot path are built once and run with parameters."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Assignment, Microtask
from workbench.store import answers
from workbench.store.database import for_update, upsert
from workbench.store.direct import Direct, Together
from workbench.store.microtasks import ASSIGNMENTS, MICROTASK, TAKE_PLACE, assignment, free_place, microtask

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
    ran_out: bool  # some lease of this person ran out, in whatever lane


# --- finding ---------------------------------------------------------------------------------------------------------

_newest_version = (
    sa.select(t.step_version.c.id)
    .where(t.step_version.c.step_id == t.step.c.id)
    .order_by(t.step_version.c.number.desc())
    .limit(1)
    .scalar_subquery()
)
_ran_out = sa.exists().where(t.assignment.c.person_id == _p("person"), t.assignment.c.status == "expired")
_open_lanes = Direct(
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
        _ran_out.label("ran_out"),
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
    return [Lane(*row) for row in _open_lanes.rows(connection, {"person": person_id})]


_clearances = sa.select(t.clearance.c.project_id).where(t.clearance.c.person_id == _p("person"))


def clearances(connection: Connection, person_id: int) -> frozenset[int]:
    """Projects under embargo that this person may see."""
    return frozenset(connection.scalars(_clearances, {"person": person_id}))


# Put off, or taken out of sight by the lab: the same person may get it again, unless their answer came after all.
_comes_back = sa.exists().where(
    t.work_return.c.assignment_id == t.assignment.c.id,
    sa.or_(t.work_return.c.reason == "later", t.work_return.c.reason == "withdrawn"),
    t.assignment.c.status == "returned",  # in here: so PostgreSQL looks for each lease by itself, and reads no table whole
)
# What was asked before the answers so far stopped counting may be asked of the same person again.
_still_counts = t.assignment.c.id > t.microtask.c.asked_after
HAD = sa.exists().where(
    t.assignment.c.microtask_id == t.microtask.c.id, t.assignment.c.person_id == _p("person"), _still_counts, ~_comes_back
)
_eligible = (t.microtask.c.lane_id == _p("lane"), t.microtask.c.free > 0, t.microtask.c.rank > _p("after"), ~HAD)
_next_in_lane = sa.select(*MICROTASK, t.microtask.c.rank).where(*_eligible).order_by(t.microtask.c.rank).limit(1)
_next_unlocked = Direct(for_update(_next_in_lane, skip_locked=True, of=t.microtask))
_next_awaited = Direct(for_update(_next_in_lane, of=t.microtask))
_first_rank = Direct(sa.select(t.microtask.c.rank).where(*_eligible).order_by(t.microtask.c.rank).limit(1))


def next_in_lane(connection: Connection, *, lane_id: int, person_id: int, after: int) -> tuple[Microtask, int] | None:
    """
    The first microtask after this rank that has a place free and that this person has not had.

    Returns:
        It, and where the cursor may move to: never past a microtask that was only locked by somebody for a moment.
    """
    values = {"lane": lane_id, "person": person_id, "after": after}
    # First what is free at once; when everything is locked for a moment, wait rather than say there is no work.
    row = _next_unlocked.first(connection, values) or _next_awaited.first(connection, values)
    if row is None:
        return None
    first = row if row.rank == after + 1 else _first_rank.first(connection, values)
    return microtask(row), row.rank if first is None or first.rank >= row.rank else first.rank - 1


def has_more(connection: Connection, *, lane_id: int, person_id: int, after: int) -> bool:
    """Is there something in this lane that this person has not had? Takes nothing and locks nothing."""
    return _first_rank.first(connection, {"lane": lane_id, "person": person_id, "after": after}) is not None


# --- leasing ---------------------------------------------------------------------------------------------------------

_group = (
    sa.select(t.group_member.c.work_group_id)
    .where(t.group_member.c.person_id == _p("person"), t.group_member.c.until_ms.is_(None))
    .order_by(t.group_member.c.id)
    .limit(1)
    .scalar_subquery()
)
_insert_assignment = (
    sa.insert(t.assignment)
    .values(
        public_id=_p("token"),
        microtask_id=_p("m"),
        person_id=_p("person"),
        step_version_id=_p("version"),
        work_group_id=_group,
        together=False,
        status="open",
        leased_ms=_p("now"),
        expires_ms=_p("until"),
    )
    .returning(t.assignment.c.id)
)


_move_cursor = (
    upsert(t.cursor)
    .values(person_id=_p("person"), lane_id=_p("lane"), rank=_p("to_rank"))
    .on_conflict_do_update(index_elements=["person_id", "lane_id"], set_={"rank": _p("to_rank")})
)
_given = {"given": t.progress.c.given + 1, "gold_given": t.progress.c.gold_given + _p("golden"), "last_ms": _p("now")}
_count_given = (
    upsert(t.progress)
    .values(person_id=_p("person"), step_id=_p("step"), given=1, gold_given=_p("golden"), last_ms=_p("now"))
    .on_conflict_do_update(index_elements=["person_id", "step_id"], set_=_given)
)
_lease = Together(_insert_assignment, TAKE_PLACE, _move_cursor, _count_given)


def lease(
    connection: Connection,
    lane: Lane,
    *,
    microtask_id: int,
    rank: int,
    person_id: int,
    public_id: str,
    now: int,
    expires_ms: int,
) -> int:
    """Hand a microtask of this lane to this person for now, whose cursor moves to `rank`; returns the assignment's id."""
    values = {"m": microtask_id, "person": person_id, "lane": lane.id, "step": lane.step_id, "version": lane.version_id}
    values |= {"to_rank": rank, "golden": int(lane.gold)}
    more = {"token": public_id, "now": now, "until": expires_ms}
    [made] = _lease.rows(connection, {**values, **more})
    return int(made.id)


_open_of_person = Direct(
    ASSIGNMENTS.where(t.assignment.c.person_id == _p("person"), t.assignment.c.status == "open").order_by(t.assignment.c.id)
)
_by_public_id = Direct(ASSIGNMENTS.where(t.assignment.c.public_id == _p("public_id")))
_by_id = Direct(ASSIGNMENTS.where(t.assignment.c.id == _p("id")))


def open_assignments(connection: Connection, person_id: int) -> list[Assignment]:
    """What this person holds now, oldest first."""
    return [assignment(connection, row) for row in _open_of_person.rows(connection, {"person": person_id})]


def assignment_by_id(connection: Connection, assignment_id: int) -> Assignment:
    """One assignment that exists."""
    [row] = _by_id.rows(connection, {"id": assignment_id})
    return assignment(connection, row)


def assignment_by_public_id(connection: Connection, public_id: str) -> Assignment | None:
    """An assignment, whoever has it: the caller checks whose."""
    row = _by_public_id.first(connection, {"public_id": public_id})
    return assignment(connection, row) if row else None


_expired_of_person = (
    sa.select(t.assignment.c.id, t.microtask.c.id.label("microtask_id"), t.microtask.c.lane_id)
    .join_from(t.assignment, t.microtask, t.microtask.c.id == t.assignment.c.microtask_id)
    .where(
        t.assignment.c.person_id == _p("person"),
        t.assignment.c.status == "expired",
        _still_counts,
        t.microtask.c.free > 0,
        t.microtask.c.status.in_(("open", "gold")),
    )
    .order_by(t.assignment.c.id.desc())
    .limit(20)
    .with_for_update(of=t.microtask, key_share=True)
)


def expired_of(connection: Connection, person_id: int) -> list[tuple[int, int, int]]:
    """(assignment, microtask, lane) of this person's newest leases that ran out while nobody else took the place."""
    rows = connection.execute(_expired_of_person, {"person": person_id})
    return [(row.id, row.microtask_id, row.lane_id) for row in rows]


def reopen(connection: Connection, assignment_id: int, microtask_id: int, expires_ms: int) -> Assignment:
    """The same assignment again, with its draft."""
    connection.execute(TAKE_PLACE, {"m": microtask_id})
    end_assignment(connection, assignment_id, "open")
    renew(connection, assignment_id, expires_ms)
    return assignment_by_id(connection, assignment_id)


_set_status = sa.update(t.assignment).where(t.assignment.c.id == _p("a")).values(status=_p("new_status"))


def end_assignment(connection: Connection, assignment_id: int, status: str) -> None:
    """The lease is over: submitted, returned or expired."""
    connection.execute(_set_status, {"a": assignment_id, "new_status": status})


_handed_again = (
    sa.select(t.assignment.c.id, t.assignment.c.status)
    .join_from(t.assignment, t.microtask, t.microtask.c.id == t.assignment.c.microtask_id)
    .where(
        t.assignment.c.microtask_id == _p("m"),
        t.assignment.c.person_id == _p("person"),
        t.assignment.c.status.in_(("open", "expired")),
        t.microtask.c.asked_after < _p("answered"),
    )
)


def end_others(connection: Connection, *, answered: int, microtask_id: int, person_id: int, now: int) -> None:
    """This person answered a question under an earlier lease: where it was handed to them again, that is over too."""
    values = {"answered": answered, "m": microtask_id, "person": person_id}
    for row in connection.execute(_handed_again, values).all():
        end_assignment(connection, row.id, "returned")
        place = {"assignment_id": row.id, "microtask_id": microtask_id, "person_id": person_id}
        answers.add_return(connection, **place, reason="withdrawn", now=now)
        if row.status == "open":
            free_place(connection, microtask_id)


_renew = sa.update(t.assignment).where(t.assignment.c.id == _p("a")).values(expires_ms=_p("until"))


def renew(connection: Connection, assignment_id: int, expires_ms: int) -> None:
    """Somebody is still busy with it."""
    connection.execute(_renew, {"a": assignment_id, "until": expires_ms})


_expired = (
    sa.select(t.assignment.c.id, t.assignment.c.microtask_id, t.assignment.c.person_id)
    .where(t.assignment.c.status == "open", t.assignment.c.expires_ms < _p("now"))
    .order_by(t.assignment.c.expires_ms)
    .limit(_p("most"))
    .with_for_update(skip_locked=True, key_share=True)
)


def expire(connection: Connection, *, now: int, most: int = 200) -> int:
    """End leases that ran out; each leaves a row in `work_return`, and its microtask is offered again."""
    rows = connection.execute(_expired, {"now": now, "most": most}).all()
    for assignment_id, microtask_id, person_id in rows:
        end_assignment(connection, assignment_id, "expired")
        answers.add_return(
            connection, assignment_id=assignment_id, microtask_id=microtask_id, person_id=person_id, reason="expired", now=now
        )
        free_place(connection, microtask_id)
    return len(rows)


@dataclass(frozen=True)
class StepName:
    """What a step is called, for people."""

    public_id: str
    name: str


def step_names(connection: Connection, step_id: int) -> StepName:
    """The project's name, and the step's own where a project has several."""
    sibling = t.step.alias("sibling")
    siblings = sa.select(sa.func.count()).select_from(sibling).where(sibling.c.project_id == t.project.c.id).scalar_subquery()
    query = sa.select(t.step.c.public_id, t.step.c.name, t.project.c.name.label("project"), siblings.label("steps"))
    row = connection.execute(query.join(t.project, t.project.c.id == t.step.c.project_id).where(t.step.c.id == step_id)).one()
    return StepName(row.public_id, row.project if row.steps == 1 else f"{row.project}: {row.name}")
