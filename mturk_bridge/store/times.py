"""How long people worked on HITs: answers, and what was given back."""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mturk_bridge import tables as b
from mturk_bridge.fair_pay import IDLE_SECONDS, Worked
from workbench import tables as t

NEWEST = 500


def of_type(connection: Connection, type_id: int) -> list[float]:
    """Seconds of each answer to HITs of this type, the newest five hundred."""
    answered = (
        sa.select(
            t.annotation.c.assignment_id, _active.label("active_ms"), t.assignment.c.leased_ms, _first.label("submitted_ms")
        )
        .join_from(b.hit, t.annotation, t.annotation.c.microtask_id == b.hit.c.microtask_id)
        .join(t.assignment, t.assignment.c.id == t.annotation.c.assignment_id)
        .where(b.hit.c.hit_type_id == type_id)
        .group_by(t.annotation.c.assignment_id, t.assignment.c.leased_ms)
        .order_by(t.annotation.c.assignment_id.desc())
        .limit(NEWEST)
    )
    return [_seconds(row.active_ms, row.leased_ms, row.submitted_ms) for row in connection.execute(answered)]


def worked(connection: Connection, requester_id: int) -> list[tuple[int, Worked]]:
    """(type of HIT, what one person did once), for all work of a requester; returned work too. `person`: the id inside."""
    answered = (
        sa.select(
            b.hit.c.hit_type_id,
            t.annotation.c.person_id,
            _active.label("active_ms"),
            t.assignment.c.leased_ms,
            _first.label("submitted_ms"),
        )
        .join_from(b.hit, t.annotation, t.annotation.c.microtask_id == b.hit.c.microtask_id)
        .join(t.assignment, t.assignment.c.id == t.annotation.c.assignment_id)
        .where(b.hit.c.requester_id == requester_id)
        .group_by(b.hit.c.hit_type_id, t.annotation.c.person_id, t.annotation.c.assignment_id, t.assignment.c.leased_ms)
    )
    found = [
        (row.hit_type_id, Worked(str(row.person_id), _seconds(row.active_ms, row.leased_ms, row.submitted_ms)))
        for row in connection.execute(answered)
    ]
    returned = (
        sa.select(b.hit.c.hit_type_id, t.work_return.c.person_id, t.work_return.c.at_ms, t.assignment.c.leased_ms)
        .join_from(b.hit, t.work_return, t.work_return.c.microtask_id == b.hit.c.microtask_id)
        .join(t.assignment, t.assignment.c.id == t.work_return.c.assignment_id)
        .where(b.hit.c.requester_id == requester_id, t.work_return.c.reason != "expired")
    )
    for row in connection.execute(returned):
        seconds = _unmeasured(row.leased_ms, row.at_ms)
        found.append((row.hit_type_id, Worked(str(row.person_id), seconds, ending="returned")))
    return found


def of_step(connection: Connection, step_id: int) -> list[Worked]:
    """What people did in one step, returned work too: of a batch, which has no HITs."""
    answered = (
        sa.select(t.annotation.c.person_id, _active.label("active_ms"), t.assignment.c.leased_ms, _first.label("submitted_ms"))
        .join(t.assignment, t.assignment.c.id == t.annotation.c.assignment_id)
        .where(t.annotation.c.step_id == step_id)
        .group_by(t.annotation.c.person_id, t.annotation.c.assignment_id, t.assignment.c.leased_ms)
    )
    found = [
        Worked(str(row.person_id), _seconds(row.active_ms, row.leased_ms, row.submitted_ms))
        for row in connection.execute(answered)
    ]
    returned = (
        sa.select(t.work_return.c.person_id, t.work_return.c.at_ms, t.assignment.c.leased_ms)
        .join(t.assignment, t.assignment.c.id == t.work_return.c.assignment_id)
        .join(t.microtask, t.microtask.c.id == t.work_return.c.microtask_id)
        .where(t.microtask.c.step_id == step_id, t.work_return.c.reason != "expired")
    )
    for row in connection.execute(returned):
        found.append(Worked(str(row.person_id), _unmeasured(row.leased_ms, row.at_ms), ending="returned"))
    return found


def by_person(work: list[tuple[int, Worked]]) -> dict[str, list[Worked]]:
    """The same, together for each person."""
    found: dict[str, list[Worked]] = defaultdict(list)
    for _, each in work:
        found[each.person].append(each)
    return found


# A newer revision is more time on the same piece of work.
_active = sa.func.sum(t.annotation.c.active_ms)
_first = sa.func.min(t.annotation.c.submitted_ms)


def _seconds(active_ms: int | None, leased_ms: int, submitted_ms: int) -> float:
    return int(active_ms) / 1000 if active_ms is not None else _unmeasured(leased_ms, submitted_ms)


def _unmeasured(begun_ms: int, ended_ms: int) -> float:
    # By voice or by program nobody measures activity: from the lease to the end, but a long silence is no work.
    return min(max(0, ended_ms - begun_ms) / 1000, float(IDLE_SECONDS))
