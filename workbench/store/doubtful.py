"""Outcomes that are not sure: about answers, never about who gave them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Json

DOUBT = 0.8  # a confidence below this is shown


@dataclass(frozen=True)
class Doubtful:
    """One settled microtask whose answer is not sure. confidence: of the answer, 0 to 1."""

    microtask: str
    source: str
    answer: Json
    confidence: float
    answers: int


def of_project(connection: Connection, project_id: int, *, limit: int = 50) -> list[Doubtful]:
    """The newest settled microtasks below `DOUBT`."""
    query = (
        sa.select(t.microtask.c.public_id, t.source.c.key, t.outcome.c.answer, t.outcome.c.confidence, t.outcome.c.answers)
        .join(t.step, t.step.c.id == t.microtask.c.step_id)
        .join(t.outcome, t.outcome.c.id == t.microtask.c.outcome_id)
        .join(t.source, t.source.c.id == t.microtask.c.source_id)
        .where(t.step.c.project_id == project_id, t.microtask.c.status == "settled", t.outcome.c.confidence < DOUBT)
        .order_by(t.outcome.c.id.desc())
        .limit(limit)
    )
    return [Doubtful(*row) for row in connection.execute(query)]


def ids_of(connection: Connection, project_id: int, public_ids: Sequence[str]) -> list[int]:
    """The ids inside of these microtasks of this project that are settled."""
    query = (
        sa.select(t.microtask.c.id)
        .join(t.step, t.step.c.id == t.microtask.c.step_id)
        .where(t.step.c.project_id == project_id, t.microtask.c.public_id.in_(public_ids), t.microtask.c.status == "settled")
    )
    return list(connection.scalars(query))
