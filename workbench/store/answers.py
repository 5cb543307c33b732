"""Taking in: answers, drafts and returns. Statements of the hot path are built once and run with parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Annotation, Assignment, Json
from workbench.store.database import for_update, upsert
from workbench.store.direct import Direct, Together
from workbench.store.microtasks import ASSIGNMENTS, assignment

_p = sa.bindparam

_standing = Direct(
    for_update(
        ASSIGNMENTS.add_columns(
            sa.exists().where(t.draft.c.assignment_id == t.assignment.c.id).label("has_draft"),
            sa.exists()
            .where(
                t.annotation.c.microtask_id == t.assignment.c.microtask_id,
                t.annotation.c.person_id == t.assignment.c.person_id,
                t.annotation.c.assignment_id != t.assignment.c.id,
                t.annotation.c.assignment_id > t.microtask.c.asked_after,
            )
            .label("answered_before"),
        ).where(t.assignment.c.public_id == _p("public_id")),
        of=[t.assignment, t.microtask],
    )
)


@dataclass(frozen=True)
class Standing:
    """How an assignment stands. answered_before: this person answered its microtask under another assignment."""

    assignment: Assignment
    has_draft: bool
    answered_before: bool


def standing(connection: Connection, public_id: str) -> Standing | None:
    """How it stands now; on PostgreSQL assignment and microtask stay locked, so that two submits queue up."""
    row = _standing.first(connection, {"public_id": public_id})
    return Standing(assignment(connection, row), row.has_draft, row.answered_before) if row else None


_last_answer = sa.select(sa.func.max(t.annotation.c.submitted_ms)).where(t.annotation.c.person_id == _p("person"))
# What came back by itself says nothing about its person: those returns have no key.
_last_return = sa.select(sa.func.max(t.work_return.c.at_ms)).where(
    t.work_return.c.person_id == _p("person"), t.work_return.c.key.is_not(None)
)
_last_draft = (
    sa.select(sa.func.max(t.draft.c.saved_ms))
    .join_from(t.assignment, t.draft, t.draft.c.assignment_id == t.assignment.c.id)
    .where(t.assignment.c.person_id == _p("person"), t.assignment.c.status == "open")
)
_last_signs = sa.select(*(query.scalar_subquery() for query in (_last_answer, _last_draft, _last_return)))


def last_active_ms(connection: Connection, person_id: int) -> int | None:
    """When this person last sent an answer, wrote on one or gave a question back, UTC ms."""
    found = connection.execute(_last_signs, {"person": person_id}).one()
    return max((moment for moment in found if moment is not None), default=None)


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
_of_assignment = Direct(
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


_latest_of_person = (
    sa.select(t.annotation.c.assignment_id)
    .where(t.annotation.c.person_id == _p("person"))
    .order_by(t.annotation.c.submitted_ms.desc(), t.annotation.c.id.desc())
    .limit(1)
)


def latest_answered(connection: Connection, person_id: int) -> int | None:
    """The assignment that this person answered last."""
    return connection.execute(_latest_of_person, {"person": person_id}).scalar()


def submitted(connection: Connection, assignment_id: int) -> list[Submitted]:
    """All revisions of this assignment's answer."""
    rows = _of_assignment.rows(connection, {"a": assignment_id})
    return [Submitted(_annotation(row), row.key, row.fingerprint) for row in rows]


_STORED = (
    *("public_id", "assignment_id", "microtask_id", "person_id", "step_id", "step_version_id", "work_group_id"),
    *("task_type_version", "revision", "answer", "dont_know", "together", "via", "key", "fingerprint"),
    *("active_ms", "submitted_ms"),
)
_insert_annotation = sa.insert(t.annotation).values(
    {name: _p(f"new_{name}", type_=t.annotation.c[name].type) for name in _STORED}
)
# A note that this microtask has a new answer; `asked` tells whoever settles whether more came meanwhile.
_ask_to_settle = (
    upsert(t.to_settle)
    .values(microtask_id=_p("new_microtask_id"), since_ms=_p("new_submitted_ms"), asked=1)
    .on_conflict_do_update(
        index_elements=["microtask_id"],
        set_={"asked": t.to_settle.c.asked + 1, "since_ms": _p("new_submitted_ms"), "tries": 0},
    )
)
# The lease already took the place; a late answer takes the place that expiry gave back. An answer to a question that was
# asked anew meanwhile is kept and counts no more.
_count_answer = (
    sa.update(t.microtask)
    .where(t.microtask.c.id == _p("new_microtask_id"), t.microtask.c.asked_after < _p("new_assignment_id"))
    .values(answers=t.microtask.c.answers + 1, free=t.microtask.c.free - _p("places"))
)
_end = sa.update(t.assignment).where(t.assignment.c.id == _p("new_assignment_id")).values(status="submitted")
_first_answer = Together(_insert_annotation, _count_answer, _end, _ask_to_settle)
_asked = (
    upsert(t.to_settle)
    .values(microtask_id=_p("m"), since_ms=_p("n"), asked=1)
    .on_conflict_do_update(
        index_elements=["microtask_id"], set_={"asked": t.to_settle.c.asked + 1, "since_ms": _p("n"), "tries": 0}
    )
)
_changed_answer = Together(_insert_annotation, _ask_to_settle)


def add_first(connection: Connection, values: Mapping[str, Any], *, late: bool, has_draft: bool) -> None:
    """Store the answer of an assignment, which ends with it, and ask to settle. `late`: its lease was over."""
    _first_answer.rows(connection, {**_new(values), "places": int(late)})
    if has_draft:
        connection.execute(_drop_draft, {"a": values["assignment_id"]})


def add_revision(connection: Connection, values: Mapping[str, Any]) -> None:
    """Store a changed answer, and ask to settle."""
    _changed_answer.rows(connection, _new(values))


def ask_to_settle(connection: Connection, microtask_id: int, now: int) -> None:
    """Look at this microtask again, though it has no new answer."""
    connection.execute(_asked, {"m": microtask_id, "n": now})


def _new(values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"new_{name}": value for name, value in values.items()}


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
    statement = upsert(t.draft).values(assignment_id=assignment_id, answer=answer, rev=rev, saved_ms=now)
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


_drop_draft = sa.delete(t.draft).where(t.draft.c.assignment_id == _p("a"))


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


def count_since(connection: Connection, person_id: int, since_ms: int) -> int:
    """How many questions this person answered since then; a changed answer counts once."""
    mine = (t.annotation.c.person_id == person_id, t.annotation.c.submitted_ms >= since_ms, t.annotation.c.revision == 1)
    return connection.scalar(sa.select(sa.func.count()).select_from(t.annotation).where(*mine)) or 0
