"""Workers' questions about instructions, answered once for all. Who asked is kept and shown to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import new_public_id
from workbench.errors import Conflict
from workbench.store.database import upsert


@dataclass(frozen=True)
class InstructionQuestion:
    """One question, without its asker. `version`: number of the instructions that it was asked under."""

    public_id: str
    step: str
    step_name: str
    version: int
    words: str
    shown_as: str | None
    answer: str | None
    at_ms: int
    answered_ms: int | None


@dataclass(frozen=True)
class Answered:
    """What stands beside the instructions for everybody."""

    question: str
    answer: str


_table = t.instruction_question.c


def ask(
    connection: Connection,
    *,
    step_id: int,
    step_version_id: int,
    microtask_id: int,
    person_id: int,
    words: str,
    key: str,
    now: int,
) -> None:
    """Keep a question; the same key again adds nothing."""
    row = {
        "public_id": new_public_id(),
        "step_id": step_id,
        "step_version_id": step_version_id,
        "microtask_id": microtask_id,
        "person_id": person_id,
        "words": words,
        "key": key,
        "at_ms": now,
    }
    connection.execute(upsert(t.instruction_question).values(row).on_conflict_do_nothing(index_elements=["key"]))


def answer(connection: Connection, project_id: int, public_id: str, *, shown_as: str, answer: str, by: int, now: int) -> None:
    """Answer for everybody; a later answer takes the place of the former. Raises Conflict when it is gone."""
    values = {"shown_as": shown_as, "answer": answer, "answered_by": by, "answered_ms": now}
    _change(connection, project_id, public_id, values)


def withdraw(connection: Connection, project_id: int, public_id: str, *, now: int) -> None:
    """No longer shown: it stands in the instructions now, or needs no answer. Raises Conflict when it is gone."""
    _change(connection, project_id, public_id, {"withdrawn_ms": now})


def _change(connection: Connection, project_id: int, public_id: str, values: dict[str, Any]) -> None:
    steps = sa.select(t.step.c.id).where(t.step.c.project_id == project_id)
    here = (_table.public_id == public_id, _table.step_id.in_(steps), _table.withdrawn_ms.is_(None))
    if not connection.execute(sa.update(t.instruction_question).where(*here).values(values)).rowcount:
        raise Conflict("This question was taken away meanwhile.")


_answered = (
    sa.select(_table.shown_as, _table.answer)
    .where(_table.step_id == sa.bindparam("step"), _table.answered_ms.is_not(None), _table.withdrawn_ms.is_(None))
    .order_by(_table.answered_ms, _table.id)
)


def answered(connection: Connection, step_id: int) -> list[Answered]:
    """What was answered about this step's instructions, oldest first."""
    return [Answered(row.shown_as, row.answer) for row in connection.execute(_answered, {"step": step_id})]


def of_project(connection: Connection, project_id: int) -> list[InstructionQuestion]:
    """All questions that stand, those without an answer first, oldest first."""
    query = (
        sa.select(
            t.instruction_question, t.step.c.public_id.label("step"), t.step.c.name.label("step_name"), t.step_version.c.number
        )
        .join(t.step, t.step.c.id == _table.step_id)
        .join(t.step_version, t.step_version.c.id == _table.step_version_id)
        .where(t.step.c.project_id == project_id, _table.withdrawn_ms.is_(None))
        .order_by(_table.answered_ms.is_not(None), _table.id)
    )
    return [_question(row) for row in connection.execute(query)]


def waiting(connection: Connection) -> dict[int, int]:
    """project → how many questions wait for an answer."""
    query = (
        sa.select(t.step.c.project_id, sa.func.count())
        .join(t.step, t.step.c.id == _table.step_id)
        .where(_table.answered_ms.is_(None), _table.withdrawn_ms.is_(None))
        .group_by(t.step.c.project_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _question(row: Any) -> InstructionQuestion:
    return InstructionQuestion(
        public_id=row.public_id,
        step=row.step,
        step_name=row.step_name,
        version=row.number,
        words=row.words,
        shown_as=row.shown_as,
        answer=row.answer,
        at_ms=row.at_ms,
        answered_ms=row.answered_ms,
    )
