"""Asking again: one answer more, or all of them anew because those so far count no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.store import answers, offering
from workbench.store.database import for_update


def ask_more(connection: Connection, microtask_ids: Sequence[int], *, more: int = 1) -> None:
    """Want so many answers more of each, though it was thought done; the answers so far go on counting."""
    if not microtask_ids:
        return
    m = t.microtask.c
    had = sa.case((m.answers > m.wanted, m.answers), else_=m.wanted)  # a late answer may have come on top
    places = {"wanted": had + more, "free": m.free + had + more - m.wanted, "status": "open"}
    connection.execute(sa.update(t.microtask).where(t.microtask.c.id.in_(microtask_ids)).values(places))
    to_the_end(connection, microtask_ids)


def ask_anew(
    connection: Connection,
    boundaries: Mapping[int, int],
    *,
    overlap: int,
    reason: str,
    person_id: int | None,
    now: int,
) -> None:
    """
    Ask these microtasks of one step again; their answers stay in the database, and count no more.

    Args:
        boundaries: microtask → the newest assignment whose answer counts no more.
        overlap: answers wanted.
        reason: returned, instructions.
    """
    ids = sorted(boundaries)
    rows = connection.execute(for_update(_steps_of.where(t.microtask.c.id.in_(ids)))).all()
    withdraw_leases(connection, boundaries, now)
    values = [
        {
            "microtask_id": row.id,
            "step_id": row.step_id,
            "reason": reason,
            "after": boundaries[row.id],
            "person_id": person_id,
            "at_ms": now,
        }
        for row in rows
    ]
    if not values:
        return
    connection.execute(sa.insert(t.asked_again), values)
    connection.execute(_begin_anew, [{"m": row["microtask_id"], "b": row["after"], "w": overlap} for row in values])
    connection.execute(sa.delete(t.to_settle).where(t.to_settle.c.microtask_id.in_(ids)))
    connection.execute(_ask_those_complete, {"ids": ids, "now": now})
    to_the_end(connection, ids)


_steps_of = sa.select(t.microtask.c.id, t.microtask.c.step_id).order_by(t.microtask.c.id)
_counting = (
    sa.select(sa.func.count())
    .where(
        t.annotation.c.microtask_id == t.microtask.c.id,
        t.annotation.c.assignment_id > sa.bindparam("b"),
        t.annotation.c.revision == 1,
    )
    .scalar_subquery()
)
_leased = (
    sa.select(sa.func.count())
    .where(
        t.assignment.c.microtask_id == t.microtask.c.id,
        t.assignment.c.id > sa.bindparam("b"),
        t.assignment.c.status == "open",
    )
    .scalar_subquery()
)
_begin_anew = (
    sa.update(t.microtask)
    .where(t.microtask.c.id == sa.bindparam("m"))
    .values(
        asked_after=sa.bindparam("b"),
        status="open",
        outcome_id=None,
        wanted=sa.bindparam("w"),
        answers=_counting,
        free=sa.bindparam("w") - _counting - _leased,
    )
)
_ask_those_complete = sa.insert(t.to_settle).from_select(
    ["microtask_id", "since_ms", "asked"],
    sa.select(t.microtask.c.id, sa.bindparam("now", type_=sa.BigInteger), sa.literal(1)).where(
        t.microtask.c.id.in_(sa.bindparam("ids", expanding=True)), t.microtask.c.answers >= t.microtask.c.wanted
    ),
)


def withdraw_leases(connection: Connection, boundaries: Mapping[int, int], now: int) -> None:
    """Who has one of these before them gets it again, as it is asked now; what they send meanwhile is kept."""
    query = sa.select(t.assignment.c.id, t.assignment.c.microtask_id, t.assignment.c.person_id).where(
        t.assignment.c.microtask_id.in_(list(boundaries)), t.assignment.c.status == "open"
    )
    for row in connection.execute(query).all():
        if row.id <= boundaries[row.microtask_id]:
            offering.end_assignment(connection, row.id, "returned")
            place = {"assignment_id": row.id, "microtask_id": row.microtask_id, "person_id": row.person_id}
            answers.add_return(connection, **place, reason="withdrawn", now=now)


def to_the_end(connection: Connection, microtask_ids: Sequence[int]) -> None:
    """Behind what waits in their lanes, in this order: every cursor comes past them once more."""
    query = sa.select(t.microtask.c.id, t.microtask.c.lane_id).where(t.microtask.c.id.in_(microtask_ids))
    lane_of = {row.id: row.lane_id for row in connection.execute(query.order_by(t.microtask.c.id))}
    places = []
    for lane_id, count in Counter(lane_of.values()).items():
        taken = sa.update(t.lane).where(t.lane.c.id == lane_id).values(next_rank=t.lane.c.next_rank + count)
        first = connection.execute(taken.returning(t.lane.c.next_rank)).scalar_one() - count
        places += [{"m": each, "r": first + i} for i, each in enumerate(m for m, lane in lane_of.items() if lane == lane_id)]
    if places:
        ranked = sa.update(t.microtask).where(t.microtask.c.id == sa.bindparam("m")).values(rank=sa.bindparam("r"))
        connection.execute(ranked, places)


def all_so_far(connection: Connection, microtask_ids: Sequence[int]) -> dict[int, int]:
    """Per microtask its newest assignment: the boundary when nothing given so far is to count."""
    newest = sa.func.max(t.assignment.c.id)
    query = sa.select(t.assignment.c.microtask_id, newest).where(t.assignment.c.microtask_id.in_(microtask_ids))
    found = {row[0]: int(row[1]) for row in connection.execute(query.group_by(t.assignment.c.microtask_id))}
    return {each: found.get(each, 0) for each in microtask_ids}


def answered_under_older(connection: Connection, step_id: int, version: int, *, after: int, limit: int) -> dict[int, int]:
    """
    Microtasks that lean on an answer given under an older version of the instructions than this one.

    Args:
        version: number of the version that the answers must have been given under at least.
        after, limit: the next so many ids after this one.

    Returns:
        microtask → the newest assignment under an older version.
    """
    newest = sa.func.max(t.assignment.c.id).label("boundary")
    query = (
        sa.select(t.microtask.c.id, newest)
        .join_from(t.microtask, t.assignment, t.assignment.c.microtask_id == t.microtask.c.id)
        .join(t.step_version, t.step_version.c.id == t.assignment.c.step_version_id)
        .where(
            t.microtask.c.step_id == step_id,
            t.microtask.c.id > after,
            t.microtask.c.status.in_(("open", "settled")),
            t.assignment.c.id > t.microtask.c.asked_after,
            t.assignment.c.status.in_(("submitted", "open")),
            t.step_version.c.number < version,
        )
        .group_by(t.microtask.c.id)
        .order_by(t.microtask.c.id)
        .limit(limit)
    )
    return {row.id: int(row.boundary) for row in connection.execute(query)}
