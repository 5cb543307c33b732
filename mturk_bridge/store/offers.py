"""What a worker may know of requesters: what they ask now, what it pays, and how they dealt with earlier answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mturk_bridge import tables as b
from workbench import tables as t


@dataclass(frozen=True)
class Offer:
    """
    One kind of HIT that is open now. `seconds`: expected; `hourly_eur`: what an hour of it pays the lab; `page`: SHA-256 of the
    page that it shows, with what fills its places, where it is one that is kept here.
    """

    title: str
    seconds: int
    hourly_eur: Decimal
    places: int
    page: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """How a requester dealt with answers so far. upheld: rejections that a person of the lab agreed with."""

    answers: int
    paid: int
    returned: int
    rejected: int
    upheld: int
    asked: int
    answered: int


def offers(connection: Connection, requester_id: int, now: int) -> Sequence[Offer]:
    """A requester's kinds of HITs with places open."""
    newest = sa.func.max(t.microtask.c.id)
    query = (
        sa.select(b.hit_type.c.title, newest.label("newest"), sa.func.sum(t.microtask.c.free).label("places"))
        .join_from(b.hit, b.hit_type, b.hit_type.c.id == b.hit.c.hit_type_id)
        .join(t.microtask, t.microtask.c.id == b.hit.c.microtask_id)
        .join(t.project, t.project.c.id == b.hit_type.c.project_id)
        .where(
            b.hit.c.requester_id == requester_id,
            b.hit.c.expires_ms > now,
            b.hit.c.deleted_ms.is_(None),
            t.microtask.c.free > 0,
            t.project.c.status == "open",
        )
        .group_by(b.hit_type.c.id, b.hit_type.c.title)
        .order_by(b.hit_type.c.id)
    )
    rows = connection.execute(query).all()
    wanted = sa.select(t.microtask.c.id, t.microtask.c.payload).where(t.microtask.c.id.in_([row.newest for row in rows]))
    payloads = {row.id: row.payload for row in connection.execute(wanted)}
    facts = {row.newest: payloads[row.newest]["facts"] for row in rows}
    return [
        Offer(
            row.title,
            facts[row.newest]["seconds"],
            Decimal(facts[row.newest]["hourly_eur"]),
            int(row.places),
            payloads[row.newest].get("page"),
            payloads[row.newest].get("variables", {}),
        )
        for row in rows
    ]


def record(connection: Connection, requester_id: int) -> Record:
    """A requester's record."""
    mine = b.hit.c.requester_id == requester_id
    answers = (
        sa.select(sa.func.count())
        .select_from(b.hit)
        .join(t.annotation, t.annotation.c.microtask_id == b.hit.c.microtask_id)
        .where(mine, t.annotation.c.revision == 1)
    )
    returned = (
        sa.select(sa.func.count())
        .select_from(b.hit)
        .join(t.work_return, t.work_return.c.microtask_id == b.hit.c.microtask_id)
        .where(mine, t.work_return.c.reason != "expired")
    )
    paid = sa.select(sa.func.count()).where(b.entry.c.account == f"in:{requester_id}", b.entry.c.kind == "reward")
    outcomes = sa.select(b.dispute.c.outcome, sa.func.count().label("number")).where(b.dispute.c.requester_id == requester_id)
    disputes = {row.outcome: row.number for row in connection.execute(outcomes.group_by(b.dispute.c.outcome))}
    words = sa.select(b.message.c.status, sa.func.count().label("number")).where(
        b.message.c.requester_id == requester_id, b.message.c.way == "to_requester"
    )
    asked = {row.status: row.number for row in connection.execute(words.group_by(b.message.c.status))}
    return Record(
        answers=connection.execute(answers).scalar_one(),
        paid=connection.execute(paid).scalar_one(),
        returned=connection.execute(returned).scalar_one(),
        rejected=sum(disputes.values()),
        upheld=disputes.get("upheld", 0),
        asked=sum(asked.values()),
        answered=asked.get("passed", 0),
    )
