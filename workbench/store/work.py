"""Handing out and taking in: the statements of the hot path. Each is built once and run with parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Annotation, Assignment, Json, Microtask
from workbench.store.database import for_update, insert_of, upsert

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


MICROTASK = [
    t.microtask.c.id,
    t.microtask.c.public_id,
    t.microtask.c.step_id,
    t.microtask.c.source_id,
    t.microtask.c.key,
    t.microtask.c.payload,
    t.microtask.c.task_type_version,
    t.microtask.c.status,
    t.microtask.c.wanted,
    t.microtask.c.answers,
    t.microtask.c.parent_id,
]
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

_take_place = sa.update(t.microtask).where(t.microtask.c.id == _p("m")).values(free=t.microtask.c.free - 1)
_give_place = sa.update(t.microtask).where(t.microtask.c.id == _p("m")).values(free=t.microtask.c.free + 1)
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
    connection.execute(_take_place, {"m": microtask_id})
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


_states = (
    sa.select(
        t.assignment.c.status.label("a_status"),
        sa.exists().where(t.draft.c.assignment_id == t.assignment.c.id).label("has_draft"),
        sa.exists()
        .where(
            t.annotation.c.microtask_id == t.assignment.c.microtask_id,
            t.annotation.c.person_id == t.assignment.c.person_id,
            t.annotation.c.assignment_id != t.assignment.c.id,
        )
        .label("answered_before"),
        *MICROTASK,
    )
    .join_from(t.assignment, t.microtask, t.microtask.c.id == t.assignment.c.microtask_id)
    .where(t.assignment.c.id == _p("a"))
)


@dataclass(frozen=True)
class States:
    """How an assignment stands. answered_before: this person answered its microtask under another assignment."""

    status: str
    microtask: Microtask
    has_draft: bool
    answered_before: bool


def states(connection: Connection, assignment_id: int) -> States:
    """How it stands now; on PostgreSQL assignment and microtask stay locked, so that two submits queue up."""
    row = connection.execute(for_update(connection, _states, of=[t.assignment, t.microtask]), {"a": assignment_id}).one()
    return States(row.a_status, microtask(row), row.has_draft, row.answered_before)


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
    connection.execute(_take_place, {"m": microtask_id})
    end_assignment(connection, assignment_id, "open")
    renew(connection, assignment_id, expires_ms)
    return assignment_by_id(connection, assignment_id)


_last_answer = sa.select(sa.func.max(t.annotation.c.submitted_ms)).where(t.annotation.c.person_id == _p("person"))


def last_answer_ms(connection: Connection, person_id: int) -> int | None:
    """When this person last sent an answer, UTC ms."""
    found: int | None = connection.scalar(_last_answer, {"person": person_id})
    return found


_set_status = sa.update(t.assignment).where(t.assignment.c.id == _p("a")).values(status=_p("new_status"))


def end_assignment(connection: Connection, assignment_id: int, status: str) -> None:
    """The lease is over: submitted, returned or expired."""
    connection.execute(_set_status, {"a": assignment_id, "new_status": status})


_renew = sa.update(t.assignment).where(t.assignment.c.id == _p("a")).values(expires_ms=_p("until"))


def renew(connection: Connection, assignment_id: int, expires_ms: int) -> None:
    """Somebody is still busy with it."""
    connection.execute(_renew, {"a": assignment_id, "until": expires_ms})


def free_place(connection: Connection, microtask_id: int) -> None:
    """Offer the microtask again, behind what is in its queue: every cursor comes past it once more."""
    connection.execute(_give_place, {"m": microtask_id})
    lane_id = connection.scalar(sa.select(t.microtask.c.lane_id).where(t.microtask.c.id == microtask_id))
    move_to_end(connection, microtask_id, lane_id)


def move_to_end(connection: Connection, microtask_id: int, lane_id: int | None) -> None:
    """Give the microtask the next rank of its queue."""
    connection.execute(sa.update(t.lane).where(t.lane.c.id == lane_id).values(next_rank=t.lane.c.next_rank + 1))
    rank = sa.select(t.lane.c.next_rank - 1).where(t.lane.c.id == lane_id).scalar_subquery()
    connection.execute(sa.update(t.microtask).where(t.microtask.c.id == microtask_id).values(rank=rank))


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
        add_return(
            connection, assignment_id=assignment_id, microtask_id=microtask_id, person_id=person_id, reason="expired", now=now
        )
        free_place(connection, microtask_id)
    return len(rows)


# --- taking in -------------------------------------------------------------------------------------------------------

_annotation_columns = [
    t.annotation.c.id,
    t.annotation.c.public_id,
    t.annotation.c.assignment_id,
    t.annotation.c.microtask_id,
    t.annotation.c.person_id,
    t.annotation.c.revision,
    t.annotation.c.answer,
    t.annotation.c.dont_know,
    t.annotation.c.together,
    t.annotation.c.submitted_ms,
]
_of_assignment = (
    sa.select(*_annotation_columns, t.annotation.c.key, t.annotation.c.fingerprint)
    .where(t.annotation.c.assignment_id == _p("a"))
    .order_by(t.annotation.c.revision)
)


@dataclass(frozen=True)
class Submitted:
    """An annotation with what recognises a repeat of it."""

    annotation: Annotation
    key: str
    fingerprint: str


def submitted(connection: Connection, assignment_id: int) -> list[Submitted]:
    """All revisions of this assignment's answer."""
    return [
        Submitted(_annotation(row), row.key, row.fingerprint) for row in connection.execute(_of_assignment, {"a": assignment_id})
    ]


_insert_annotation = sa.insert(t.annotation)
_count_answer = (
    sa.update(t.microtask)
    .where(t.microtask.c.id == _p("m"))
    .values(answers=t.microtask.c.answers + 1, free=t.microtask.c.free - _p("places"))
)


def add_annotation(connection: Connection, values: Mapping[str, Any]) -> None:
    """Store an answer."""
    connection.execute(_insert_annotation, dict(values))


def count_answer(connection: Connection, microtask_id: int, *, late: bool) -> None:
    """One more answer. The lease already took the place; a late answer takes the place that expiry gave back."""
    connection.execute(_count_answer, {"m": microtask_id, "places": int(late)})


@cache
def _ask_to_settle(dialect: str) -> Any:
    statement = insert_of(dialect, t.to_settle).values(microtask_id=_p("m"), since_ms=_p("n"), asked=1)
    again = {"asked": t.to_settle.c.asked + 1, "since_ms": _p("n"), "tries": 0}
    return statement.on_conflict_do_update(index_elements=["microtask_id"], set_=again)


def ask_to_settle(connection: Connection, microtask_id: int, now: int) -> None:
    """Leave a note that this microtask has a new answer; `asked` tells whoever settles whether more came meanwhile."""
    connection.execute(_ask_to_settle(connection.dialect.name), {"m": microtask_id, "n": now})


def add_return(
    connection: Connection,
    *,
    assignment_id: int,
    microtask_id: int,
    person_id: int,
    reason: str,
    now: int,
    words: str | None = None,
    key: str | None = None,
) -> None:
    """A microtask was given back: a row of its own."""
    values = {"assignment_id": assignment_id, "microtask_id": microtask_id, "person_id": person_id}
    connection.execute(sa.insert(t.work_return), {**values, "reason": reason, "words": words, "key": key, "at_ms": now})


def return_by_key(connection: Connection, assignment_id: int, key: str) -> Any:
    """The return that was made with this key."""
    query = sa.select(t.work_return.c.reason, t.work_return.c.at_ms)
    return connection.execute(query.where(t.work_return.c.assignment_id == assignment_id, t.work_return.c.key == key)).first()


def save_draft(connection: Connection, *, assignment_id: int, answer: Json, rev: int, now: int) -> int:
    """Keep the newest draft; an older `rev` that arrives late changes nothing. Returns the rev that is kept."""
    statement = upsert(connection, t.draft).values(assignment_id=assignment_id, answer=answer, rev=rev, saved_ms=now)
    fresh = {"answer": statement.excluded.answer, "rev": statement.excluded.rev, "saved_ms": statement.excluded.saved_ms}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["assignment_id"], set_=fresh, where=t.draft.c.rev < statement.excluded.rev
        )
    )
    return connection.scalar(sa.select(t.draft.c.rev).where(t.draft.c.assignment_id == assignment_id)) or rev


def draft(connection: Connection, assignment_id: int) -> tuple[Json, int] | None:
    """The draft and its rev."""
    row = connection.execute(sa.select(t.draft.c.answer, t.draft.c.rev).where(t.draft.c.assignment_id == assignment_id)).first()
    return (row.answer, row.rev) if row else None


def drop_draft(connection: Connection, assignment_id: int) -> None:
    """The answer is in: the draft has done its work."""
    connection.execute(_drop_draft, {"a": assignment_id})


_drop_draft = sa.delete(t.draft).where(t.draft.c.assignment_id == _p("a"))


def microtask(row: Any) -> Microtask:
    """The record of a row that has the columns MICROTASK."""
    return Microtask(
        row.id,
        row.public_id,
        row.step_id,
        row.source_id,
        row.key,
        row.payload,
        row.task_type_version,
        row.status,
        row.wanted,
        row.answers,
        row.parent_id,
    )


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


def _annotation(row: Any) -> Annotation:
    return Annotation(
        row.id,
        row.public_id,
        row.assignment_id,
        row.microtask_id,
        row.person_id,
        row.revision,
        row.answer,
        row.dont_know,
        row.together,
        row.submitted_ms,
    )
