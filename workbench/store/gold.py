"""Check questions: the pool to choose from, and what happens to one. Each change leaves a row in `gold_event`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Json, Microtask
from workbench.errors import NotFound
from workbench.store import answers, asking
from workbench.store.database import for_update
from workbench.store.lanes import NEVER_FULL, LaneKey, take_ranks
from workbench.store.microtasks import MICROTASK, microtask
from workbench.store.offering import HAD

GOLD_STATUSES = ("gold", "learning")
NO_PLACE = -NEVER_FULL  # so that a lease that is given back makes none either
_p = sa.bindparam


@dataclass(frozen=True)
class Pooled:
    """A check question that may be served. exposures: people who answered it."""

    microtask_id: int
    lane_id: int
    kind: str
    accepted: Sequence[Mapping[str, Json]]
    exposures: int


_pool = (
    sa.select(t.microtask.c.id, t.microtask.c.lane_id, t.gold.c.kind, t.gold.c.accepted, t.microtask.c.answers)
    .join_from(t.microtask, t.gold, t.gold.c.microtask_id == t.microtask.c.id)
    .where(
        t.microtask.c.step_id == _p("step"),
        t.microtask.c.status == _p("status"),
        t.gold.c.status == "active",
        t.microtask.c.answers < _p("most"),
    )
    .order_by(t.microtask.c.answers, t.microtask.c.id)
    .limit(_p("limit"))
)


def pool(connection: Connection, step_id: int, *, most_exposures: int, limit: int) -> list[Pooled]:
    """Check questions of a step that may be served, least used first: at most `limit` hidden ones and as many to learn from."""
    found = []
    for status in GOLD_STATUSES:
        values = {"step": step_id, "status": status, "most": most_exposures, "limit": limit}
        found += [Pooled(*row) for row in connection.execute(_pool, values)]
    return found


_standing = sa.select(t.microtask.c.id, t.microtask.c.free, t.microtask.c.status, t.microtask.c.answers, HAD.label("had")).where(
    t.microtask.c.id.in_(_p("ids", expanding=True))
)
_whole = sa.select(*MICROTASK).where(t.microtask.c.id == _p("m"))


class Standing(NamedTuple):
    """How a check question stands at this moment; `had`: this person had it."""

    had: bool
    exposures: int


def standing(connection: Connection, microtask_ids: Sequence[int], person_id: int) -> dict[int, Standing]:
    """Of those that may still be served: a pool that is kept at hand may be a minute old."""
    rows = connection.execute(_standing, {"ids": list(microtask_ids), "person": person_id})
    served = [row for row in rows if row.status == "learning" or (row.status == "gold" and row.free > 0)]
    return {row.id: Standing(row.had, row.answers) for row in served}


def microtask_of(connection: Connection, microtask_id: int) -> Microtask:
    """One that exists, held until the transaction ends."""
    return microtask(connection.execute(for_update(_whole), {"m": microtask_id}).one())


# --- one check question ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gold:
    """A check question as it stands. `microtask` is its public id; project_id says whose it is."""

    id: int
    microtask_id: int
    microtask: str
    step_id: int
    project_id: int
    kind: str
    status: str
    accepted: Sequence[Mapping[str, Json]]
    explanation: Json
    origin: str


_GOLD = (
    sa.select(
        t.gold,
        t.microtask.c.public_id,
        t.microtask.c.step_id,
        t.step.c.project_id,
    )
    .join(t.microtask, t.microtask.c.id == t.gold.c.microtask_id)
    .join(t.step, t.step.c.id == t.microtask.c.step_id)
)


def of_microtask(connection: Connection, public_id: str) -> Gold:
    """The check question of this microtask. Raises NotFound."""
    row = connection.execute(_GOLD.where(t.microtask.c.public_id == public_id)).first()
    if row is None:
        raise NotFound("There is no such check question here.")
    return _gold(row)


def _gold(row: Any) -> Gold:
    return Gold(
        row.id,
        row.microtask_id,
        row.public_id,
        row.step_id,
        row.project_id,
        row.kind,
        row.status,
        row.accepted,
        row.explanation,
        row.origin,
    )


def explanation_of(connection: Connection, microtask_id: int) -> Json:
    """The approved explanation of a practice question."""
    return connection.scalar(sa.select(t.gold.c.explanation).where(t.gold.c.microtask_id == microtask_id))


def accepted_of(connection: Connection, microtask_id: int) -> Sequence[Mapping[str, Json]]:
    """Its accepted answers."""
    return connection.scalar(sa.select(t.gold.c.accepted).where(t.gold.c.microtask_id == microtask_id)) or []


def add_event(
    connection: Connection,
    gold_id: int,
    what: str,
    *,
    now: int,
    person_id: int | None,
    words: str | None = None,
    accepted: Sequence[Json] | None = None,
    explanation: Json = None,
) -> None:
    """Something happened to a check question."""
    row = {"gold_id": gold_id, "what": what, "person_id": person_id, "words": words, "at_ms": now}
    connection.execute(sa.insert(t.gold_event).values(**row, accepted=accepted, explanation=explanation))


def events_of(connection: Connection, gold_id: int) -> list[Any]:
    """What happened to it, oldest first."""
    return list(connection.execute(sa.select(t.gold_event).where(t.gold_event.c.gold_id == gold_id).order_by(t.gold_event.c.id)))


def set_status(connection: Connection, gold: Gold, status: str) -> None:
    """active or disputed. What is disputed is not served: it has no places."""
    connection.execute(sa.update(t.gold).where(t.gold.c.id == gold.id).values(status=status))
    if gold.kind == "hidden":
        free = NEVER_FULL if status == "active" else NO_PLACE
        connection.execute(sa.update(t.microtask).where(t.microtask.c.id == gold.microtask_id).values(free=free))


def set_kind(connection: Connection, gold: Gold, kind: str, explanation: Json) -> None:
    """hidden or learning. Learning gold is only served by choice, so it has no places in its lane."""
    values = {"kind": kind} if explanation is None else {"kind": kind, "explanation": explanation}
    connection.execute(sa.update(t.gold).where(t.gold.c.id == gold.id).values(**values))
    row = {"status": "gold", "free": NEVER_FULL} if kind == "hidden" else {"status": "learning", "free": NO_PLACE}
    connection.execute(sa.update(t.microtask).where(t.microtask.c.id == gold.microtask_id).values(row))


def set_accepted(connection: Connection, gold: Gold, accepted: Sequence[Json], now: int) -> None:
    """Other answers are accepted from now on; scores against the old ones count no more and are made again."""
    connection.execute(sa.update(t.gold).where(t.gold.c.id == gold.id).values(accepted=list(accepted)))
    _put_scores_aside(connection, gold.id, now)
    answers.ask_to_settle(connection, gold.microtask_id, now)


def give_again(connection: Connection, microtask_id: int, accepted: Sequence[Json], *, person_id: int | None, now: int) -> None:
    """
    A check question comes in again. The same answers change nothing, in whatever order; others are a correction by whoever
    gives them, which ends a dispute. What somebody retired stays retired.
    """
    found = _gold(connection.execute(_GOLD.where(t.microtask.c.id == microtask_id)).one())
    same = len(found.accepted) == len(accepted) and all(each in found.accepted for each in accepted)
    if same or found.status == "retired":
        return
    set_accepted(connection, found, accepted, now)
    if found.status == "disputed":
        set_status(connection, found, "active")
    add_event(connection, found.id, "corrected", now=now, person_id=person_id, accepted=accepted)


def corrected_steps(connection: Connection, gold_ids: Sequence[int]) -> set[int]:
    """Steps of these check questions where one was corrected after the step's skills were last fitted."""
    fitted = sa.select(sa.func.max(t.worker_skill.c.updated_ms)).where(t.worker_skill.c.step_id == t.microtask.c.step_id)
    query = (
        sa.select(t.microtask.c.step_id)
        .join_from(t.gold_event, t.gold, t.gold.c.id == t.gold_event.c.gold_id)
        .join(t.microtask, t.microtask.c.id == t.gold.c.microtask_id)
        .where(
            t.gold_event.c.gold_id.in_(gold_ids),
            t.gold_event.c.what == "corrected",
            t.gold_event.c.at_ms >= sa.func.coalesce(fitted.correlate(t.microtask).scalar_subquery(), 0),
        )
    )
    return set(connection.scalars(query))


def retire(connection: Connection, gold: Gold, overlap: int, now: int) -> None:
    """
    No check question any more: its scores count no more, and it is an ordinary question that wants `overlap` answers.

    Its answers so far are answers, but not those of practice: people gave them after they were told what to say.
    """
    connection.execute(sa.update(t.gold).where(t.gold.c.id == gold.id).values(status="retired"))
    _put_scores_aside(connection, gold.id, now)
    lane = connection.execute(
        sa.select(t.lane).join(t.microtask, t.microtask.c.lane_id == t.lane.c.id).where(t.microtask.c.id == gold.microtask_id)
    ).one()
    lane_id, ranks = take_ranks(connection, LaneKey(lane.step_id, lane.needs, lane.topic, gold=False), 1)
    leased = sa.select(sa.func.count()).where(t.assignment.c.microtask_id == gold.microtask_id, t.assignment.c.status == "open")
    values = {"status": "open", "lane_id": lane_id, "rank": ranks[0], "wanted": overlap}
    if gold.kind == "learning":
        told = asking.all_so_far(connection, [gold.microtask_id])
        asking.withdraw_leases(connection, told, now)
        values |= {"asked_after": told[gold.microtask_id], "answers": 0, "free": overlap}
    else:
        values |= {"free": overlap - t.microtask.c.answers - leased.scalar_subquery()}
    connection.execute(sa.update(t.microtask).where(t.microtask.c.id == gold.microtask_id).values(values))
    answers.ask_to_settle(connection, gold.microtask_id, now)


def _put_scores_aside(connection: Connection, gold_id: int, now: int) -> None:
    columns = ("annotation_id", "gold_id", "person_id", "step_id", "score", "at_ms")
    before = sa.select(*(t.gold_score.c[name] for name in columns), sa.literal(now)).where(t.gold_score.c.gold_id == gold_id)
    connection.execute(sa.insert(t.gold_score_before).from_select([*columns, "replaced_ms"], before))
    connection.execute(sa.delete(t.gold_score).where(t.gold_score.c.gold_id == gold_id))


# --- lists -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A check question in a list. right, wrong: people whose answer fitted, and did not."""

    microtask: str
    source: str
    key: str
    accepted: Sequence[Mapping[str, Json]]
    kind: str
    status: str
    origin: str
    explanation: Json
    exposures: int
    right: int
    wrong: int

    @property
    def doubtful(self) -> bool:
        """Half or more of five people or more answered otherwise: the question itself is in doubt."""
        return self.status == "active" and self.right + self.wrong >= 5 and self.wrong >= self.right


def lines(connection: Connection, step_ids: Sequence[int], *, limit: int = 200, after: int = 0) -> list[Line]:
    """Check questions of these steps: what needs a look first, then the newest; without retired ones."""
    right = sa.func.coalesce(sa.func.sum(sa.case((t.gold_score.c.score >= 0.5, 1), else_=0)), 0)
    total = sa.func.count(t.gold_score.c.id)
    doubtful = sa.case((t.gold.c.status == "disputed", 0), (sa.and_(total >= 5, 2 * right <= total), 1), else_=2)
    query = (
        sa.select(
            t.microtask.c.public_id,
            t.source.c.key.label("source"),
            t.microtask.c.key,
            t.gold.c.accepted,
            t.gold.c.kind,
            t.gold.c.status,
            t.gold.c.origin,
            t.gold.c.explanation,
            t.microtask.c.answers,
            right.label("right"),
            total.label("total"),
        )
        .join_from(t.gold, t.microtask, t.microtask.c.id == t.gold.c.microtask_id)
        .join(t.source, t.source.c.id == t.microtask.c.source_id)
        .outerjoin(t.gold_score, t.gold_score.c.gold_id == t.gold.c.id)
        .where(t.microtask.c.step_id.in_(step_ids), t.gold.c.status != "retired")
        .group_by(t.gold.c.id, t.microtask.c.id, t.source.c.id)
        .order_by(doubtful, t.gold.c.id.desc())
        .limit(limit)
        .offset(after)
    )
    return [
        Line(
            row.public_id,
            row.source,
            row.key,
            row.accepted,
            row.kind,
            row.status,
            row.origin,
            row.explanation,
            row.answers,
            row.right,
            row.total - row.right,
        )
        for row in connection.execute(query)
    ]


def exposures(connection: Connection, step_ids: Sequence[int]) -> list[Any]:
    """(status, kind, exposures, how many) of all check questions of these steps, for the wear-out report."""
    query = (
        sa.select(t.gold.c.status, t.gold.c.kind, t.microtask.c.answers, sa.func.count().label("items"))
        .join(t.microtask, t.microtask.c.id == t.gold.c.microtask_id)
        .where(t.microtask.c.step_id.in_(step_ids), t.gold.c.status != "retired")
        .group_by(t.gold.c.status, t.gold.c.kind, t.microtask.c.answers)
    )
    return list(connection.execute(query))
