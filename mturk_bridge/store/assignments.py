"""Answers to HITs as a requester sees them, and what is said about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mturk_bridge import tables as b
from mturk_bridge.ids import public_id_of
from workbench import tables as t
from workbench.domain import Json


@dataclass(frozen=True)
class Answered:
    """One answer: the newest revision. `verdict` None: nobody has looked yet. Times are UTC ms, exact: show them coarse."""

    assignment_id: int
    public_id: str
    person_id: int
    hit_row: int
    microtask: str
    task_type: str
    payload: Mapping[str, Json]
    answer: Mapping[str, Json]
    leased_ms: int
    submitted_ms: int
    verdict: str | None
    verdict_ms: int | None
    feedback: str | None

    @property
    def status(self) -> str:
        """The protocol's AssignmentStatus."""
        return {"approved": "Approved", "rejected": "Rejected"}.get(self.verdict or "", "Submitted")


_later_answer = t.annotation.alias("later_answer")
NEWEST_ANSWER = ~sa.exists().where(
    _later_answer.c.assignment_id == t.annotation.c.assignment_id, _later_answer.c.revision > t.annotation.c.revision
)
_later_verdict = b.verdict.alias("later_verdict")
_newest_verdict = sa.and_(
    b.verdict.c.assignment_id == t.assignment.c.id,
    ~sa.exists().where(_later_verdict.c.assignment_id == b.verdict.c.assignment_id, _later_verdict.c.number > b.verdict.c.number),
)
_answered = (
    sa.select(
        t.assignment.c.id.label("assignment_id"),
        t.assignment.c.public_id,
        t.assignment.c.person_id,
        b.hit.c.id.label("hit_row"),
        t.microtask.c.public_id.label("microtask"),
        t.step.c.task_type,
        t.microtask.c.payload,
        t.annotation.c.answer,
        t.assignment.c.leased_ms,
        t.annotation.c.submitted_ms,
        b.verdict.c.verdict,
        b.verdict.c.at_ms.label("verdict_ms"),
        b.verdict.c.feedback,
    )
    .join_from(b.hit, t.microtask, t.microtask.c.id == b.hit.c.microtask_id)
    .join(t.step, t.step.c.id == t.microtask.c.step_id)
    .join(t.assignment, t.assignment.c.microtask_id == t.microtask.c.id)
    .join(t.annotation, sa.and_(t.annotation.c.assignment_id == t.assignment.c.id, NEWEST_ANSWER))
    .outerjoin(b.verdict, _newest_verdict)
)
STATUSES = {"Submitted": None, "Approved": "approved", "Rejected": "rejected"}


def of_hit(
    connection: Connection, hit_row: int, *, statuses: Sequence[str] = (), after: int = 0, most: int | None = None
) -> list[Answered]:
    """Answers to a HIT, oldest first, after this assignment; only those with one of these statuses, where named."""
    query = _answered.where(b.hit.c.id == hit_row, t.assignment.c.id > after).order_by(t.assignment.c.id)
    if statuses:
        wanted = [STATUSES[each] for each in statuses]
        query = query.where(
            sa.or_(*(b.verdict.c.verdict.is_(None) if each is None else b.verdict.c.verdict == each for each in wanted))
        )
    return [Answered(**row._mapping) for row in connection.execute(query.limit(most) if most else query)]


def by_id(connection: Connection, requester_id: int, assignment_id: str) -> Answered | None:
    """The answer with the protocol's id, when it is this requester's."""
    query = _answered.where(t.assignment.c.public_id == public_id_of(assignment_id), b.hit.c.requester_id == requester_id)
    row = connection.execute(query).first()
    return Answered(**row._mapping) if row else None


def due(connection: Connection, now: int, requester_id: int | None = None, most: int = 500) -> list[Answered]:
    """Answers that nobody looked at in the time that the requester gave: they count as approved."""
    delay_ms = b.hit_type.c.approval_seconds * 1000
    query = _answered.join(b.hit_type, b.hit_type.c.id == b.hit.c.hit_type_id).where(
        b.verdict.c.id.is_(None), t.annotation.c.submitted_ms + delay_ms <= now
    )
    query = query.where(b.hit.c.requester_id == requester_id) if requester_id is not None else query
    return [Answered(**row._mapping) for row in connection.execute(query.limit(most))]


def judge(connection: Connection, answered: Answered, verdict: str, *, given_by: str, feedback: str | None, now: int) -> None:
    """A verdict more; the newest counts."""
    number = (
        sa.select(sa.func.coalesce(sa.func.max(b.verdict.c.number), 0) + 1)
        .where(b.verdict.c.assignment_id == answered.assignment_id)
        .scalar_subquery()
    )
    row = {
        "assignment_id": answered.assignment_id,
        "hit_id": answered.hit_row,
        "number": number,
        "verdict": verdict,
        "given_by": given_by,
        "feedback": feedback,
        "at_ms": now,
    }
    connection.execute(sa.insert(b.verdict).values(row))


def dispute(connection: Connection, answered: Answered, requester_id: int, reason: str, public_id: str, now: int) -> None:
    """A rejection goes to the lab."""
    row = {
        "public_id": public_id,
        "assignment_id": answered.assignment_id,
        "requester_id": requester_id,
        "reason": reason,
        "at_ms": now,
    }
    connection.execute(sa.insert(b.dispute).values(row))


def end_disputes(connection: Connection, assignment_id: int, outcome: str, now: int) -> None:
    """The requester approved after all."""
    same = (b.dispute.c.assignment_id == assignment_id, b.dispute.c.outcome == "open")
    connection.execute(sa.update(b.dispute).where(*same).values(outcome=outcome, decided_ms=now))


def disputes(connection: Connection, *, only_open: bool) -> list[Any]:
    """Rows of `mturk_dispute` with the requester's name and the reward, newest first."""
    query = (
        sa.select(
            b.dispute,
            b.requester.c.name.label("requester"),
            b.hit.c.hit_id,
            b.hit.c.hit_type_id,
            b.hit_type.c.title,
            b.hit_type.c.reward_cents,
        )
        .join_from(b.dispute, b.requester, b.requester.c.id == b.dispute.c.requester_id)
        .join(t.assignment, t.assignment.c.id == b.dispute.c.assignment_id)
        .join(b.hit, b.hit.c.microtask_id == t.assignment.c.microtask_id)
        .join(b.hit_type, b.hit_type.c.id == b.hit.c.hit_type_id)
        .order_by(b.dispute.c.id.desc())
    )
    return list(connection.execute(query.where(b.dispute.c.outcome == "open") if only_open else query))


def decide_dispute(connection: Connection, public_id: str, outcome: str, words: str | None, person_id: int, now: int) -> bool:
    """upheld or dismissed, by a person; False: it was decided already, or is not there."""
    same = (b.dispute.c.public_id == public_id, b.dispute.c.outcome == "open")
    values = {"outcome": outcome, "words": words, "person_id": person_id, "decided_ms": now}
    return connection.execute(sa.update(b.dispute).where(*same).values(values)).rowcount == 1
