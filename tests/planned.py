"""A group with a week, and something planned for one person, for tests of pages."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from workbench.domain import DAY_MS, MINUTE_MS
from workbench.store import groups, plans
from workbench.timetable import usual_week


def a_plan(connection: Connection, person_id: int, now: int) -> dict[str, str]:
    """A group of nobody yet, and a training in a month; returns what stands for the path parameters."""
    group = groups.add_group(connection, name="Rood", now=now)
    groups.set_timetable(connection, group.id, usual_week(), from_day="2026-01-01", by=None, now=now)
    start = now + 30 * DAY_MS
    times = {"start_ms": start, "end_ms": start + 45 * MINUTE_MS}
    training = plans.plan_block(connection, kind="training", title="Ondertitels", **times, person_id=person_id, by=None, now=now)
    return {"group_id": group.public_id, "weekday": "0", "planned_id": training}
