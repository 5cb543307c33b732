"""How long answers took, over everybody together: for quotes. Only for rules that never show one person's times."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.quote import Norm

MOST = 20_000  # the newest are enough for a norm
LONGEST_MS = 10 * 60_000  # longer is somebody who was called away


def times(connection: Connection, step_ids: Sequence[int]) -> list[tuple[int, int]]:
    """(person, active ms) of first answers, newest first."""
    query = (
        sa.select(t.annotation.c.person_id, t.annotation.c.active_ms)
        .where(
            t.annotation.c.step_id.in_(step_ids),
            t.annotation.c.revision == 1,
            t.annotation.c.together.is_(False),
            t.annotation.c.active_ms.between(1, LONGEST_MS),
        )
        .order_by(t.annotation.c.id.desc())
        .limit(MOST)
    )
    return [(row.person_id, row.active_ms) for row in connection.execute(query)]


def kept(connection: Connection, step_ids: Sequence[int]) -> Norm | None:
    """The newest norm that retention kept for these steps."""
    query = sa.select(t.step_time).where(t.step_time.c.step_id.in_(step_ids)).order_by(t.step_time.c.id.desc()).limit(1)
    row = connection.execute(query).first()
    if row is None:
        return None
    return Norm(row.seconds["middle"], row.seconds["low"], row.seconds["high"], row.people, row.annotations, "kept")


def keep(connection: Connection, step_id: int, norm: Norm, *, now: int) -> None:
    """Note a step's norm, before the times it rests on go."""
    seconds = {"low": norm.low, "middle": norm.seconds, "high": norm.high}
    row = {"step_id": step_id, "people": norm.people, "annotations": norm.answers, "seconds": seconds, "at_ms": now}
    connection.execute(sa.insert(t.step_time).values(row))


def steps_of_type(connection: Connection, task_type: str) -> list[int]:
    """Ids of all steps of one kind of work."""
    return list(connection.scalars(sa.select(t.step.c.id).where(t.step.c.task_type == task_type)))


def answers_wanted(connection: Connection, step_id: int) -> tuple[int, int]:
    """(answers that the step's microtasks ask for in all, answers that are still to come)."""
    row = connection.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(t.microtask.c.wanted), 0).label("wanted"),
            sa.func.coalesce(
                sa.func.sum(sa.case((t.microtask.c.status == "open", t.microtask.c.wanted - t.microtask.c.answers), else_=0)), 0
            ).label("left"),
        ).where(t.microtask.c.step_id == step_id, t.microtask.c.status.in_(("open", "settled")))
    ).one()
    return int(row.wanted), max(0, int(row.left))


def questions(connection: Connection, step_id: int) -> tuple[int, int]:
    """(the client's questions, hidden check questions) of a step."""
    status = t.microtask.c.status
    counts = [
        sa.func.coalesce(sa.func.sum(sa.case((status.in_(one), 1), else_=0)), 0) for one in (("open", "settled"), ("gold",))
    ]
    asked, golden = connection.execute(sa.select(*counts).where(t.microtask.c.step_id == step_id)).one()
    return int(asked), int(golden)


def gold_share(connection: Connection, step_id: int) -> float | None:
    """Check questions given for each other question, measured; None before any question was given."""
    given, golden = t.progress.c.given, t.progress.c.gold_given
    row = connection.execute(
        sa.select(sa.func.sum(given).label("given"), sa.func.sum(golden).label("gold")).where(t.progress.c.step_id == step_id)
    ).one()
    others = (row.given or 0) - (row.gold or 0)
    return (row.gold or 0) / others if others > 0 else None


def active_between(connection: Connection, start_ms: int, end_ms: int) -> int:
    """How long everybody together answered in a period (ms), as far as it was measured."""
    a = t.annotation.c
    where = (a.submitted_ms >= start_ms, a.submitted_ms < end_ms, a.active_ms.between(1, LONGEST_MS))
    return int(connection.scalar(sa.select(sa.func.coalesce(sa.func.sum(a.active_ms), 0)).where(*where)) or 0)
