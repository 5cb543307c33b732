"""What waits to be settled, what it needs, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Json, Microtask
from workbench.store import asking, measures, steps
from workbench.store.database import for_update, upsert
from workbench.store.microtasks import MICROTASK
from workbench.store.microtasks import microtask as _microtask

PIECE = 5000
SHORTEST_WAIT_MS = 30_000
REVIEWED = "review"  # the method of an outcome that a reviewer wrote
LONGEST_WAIT_MS = 6 * 3_600_000


@dataclass(frozen=True)
class Answer:
    """The newest revision of one person's answer. `answer` is None for "I don't know"."""

    annotation_id: int
    person_id: int
    answer: Mapping[str, Json] | None
    together: bool
    version_id: int = 0
    submitted_ms: int = 0


@dataclass(frozen=True)
class Gold:
    """
    The accepted answers of a microtask.

    since_ms: answers up to then are not judged by it: they made it, or were given when it was practice. 0 where it judges all.
    """

    id: int
    accepted: Sequence[Mapping[str, Json]]
    kind: str = "hidden"
    since_ms: int = 0

    def judges(self, given: Answer) -> bool:
        """Whether this answer says something about who gave it."""
        return given.submitted_ms > self.since_ms


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
    habits: Mapping[int, Json] = field(default_factory=dict)
    tries: int = 0
    known: measures.Known | None = None  # what a confidence of this step is worth
    holds: Held | None = None
    since_ms: int = 0


@dataclass(frozen=True)
class Held:
    """The outcome that holds now. What a reviewer corrected stays, whatever answers come after."""

    method: str
    answer: Json
    confidence: float | None

    @property
    def is_final(self) -> bool:
        """Said by a reviewer."""
        return self.method == REVIEWED


_from_answers = sa.and_(t.gold_event.c.what == "made", t.gold.c.origin.in_(("consensus", "experts")))
_since = sa.select(sa.func.max(t.gold_event.c.at_ms)).where(
    t.gold_event.c.gold_id == t.gold.c.id, sa.or_(t.gold_event.c.what == "hidden", _from_answers)
)
_joined = (
    sa.select(*MICROTASK, t.step.c.task_type, t.gold.c.id.label("gold_id"), t.gold.c.accepted, t.gold.c.kind)
    .add_columns(_since.correlate(t.gold).scalar_subquery().label("gold_since_ms"))
    .add_columns(t.outcome.c.method, t.outcome.c.answer.label("answer_now"), t.outcome.c.confidence)
    .select_from(t.microtask)
    .join(t.step, t.step.c.id == t.microtask.c.step_id)
    .outerjoin(t.gold, sa.and_(t.gold.c.microtask_id == t.microtask.c.id, t.gold.c.status == "active"))
    .outerjoin(t.outcome, t.outcome.c.id == t.microtask.c.outcome_id)
)
_waiting = (
    _joined.add_columns(t.to_settle.c.asked, t.to_settle.c.since_ms, t.to_settle.c.tries)
    .join(t.to_settle, t.to_settle.c.microtask_id == t.microtask.c.id)
    .where(t.to_settle.c.since_ms <= sa.bindparam("now"))
    .order_by(t.to_settle.c.since_ms, t.to_settle.c.microtask_id)
)
_answered = (
    _joined.add_columns(sa.literal(0).label("asked"), sa.literal(0).label("since_ms"), sa.literal(0).label("tries"))
    # Practice says what is right before the answer that is kept: it tells nothing of anybody.
    .where(t.microtask.c.answers > 0, t.microtask.c.status != "learning")
    .order_by(t.microtask.c.id.desc())
)


def waiting(connection: Connection, most: int, now: int) -> list[Waiting]:
    """The microtasks whose turn it is, longest first."""
    return _with_answers(connection, connection.execute(_waiting.limit(most), {"now": now}).all())


def of_step(connection: Connection, step_id: int, most: int) -> list[Waiting]:
    """The newest microtasks of a step that have an answer, without practice."""
    rows = connection.execute(_answered.where(t.microtask.c.step_id == step_id).limit(most)).all()
    # In pieces: SQLite takes a limited number of parameters.
    pieces = [rows[first : first + PIECE] for first in range(0, len(rows), PIECE)]
    return [each for piece in pieces for each in _with_answers(connection, piece)]


def _with_answers(connection: Connection, rows: Sequence[Any]) -> list[Waiting]:
    if not rows:
        return []
    ids, steps_of_rows = [row.id for row in rows], {row.step_id for row in rows}
    answers = _answers(connection, ids)
    newest = _newest_versions(connection, steps_of_rows)
    known = measures.calibrations(connection, sorted(steps_of_rows))
    skills = _skills(connection, steps_of_rows, {each.person_id for many in answers.values() for each in many})

    workers = {row.id: _of(skills, row.step_id, answers.get(row.id, [])) for row in rows}
    return [
        Waiting(
            microtask=_microtask(row),
            asked=row.asked,
            task_type=row.task_type,
            # The rules under which people answered, not those that came later.
            settings=steps.settings_of(
                connection, max((each.version_id for each in answers.get(row.id, [])), default=newest[row.step_id])
            ),
            answers=answers.get(row.id, []),
            gold=Gold(row.gold_id, row.accepted, row.kind, row.gold_since_ms or 0) if row.gold_id else None,
            skills={each: skill for each, (skill, _) in workers[row.id].items()},
            habits={each: habit for each, (_, habit) in workers[row.id].items() if habit is not None},
            tries=row.tries,
            known=known.get(row.step_id),
            holds=Held(row.method, row.answer_now, row.confidence) if row.method is not None else None,
            since_ms=row.since_ms,
        )
        for row in rows
    ]


def _of(
    skills: Mapping[tuple[int, int], tuple[float, Json]], step_id: int, answers: Sequence[Answer]
) -> dict[int, tuple[float, Json]]:
    return {each.person_id: skills[step_id, each.person_id] for each in answers if (step_id, each.person_id) in skills}


def _answers(connection: Connection, ids: Sequence[int]) -> dict[int, list[Answer]]:
    later = t.annotation.alias("later")
    newest = ~sa.exists().where(later.c.assignment_id == t.annotation.c.assignment_id, later.c.revision > t.annotation.c.revision)
    query = (
        sa.select(t.annotation)
        .join(t.microtask, t.microtask.c.id == t.annotation.c.microtask_id)
        .where(t.annotation.c.microtask_id.in_(ids), newest, t.annotation.c.assignment_id > t.microtask.c.asked_after)
        .order_by(t.annotation.c.microtask_id, t.annotation.c.id)
    )
    found: dict[int, list[Answer]] = {}
    for row in connection.execute(query):
        answer = None if row.dont_know else row.answer
        one = Answer(row.id, row.person_id, answer, row.together, row.step_version_id, row.submitted_ms)
        found.setdefault(row.microtask_id, []).append(one)
    return found


def _newest_versions(connection: Connection, step_ids: Iterable[int]) -> dict[int, int]:
    query = sa.select(t.step_version.c.step_id, sa.func.max(t.step_version.c.id).label("newest"))
    rows = connection.execute(query.where(t.step_version.c.step_id.in_(list(step_ids))).group_by(t.step_version.c.step_id))
    return {row.step_id: row.newest for row in rows}


def _skills(
    connection: Connection, step_ids: Iterable[int], person_ids: Iterable[int]
) -> dict[tuple[int, int], tuple[float, Json]]:
    """(step, person) → skill, and what else the type remembers of that person."""
    query = sa.select(t.worker_skill).where(
        t.worker_skill.c.step_id.in_(list(step_ids)), t.worker_skill.c.person_id.in_(list(person_ids))
    )
    return {(row.step_id, row.person_id): (row.skill, row.habit) for row in connection.execute(query)}


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
    follow_ups: Sequence[Json] = ()  # payloads of later questions about the same piece
    tries: int = 0
    failed: bool = False  # could not be worked out: waits longer each time
    gold_id: int | None = None
    scores: Sequence[tuple[int, int, float]] = ()
    more: bool = False  # not sure enough: one answer more is asked
    audit_room: bool = False  # might get one answer more, to see whether settling was right
    budgeted: bool = False  # its step spends a budget of answers
    since_ms: int = 0  # with `asked`: which asking this answers

    @property
    def place(self) -> tuple[int, int, int]:
        """Its place in line. `asked` alone begins at 1 again in a place made anew, which another settler may not take."""
        return self.microtask_id, self.asked, self.since_ms


def keep(connection: Connection, results: Sequence[Result], now: int) -> tuple[list[Result], list[Result]]:
    """
    Store what was settled. What got another answer meanwhile, or was settled by another server, is left alone.

    Returns:
        The results that settled their microtask, and of those the ones that did so for the first time.
    """
    _lock(connection, [result.microtask_id for result in results])
    for result in results:
        if result.failed:
            _set_aside(connection, result, now)
    taken = _take_out_of_line(connection, [result for result in results if not result.failed])
    for result in taken:
        _keep_scores(connection, result, now)
    if more := [result.microtask_id for result in taken if result.more]:
        asking.ask_more(connection, more)
    settled = [result for result in taken if result.kind is not None]
    return settled, _keep_outcomes(connection, settled, now)


def _lock(connection: Connection, ids: Sequence[int]) -> None:
    # In one order, and before `to_settle`, as a submit does: or the two would wait for each other.
    query = sa.select(t.microtask.c.id).where(t.microtask.c.id.in_(ids)).order_by(t.microtask.c.id)
    connection.execute(for_update(query))


def _set_aside(connection: Connection, result: Result, now: int) -> None:
    wait_ms = min(SHORTEST_WAIT_MS * 2 ** min(result.tries, 20), LONGEST_WAIT_MS)
    later = {"since_ms": now + wait_ms, "tries": result.tries + 1}
    connection.execute(sa.update(t.to_settle).where(_place == result.place).values(later))


_place = sa.tuple_(t.to_settle.c.microtask_id, t.to_settle.c.asked, t.to_settle.c.since_ms)
_out_of_line = (
    sa.delete(t.to_settle).where(_place.in_(sa.bindparam("seen", expanding=True))).returning(t.to_settle.c.microtask_id)
)


def _take_out_of_line(connection: Connection, results: Sequence[Result]) -> list[Result]:
    """Those that nobody asked to settle again meanwhile, and nobody else has settled."""
    if not results:
        return []
    gone = set(connection.scalars(_out_of_line, {"seen": [result.place for result in results]}))
    return [result for result in results if result.microtask_id in gone]


def _keep_scores(connection: Connection, result: Result, now: int) -> None:
    if not result.scores:
        return
    # The first answer is the one that is scored; a change of mind afterwards is kept, and counts no second time.
    known = sa.select(t.gold_score.c.person_id).where(t.gold_score.c.gold_id == result.gold_id)
    before = set(connection.scalars(known))
    rows = [
        {"annotation_id": a, "gold_id": result.gold_id, "person_id": p, "step_id": result.step_id, "score": s, "at_ms": now}
        for a, p, s in result.scores
        if p not in before
    ]
    if rows:
        connection.execute(sa.insert(t.gold_score), rows)


_numbers = (
    sa.select(t.outcome.c.microtask_id, sa.func.max(t.outcome.c.number).label("newest"))
    .where(t.outcome.c.microtask_id.in_(sa.bindparam("ids", expanding=True)))
    .group_by(t.outcome.c.microtask_id)
)
_insert_outcomes = sa.insert(t.outcome).returning(t.outcome.c.id, t.outcome.c.microtask_id)
_set_outcome = (
    sa.update(t.microtask)
    .where(t.microtask.c.id == sa.bindparam("m"), t.microtask.c.status != "gold", t.microtask.c.status != "learning")
    .values(status="settled", outcome_id=sa.bindparam("p_outcome"))
)


def _keep_outcomes(connection: Connection, results: Sequence[Result], now: int) -> list[Result]:
    """The newest outcome of each, in a few statements for all; returns those that had none before."""
    if not results:
        return []
    ids = {"ids": [result.microtask_id for result in results]}
    before = {row.microtask_id: row.newest for row in connection.execute(_numbers, ids)}
    rows = [_row(result, before.get(result.microtask_id, 0) + 1, now) for result in results]
    made = [{"m": row.microtask_id, "p_outcome": row.id} for row in connection.execute(_insert_outcomes, rows)]
    connection.execute(_set_outcome, made)
    return [result for result in results if result.microtask_id not in before]


def _row(result: Result, number: int, now: int) -> dict[str, Any]:
    return {
        "microtask_id": result.microtask_id,
        "number": number,
        "kind": result.kind,
        "answer": result.answer,
        "confidence": result.confidence,
        "answers": result.answers,
        "method": result.method,
        "method_version": result.method_version,
        "detail": dict(result.detail),
        "at_ms": now,
    }


def close_places(connection: Connection, microtask_ids: Sequence[int], now: int) -> None:
    """Want no more answers for these than there are and are on their way; what has them all is settled."""
    table = t.microtask.c
    chosen = table.id.in_(microtask_ids)
    connection.execute(sa.update(t.microtask).where(chosen, table.free > 0).values(wanted=table.wanted - table.free, free=0))
    waiting = sa.select(t.to_settle.c.microtask_id)
    enough = sa.select(table.id, sa.literal(now), sa.literal(1)).where(
        chosen, table.status == "open", table.answers >= table.wanted, table.answers > 0, table.id.not_in(waiting)
    )
    connection.execute(sa.insert(t.to_settle).from_select(["microtask_id", "since_ms", "asked"], enough))


def look_again(connection: Connection, microtask_ids: Sequence[int], now: int) -> None:
    """Settle these anew with the answers they have: what is known of the people who gave them has changed."""
    waiting = sa.select(t.to_settle.c.microtask_id)
    for start in range(0, len(microtask_ids), PIECE):
        ids = microtask_ids[start : start + PIECE]
        chosen = sa.select(t.microtask.c.id, sa.literal(now), sa.literal(1)).where(
            t.microtask.c.id.in_(ids), t.microtask.c.status == "settled", t.microtask.c.id.not_in(waiting)
        )
        connection.execute(sa.insert(t.to_settle).from_select(["microtask_id", "since_ms", "asked"], chosen))


def keep_skills(connection: Connection, step_id: int, skills: Mapping[int, float], habits: Mapping[int, Json], now: int) -> None:
    """The newest skills and habits of a step, in place of the older ones."""
    for person_id, skill in skills.items():
        fresh = {"skill": skill, "habit": habits.get(person_id), "updated_ms": now}
        statement = upsert(t.worker_skill).values(person_id=person_id, step_id=step_id, **fresh)
        connection.execute(statement.on_conflict_do_update(index_elements=["person_id", "step_id"], set_=fresh))
