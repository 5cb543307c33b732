"""What waits to be settled, what it needs, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Json, Microtask
from workbench.store.database import upsert
from workbench.store.work import MICROTASK, move_to_end
from workbench.store.work import microtask as _microtask

PIECE = 5000


@dataclass(frozen=True)
class Answer:
    """The newest revision of one person's answer. `answer` is None for "I don't know"."""

    annotation_id: int
    person_id: int
    answer: Mapping[str, Json] | None
    together: bool


@dataclass(frozen=True)
class Gold:
    """The accepted answers of a microtask."""

    id: int
    accepted: Sequence[Mapping[str, Json]]


@dataclass(frozen=True)
class Waiting:
    """One microtask that has a new answer, with all that settling it needs."""

    microtask: Microtask
    asked: int
    task_type: str
    settings: Mapping[str, Json]
    answers: Sequence[Answer]
    gold: Gold | None
    skills: Mapping[int, float] = field(default_factory=dict)


_joined = (
    sa.select(*MICROTASK, t.step.c.task_type, t.gold.c.id.label("gold_id"), t.gold.c.accepted)
    .select_from(t.microtask)
    .join(t.step, t.step.c.id == t.microtask.c.step_id)
    .outerjoin(t.gold, sa.and_(t.gold.c.microtask_id == t.microtask.c.id, t.gold.c.status == "active"))
)
_waiting = (
    _joined.add_columns(t.to_settle.c.asked)
    .join(t.to_settle, t.to_settle.c.microtask_id == t.microtask.c.id)
    .order_by(t.to_settle.c.since_ms, t.to_settle.c.microtask_id)
)
_answered = _joined.add_columns(sa.literal(0).label("asked")).where(t.microtask.c.answers > 0).order_by(t.microtask.c.id.desc())


def waiting(connection: Connection, most: int) -> list[Waiting]:
    """The microtasks that wait, longest first."""
    return _with_answers(connection, connection.execute(_waiting.limit(most)).all())


def of_step(connection: Connection, step_id: int, most: int) -> list[Waiting]:
    """The newest microtasks of a step that have an answer."""
    rows = connection.execute(_answered.where(t.microtask.c.step_id == step_id).limit(most)).all()
    # In pieces: SQLite takes a limited number of parameters.
    pieces = [rows[first : first + PIECE] for first in range(0, len(rows), PIECE)]
    return [each for piece in pieces for each in _with_answers(connection, piece)]


def _with_answers(connection: Connection, rows: Sequence[Any]) -> list[Waiting]:
    if not rows:
        return []
    ids, steps = [row.id for row in rows], {row.step_id for row in rows}
    answers = _answers(connection, ids)
    settings = _settings(connection, steps)
    skills = _skills(connection, steps, {each.person_id for many in answers.values() for each in many})
    return [
        Waiting(
            microtask=_microtask(row),
            asked=row.asked,
            task_type=row.task_type,
            settings=settings[row.step_id],
            answers=answers.get(row.id, []),
            gold=Gold(row.gold_id, row.accepted) if row.gold_id else None,
            skills=_of(skills, row.step_id, answers.get(row.id, [])),
        )
        for row in rows
    ]


def _of(skills: Mapping[tuple[int, int], float], step_id: int, answers: Sequence[Answer]) -> dict[int, float]:
    return {each.person_id: skills[step_id, each.person_id] for each in answers if (step_id, each.person_id) in skills}


def _answers(connection: Connection, ids: Sequence[int]) -> dict[int, list[Answer]]:
    later = t.annotation.alias("later")
    newest = ~sa.exists().where(later.c.assignment_id == t.annotation.c.assignment_id, later.c.revision > t.annotation.c.revision)
    query = (
        sa.select(t.annotation)
        .where(t.annotation.c.microtask_id.in_(ids), newest)
        .order_by(t.annotation.c.microtask_id, t.annotation.c.id)
    )
    found: dict[int, list[Answer]] = {}
    for row in connection.execute(query):
        answer = None if row.dont_know else row.answer
        found.setdefault(row.microtask_id, []).append(Answer(row.id, row.person_id, answer, row.together))
    return found


def _settings(connection: Connection, step_ids: Iterable[int]) -> dict[int, Mapping[str, Json]]:
    query = sa.select(t.step_version.c.step_id, t.step_version.c.settings).where(t.step_version.c.step_id.in_(list(step_ids)))
    rows = connection.execute(query.order_by(t.step_version.c.number))
    return {row.step_id: row.settings for row in rows}  # the newest version comes last


def _skills(connection: Connection, step_ids: Iterable[int], person_ids: Iterable[int]) -> dict[tuple[int, int], float]:
    query = sa.select(t.worker_skill.c.step_id, t.worker_skill.c.person_id, t.worker_skill.c.skill).where(
        t.worker_skill.c.step_id.in_(list(step_ids)), t.worker_skill.c.person_id.in_(list(person_ids))
    )
    return {(step, person): skill for step, person, skill in connection.execute(query)}


@dataclass(frozen=True)
class Result:
    """What settling one microtask gave. `scores`: (annotation, person, gold score)."""

    microtask_id: int
    step_id: int
    asked: int
    kind: str | None = None
    answer: Json = None
    confidence: float | None = None
    answers: int = 0
    method: str = ""
    method_version: int = 1
    detail: Mapping[str, Json] = field(default_factory=dict)
    source_id: int = 0
    follow_ups: Sequence[Json] = ()  # payloads of later questions about the same piece
    gold_id: int | None = None
    scores: Sequence[tuple[int, int, float]] = ()


def keep(connection: Connection, results: Sequence[Result], now: int) -> list[Result]:
    """
    Store what was settled. What got another answer meanwhile, or was settled by another server, is left alone.

    Returns:
        The results that settled their microtask for the first time: only these ask follow-up questions.
    """
    first: list[Result] = []
    for result in results:
        if not _take_out_of_line(connection, result):
            continue
        _keep_scores(connection, result, now)
        if result.kind is not None and _keep_outcome(connection, result, now) == 1:
            first.append(result)
    return first


def _take_out_of_line(connection: Connection, result: Result) -> bool:
    same = sa.and_(t.to_settle.c.microtask_id == result.microtask_id, t.to_settle.c.asked == result.asked)
    return connection.execute(sa.delete(t.to_settle).where(same)).rowcount == 1


def _keep_scores(connection: Connection, result: Result, now: int) -> None:
    if not result.scores:
        return
    known = sa.select(t.gold_score.c.annotation_id).where(t.gold_score.c.annotation_id.in_([a for a, _, _ in result.scores]))
    before = set(connection.scalars(known))
    rows = [
        {"annotation_id": a, "gold_id": result.gold_id, "person_id": p, "step_id": result.step_id, "score": s, "at_ms": now}
        for a, p, s in result.scores
        if a not in before
    ]
    if rows:
        connection.execute(sa.insert(t.gold_score), rows)


def _keep_outcome(connection: Connection, result: Result, now: int) -> int:
    values: dict[str, Any] = {
        "microtask_id": result.microtask_id,
        "kind": result.kind,
        "answer": result.answer,
        "confidence": result.confidence,
        "answers": result.answers,
        "method": result.method,
        "method_version": result.method_version,
        "detail": dict(result.detail),
        "at_ms": now,
    }
    newest = sa.select(sa.func.coalesce(sa.func.max(t.outcome.c.number), 0)).where(
        t.outcome.c.microtask_id == result.microtask_id
    )
    values["number"] = (connection.scalar(newest) or 0) + 1
    inserted: Any = connection.execute(sa.insert(t.outcome).values(**values)).inserted_primary_key
    fresh = sa.update(t.microtask).where(t.microtask.c.id == result.microtask_id, t.microtask.c.status != "gold")
    connection.execute(fresh.values(status="settled", outcome_id=inserted[0]))
    return int(values["number"])


def ask_again(connection: Connection, microtask_id: int, *, more: int = 1) -> None:
    """Want more answers for a microtask that was thought done."""
    wanted = {"wanted": t.microtask.c.wanted + more, "free": t.microtask.c.free + more, "status": "open"}
    connection.execute(sa.update(t.microtask).where(t.microtask.c.id == microtask_id).values(**wanted))
    move_to_end(
        connection, microtask_id, connection.scalar(sa.select(t.microtask.c.lane_id).where(t.microtask.c.id == microtask_id))
    )


def keep_skills(connection: Connection, step_id: int, skills: Mapping[int, float], now: int) -> None:
    """The newest skills of a step, in place of the older ones."""
    for person_id, skill in skills.items():
        statement = upsert(connection, t.worker_skill).values(person_id=person_id, step_id=step_id, skill=skill, updated_ms=now)
        fresh = {"skill": skill, "updated_ms": now}
        connection.execute(statement.on_conflict_do_update(index_elements=["person_id", "step_id"], set_=fresh))
