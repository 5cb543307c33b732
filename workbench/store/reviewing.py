"""Reviews: samples, verdicts on settled answers, and the list of the least sure ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Json, new_public_id
from workbench.errors import NotFound
from workbench.store import measures
from workbench.store.settling import REVIEWED


@dataclass(frozen=True)
class Settled:
    """A settled answer to look at. `confidence` as the model has it; None where a type or a reviewer gives none."""

    microtask_id: int
    microtask: str
    step_id: int
    project_id: int
    source: str
    key: str
    payload: Mapping[str, Json]
    task_type_version: int
    outcome_id: int
    kind: str
    answer: Json
    confidence: float | None
    answers: int
    method: str
    why: str = ""
    verdict: str | None = None


@dataclass(frozen=True)
class Batch:
    """A sample."""

    id: int
    public_id: str
    project_id: int
    at_ms: int
    finished_ms: int | None
    items: int = 0
    done: int = 0


_later = t.review_verdict.alias("later")
_verdict = (
    sa.select(t.review_verdict.c.verdict)
    .where(
        t.review_verdict.c.outcome_id == t.outcome.c.id,
        ~sa.exists().where(_later.c.outcome_id == t.review_verdict.c.outcome_id, _later.c.id > t.review_verdict.c.id),
    )
    .scalar_subquery()
)


def _settled(*more: Any) -> sa.Select[Any]:
    columns = (
        t.microtask.c.id,
        t.microtask.c.public_id,
        t.microtask.c.step_id,
        t.step.c.project_id,
        t.source.c.key.label("source"),
        t.microtask.c.key,
        t.microtask.c.payload,
        t.microtask.c.task_type_version,
        t.outcome.c.id.label("outcome_id"),
        t.outcome.c.kind,
        t.outcome.c.answer,
        t.outcome.c.confidence,
        t.outcome.c.answers,
        t.outcome.c.method,
    )
    return (
        sa.select(*columns, *more)
        .select_from(t.outcome)
        .join(t.microtask, t.microtask.c.id == t.outcome.c.microtask_id)
        .join(t.step, t.step.c.id == t.microtask.c.step_id)
        .join(t.source, t.source.c.id == t.microtask.c.source_id)
    )


_holds = t.outcome.c.id == t.microtask.c.outcome_id


def one(connection: Connection, microtask: str) -> Settled:
    """The settled answer of this microtask. Raises NotFound, also when it is not settled (any more)."""
    query = _settled(_verdict.label("verdict")).where(t.microtask.c.public_id == microtask, _holds)
    row = connection.execute(query).first()
    if row is None:
        raise NotFound("This question has no settled answer now. It may have been asked again.")
    return _record(row, verdict=row.verdict)


def doubts(
    connection: Connection, step_ids: Sequence[int], limit: int, *, looked_at: bool = True, below: float | None = None
) -> list[Settled]:
    """
    The least sure settled answers.

    Args:
        looked_at: also those that a reviewer looked at; below: only those whose confidence is less.
    """
    query = _settled(_verdict.label("verdict")).where(
        t.microtask.c.step_id.in_(step_ids),
        _holds,
        t.microtask.c.status == "settled",
        t.outcome.c.kind == "settled",
        t.outcome.c.confidence.is_not(None),
        t.outcome.c.method != REVIEWED,
    )
    if below is not None:
        query = query.where(t.outcome.c.confidence < below)
    if not looked_at:
        query = query.where(~sa.exists().where(t.review_verdict.c.outcome_id == t.outcome.c.id))
    rows = connection.execute(query.order_by(t.outcome.c.confidence, t.outcome.c.id).limit(limit))
    return [_record(row, why="doubtful", verdict=row.verdict) for row in rows]


def settled_ids(connection: Connection, project_id: int, public_ids: Sequence[str]) -> list[int]:
    """The ids inside of these microtasks of this project that are settled."""
    query = (
        sa.select(t.microtask.c.id)
        .join(t.step, t.step.c.id == t.microtask.c.step_id)
        .where(t.step.c.project_id == project_id, t.microtask.c.public_id.in_(public_ids), t.microtask.c.status == "settled")
    )
    return list(connection.scalars(query))


@dataclass(frozen=True)
class Drawable:
    """A settled answer that may be drawn at random: as it was when a reviewer first looked, or as it is where nobody did."""

    microtask_id: int
    outcome_id: int
    looked_at: bool


def drawable(connection: Connection, step_ids: Sequence[int]) -> list[Drawable]:
    """
    All that was settled and was not drawn at random before: what a random sample is drawn from.

    What was looked at because it was doubtful stays in it, with its verdict: without it the rest would look too good.
    """
    verdicts = (
        sa.select(t.review_verdict.c.microtask_id, sa.func.min(t.review_verdict.c.outcome_id).label("outcome_id"))
        .where(t.review_verdict.c.step_id.in_(step_ids))
        .group_by(t.review_verdict.c.microtask_id)
        .subquery()
    )
    first = sa.func.coalesce(verdicts.c.outcome_id, t.microtask.c.outcome_id)
    looked_at = verdicts.c.outcome_id.is_not(None)
    drawn = measures.judged_at_random().with_only_columns(t.review_item.c.microtask_id)
    query = (
        sa.select(t.microtask.c.id, t.outcome.c.id, looked_at)
        .outerjoin_from(t.microtask, verdicts, verdicts.c.microtask_id == t.microtask.c.id)
        .join(t.outcome, t.outcome.c.id == first)
        .where(
            t.microtask.c.step_id.in_(step_ids),
            sa.or_(t.microtask.c.status == "settled", sa.and_(looked_at, t.microtask.c.status == "open")),
            t.outcome.c.kind == "settled",
            t.outcome.c.method != REVIEWED,
            t.microtask.c.id.not_in(drawn),
        )
        .order_by(t.microtask.c.id)
    )
    return [Drawable(row[0], row[1], bool(row[2])) for row in connection.execute(query)]


def add_batch(
    connection: Connection,
    project_id: int,
    person_id: int,
    chosen: Mapping[int, str],
    now: int,
    outcomes: Mapping[int, int] | None = None,
) -> str:
    """
    A sample of these microtasks (id → why), in this order; returns its public id.

    Args:
        outcomes: by microtask, where it is not the one that holds now.
    """
    public_id = new_public_id()
    row = {"public_id": public_id, "project_id": project_id, "person_id": person_id, "at_ms": now}
    batch_id = connection.execute(sa.insert(t.review_batch).values(row).returning(t.review_batch.c.id)).scalar_one()
    query = sa.select(t.microtask.c.id, t.microtask.c.outcome_id).where(t.microtask.c.id.in_(list(chosen)))
    held = {each.id: each.outcome_id for each in connection.execute(query)} | dict(outcomes or {})
    rows = [
        {"review_batch_id": batch_id, "microtask_id": each, "outcome_id": held[each], "position": place, "why": why}
        for place, (each, why) in enumerate(chosen.items(), 1)
        if held.get(each)
    ]
    connection.execute(sa.insert(t.review_item), rows)
    return public_id


def batches(connection: Connection, project_id: int, limit: int = 20) -> list[Batch]:
    """The newest samples of a project."""
    query = _batches().where(t.review_batch.c.project_id == project_id).order_by(t.review_batch.c.id.desc()).limit(limit)
    return [_batch(row) for row in connection.execute(query)]


def batch(connection: Connection, project_id: int, public_id: str) -> Batch:
    """One of this project. Raises NotFound."""
    where = (t.review_batch.c.project_id == project_id, t.review_batch.c.public_id == public_id)
    row = connection.execute(_batches().where(*where)).first()
    if row is None:
        raise NotFound("There is no such sample in this project.")
    return _batch(row)


def _batches() -> sa.Select[Any]:
    of_batch = t.review_item.c.review_batch_id == t.review_batch.c.id
    items = sa.select(sa.func.count()).where(of_batch).scalar_subquery()
    judged = sa.exists().where(t.review_verdict.c.outcome_id == t.review_item.c.outcome_id)
    done = sa.select(sa.func.count()).where(of_batch, judged).scalar_subquery()
    return sa.select(t.review_batch, items.label("items"), done.label("done"))


def _batch(row: Any) -> Batch:
    return Batch(row.id, row.public_id, row.project_id, row.at_ms, row.finished_ms, row.items, row.done)


def items_of(connection: Connection, batch_id: int) -> list[Settled]:
    """What a sample holds, as it was when the sample was drawn, with the newest verdict on it."""
    query = (
        _settled(t.review_item.c.why, _verdict.label("verdict"))
        .join(t.review_item, t.review_item.c.outcome_id == t.outcome.c.id)
        .where(t.review_item.c.review_batch_id == batch_id)
        .order_by(t.review_item.c.position)
    )
    return [_record(row, why=row.why, verdict=row.verdict) for row in connection.execute(query)]


def finish(connection: Connection, batch_id: int, now: int) -> None:
    """Everything in it was looked at, or the reviewer is done with it."""
    where = (t.review_batch.c.id == batch_id, t.review_batch.c.finished_ms.is_(None))
    connection.execute(sa.update(t.review_batch).where(*where).values(finished_ms=now))


def add_verdict(connection: Connection, settled: Settled, **values: Any) -> None:
    """A look at a settled answer: verdict, answer, words, person_id, review_batch_id, at_ms."""
    row = {"microtask_id": settled.microtask_id, "step_id": settled.step_id, "outcome_id": settled.outcome_id}
    connection.execute(sa.insert(t.review_verdict).values(**row, **values))


def correct(connection: Connection, settled: Settled, answer: Json, now: int) -> None:
    """The reviewer's own answer holds from now on, and no later one takes its place."""
    number = sa.select(sa.func.max(t.outcome.c.number) + 1).where(t.outcome.c.microtask_id == settled.microtask_id)
    values = {
        "microtask_id": settled.microtask_id,
        "number": number.scalar_subquery(),
        "kind": "settled",
        "answer": answer,
        "confidence": None,
        "answers": settled.answers,
        "method": REVIEWED,
        "method_version": 1,
        "detail": {},
        "at_ms": now,
    }
    outcome_id = connection.execute(sa.insert(t.outcome).values(values).returning(t.outcome.c.id)).scalar_one()
    holds = {"outcome_id": outcome_id, "status": "settled"}
    connection.execute(sa.update(t.microtask).where(t.microtask.c.id == settled.microtask_id).values(holds))


def who_answered(connection: Connection, microtask_id: int) -> list[int]:
    """The people whose answers to it count."""
    query = (
        sa.select(t.annotation.c.person_id)
        .join(t.microtask, t.microtask.c.id == t.annotation.c.microtask_id)
        .where(t.annotation.c.microtask_id == microtask_id, t.annotation.c.assignment_id > t.microtask.c.asked_after)
        .distinct()
        .order_by(t.annotation.c.person_id)
    )
    return list(connection.scalars(query))


_NAMES = tuple(field.name for field in fields(Settled))[:-2]


def _record(row: Any, *, why: str = "", verdict: str | None = None) -> Settled:
    held = dict(zip(_NAMES, tuple(row), strict=False))
    return Settled(**held, why=why, verdict=verdict)
