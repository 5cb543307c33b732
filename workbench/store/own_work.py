"""What one person did: answers, blocks, gold. Always of one person: no query here reads two."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Block
from workbench.own_pace import Timed


@dataclass(frozen=True)
class KindDone:
    """One kind of work (task type by name): how many answers, and when the last was given."""

    kind: str
    answers: int
    last_ms: int


def timed(connection: Connection, person_id: int, *, since_ms: int) -> list[Timed]:
    """First revisions since then, oldest first; what was done together is nobody's own pace."""
    query = (
        sa.select(t.step.c.task_type, t.annotation.c.submitted_ms, t.annotation.c.active_ms)
        .join(t.step, t.step.c.id == t.annotation.c.step_id)
        .where(
            t.annotation.c.person_id == person_id,
            t.annotation.c.submitted_ms >= since_ms,
            t.annotation.c.revision == 1,
            t.annotation.c.together.is_(False),
        )
        .order_by(t.annotation.c.submitted_ms)
    )
    return [Timed(*row) for row in connection.execute(query)]


def kinds(connection: Connection, person_id: int, *, since_ms: int) -> list[KindDone]:
    """Kinds of work since then, by name."""
    query = (
        sa.select(t.step.c.task_type, sa.func.count(), sa.func.max(t.annotation.c.submitted_ms))
        .join(t.step, t.step.c.id == t.annotation.c.step_id)
        .where(t.annotation.c.person_id == person_id, t.annotation.c.submitted_ms >= since_ms, t.annotation.c.revision == 1)
        .group_by(t.step.c.task_type)
        .order_by(t.step.c.task_type)
    )
    return [KindDone(*row) for row in connection.execute(query)]


def gold_scores(connection: Connection, person_id: int) -> dict[str, list[float]]:
    """Scores on check questions by kind of work, oldest first. What is disputed or taken back does not count."""
    query = (
        sa.select(t.step.c.task_type, t.gold_score.c.score)
        .join(t.step, t.step.c.id == t.gold_score.c.step_id)
        .join(t.gold, t.gold.c.id == t.gold_score.c.gold_id)
        .where(t.gold_score.c.person_id == person_id, t.gold.c.status == "active")
        .order_by(t.gold_score.c.id)
    )
    found: dict[str, list[float]] = {}
    for kind, score in connection.execute(query):
        found.setdefault(kind, []).append(score)
    return found


def blocks(connection: Connection, person_id: int, *, since_ms: int) -> list[Block]:
    """Blocks that began since then, oldest first."""
    query = (
        sa.select(
            t.block.c.id,
            t.block.c.person_id,
            t.block.c.kind,
            t.block.c.started_ms,
            t.block.c.planned_end_ms,
            t.block.c.ended_ms,
            t.block.c.reason,
        )
        .where(t.block.c.person_id == person_id, t.block.c.started_ms >= since_ms)
        .order_by(t.block.c.started_ms, t.block.c.id)
    )
    return [Block(*row) for row in connection.execute(query)]
