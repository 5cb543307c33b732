"""Questions that could become check questions, and whose equal answers may make them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Json


@dataclass(frozen=True)
class Candidate:
    """A question that could become a check question once somebody approves. `answer`: the one that would be accepted."""

    microtask_id: int
    microtask: str
    source: str
    key: str
    payload: Mapping[str, Json]
    answer: Mapping[str, Json]
    confidence: float | None
    answers: int


def sure_consensus(connection: Connection, step_id: int, *, least: float, least_answers: int, limit: int) -> list[Candidate]:
    """Settled answers that are surest, and were not a reviewer's correction, spread over the step."""
    query = (
        _candidates()
        .join(t.outcome, t.outcome.c.id == t.microtask.c.outcome_id)
        .add_columns(t.outcome.c.answer, t.outcome.c.confidence, t.outcome.c.answers)
        .where(
            t.microtask.c.step_id == step_id,
            t.microtask.c.status == "settled",
            t.outcome.c.kind == "settled",
            t.outcome.c.answer.is_not(None),
            t.outcome.c.confidence >= least,
            t.outcome.c.answers >= least_answers,
            ~sa.exists().where(t.gold.c.microtask_id == t.microtask.c.id),
        )
        # The source's public id is random: sorted by it, the surest answers come from all over the step.
        .order_by(t.source.c.public_id)
        .limit(limit)
    )
    return [_candidate(row, row.answer, row.confidence, row.answers) for row in connection.execute(query)]


def expert_answers(
    connection: Connection, step_id: int, experts: Sequence[int], *, limit: int
) -> list[tuple[Candidate, list[Json]]]:
    """Questions that two or more of these people answered, with their answers; newest first."""
    counting = sa.and_(
        t.annotation.c.microtask_id == t.microtask.c.id,
        t.annotation.c.person_id.in_(experts),
        t.annotation.c.assignment_id > t.microtask.c.asked_after,
        t.annotation.c.dont_know.is_(False),
        t.annotation.c.together.is_(False),
    )
    many = sa.select(sa.func.count(sa.distinct(t.annotation.c.person_id))).where(counting).correlate(t.microtask)
    query = (
        _candidates()
        .where(
            t.microtask.c.step_id == step_id,
            t.microtask.c.status.in_(("open", "settled")),
            many.scalar_subquery() >= 2,
            ~sa.exists().where(t.gold.c.microtask_id == t.microtask.c.id),
        )
        .order_by(t.microtask.c.id.desc())
        .limit(limit)
    )
    found = []
    for row in connection.execute(query).all():
        newest: dict[int, Json] = {}
        answers = sa.select(t.annotation.c.person_id, t.annotation.c.answer).where(
            t.annotation.c.microtask_id == row.id,
            t.annotation.c.person_id.in_(experts),
            t.annotation.c.assignment_id > row.asked_after,
            t.annotation.c.dont_know.is_(False),
            t.annotation.c.together.is_(False),
        )
        for person_id, answer in connection.execute(answers.order_by(t.annotation.c.id)):
            newest[person_id] = answer
        given = list(newest.values())
        found.append((_candidate(row, given[0], None, len(given)), given))
    return found


def _candidates() -> sa.Select[Any]:
    columns = (t.microtask.c.id, t.microtask.c.public_id, t.microtask.c.key, t.microtask.c.payload, t.microtask.c.asked_after)
    return sa.select(*columns, t.source.c.key.label("source")).join_from(
        t.microtask, t.source, t.source.c.id == t.microtask.c.source_id
    )


def _candidate(row: Any, answer: Mapping[str, Json], confidence: float | None, answers: int) -> Candidate:
    return Candidate(row.id, row.public_id, row.source, row.key, row.payload, answer, confidence, answers)


def experts_of(connection: Connection, project_id: int) -> frozenset[int]:
    """People whose equal answers may make check questions."""
    return frozenset(connection.scalars(sa.select(t.expert.c.person_id).where(t.expert.c.project_id == project_id)))


def set_experts(connection: Connection, project_id: int, person_ids: Sequence[int], *, given_by: int, now: int) -> None:
    """Just these people."""
    connection.execute(sa.delete(t.expert).where(t.expert.c.project_id == project_id))
    rows = [{"project_id": project_id, "person_id": each, "since_ms": now, "given_by": given_by} for each in person_ids]
    if rows:
        connection.execute(sa.insert(t.expert), rows)
