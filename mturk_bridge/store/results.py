"""Answers for a results file: page by page, each with its question, whoever gave it and what was said about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mturk_bridge import tables as b
from mturk_bridge.store.assignments import NEWEST_ANSWER
from workbench import tables as t
from workbench.domain import Json

PAGE = 500


@dataclass(frozen=True)
class Result:
    """One answer: the newest revision. Times are UTC ms, exact: show them coarse."""

    assignment_id: int
    assignment: str
    person_id: int
    microtask_id: int
    microtask: str
    wanted: int
    task_type: str
    settings: Mapping[str, Json]
    payload: Mapping[str, Json]
    parts: Sequence[Mapping[str, Json]]
    answer: Mapping[str, Json]
    submitted_ms: int


_results = (
    sa.select(
        t.assignment.c.id.label("assignment_id"),
        t.assignment.c.public_id.label("assignment"),
        t.assignment.c.person_id,
        t.microtask.c.id.label("microtask_id"),
        t.microtask.c.public_id.label("microtask"),
        t.microtask.c.wanted,
        t.microtask.c.step_id,
        t.microtask.c.payload,
        t.source.c.parts,
        t.annotation.c.answer,
        t.annotation.c.submitted_ms,
    )
    .join_from(t.microtask, t.source, t.source.c.id == t.microtask.c.source_id)
    .join(t.assignment, t.assignment.c.microtask_id == t.microtask.c.id)
    .join(t.annotation, sa.and_(t.annotation.c.assignment_id == t.assignment.c.id, NEWEST_ANSWER))
    .order_by(t.microtask.c.id, t.assignment.c.public_id)
)


def results(connection: Connection, steps: Mapping[int, tuple[str, Mapping[str, Json]]]) -> Iterator[Result]:
    """
    All answers of these steps, question by question. Answers to one question come in an order that tells nothing.

    Args:
        steps: by id, the kind of work and its settings.
    """
    last = 0
    while ids := _microtasks(connection, list(steps), last):
        for row in connection.execute(_results.where(t.microtask.c.id.in_(ids))):
            found: dict[str, Any] = dict(row._mapping)
            task_type, settings = steps[found.pop("step_id")]
            yield Result(**found, task_type=task_type, settings=settings)
        last = ids[-1]


def _microtasks(connection: Connection, step_ids: Sequence[int], after: int) -> list[int]:
    query = sa.select(t.microtask.c.id).where(t.microtask.c.step_id.in_(step_ids), t.microtask.c.id > after)
    answered = query.where(t.microtask.c.answers > 0, t.microtask.c.status != "withdrawn")
    return list(connection.scalars(answered.order_by(t.microtask.c.id).limit(PAGE)))


_TYPE = [
    b.hit_type.c[name].label(f"type_{name}")
    for name in ("title", "description", "keywords", "reward_cents", "duration_seconds", "approval_seconds")
]


def hits_of(connection: Connection, microtask_ids: Sequence[int]) -> dict[int, Any]:
    """The HITs that these microtasks are, with their type; of a batch there are none."""
    query = (
        sa.select(b.hit, b.hit_type.c.hit_type_id.label("type_name"), *_TYPE)
        .join_from(b.hit, b.hit_type, b.hit_type.c.id == b.hit.c.hit_type_id)
        .where(b.hit.c.microtask_id.in_(microtask_ids))
    )
    return {row.microtask_id: row for row in connection.execute(query)}


def verdicts_of(connection: Connection, assignment_ids: Sequence[int]) -> dict[int, Any]:
    """The newest verdict about each of these answers."""
    query = sa.select(b.verdict).where(b.verdict.c.assignment_id.in_(assignment_ids)).order_by(b.verdict.c.number)
    return {row.assignment_id: row for row in connection.execute(query)}


def count(connection: Connection, step_ids: Sequence[int]) -> int:
    """How many answers there are, about."""
    query = sa.select(sa.func.coalesce(sa.func.sum(t.microtask.c.answers), 0)).where(t.microtask.c.step_id.in_(step_ids))
    return int(connection.scalar(query) or 0)
