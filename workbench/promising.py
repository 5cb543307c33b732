"""Capacity of this lab: hours kept by everybody together, open work by its norm, and whether more can be promised."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.engine import Connection

from workbench import capacity, hours
from workbench.capacity import Plan
from workbench.context import Context
from workbench.domain import Project
from workbench.errors import Invalid
from workbench.pricing import norm_of
from workbench.store import hours as hours_store
from workbench.store import lab, projects, timing

LONGEST_DAYS = 366


@dataclass(frozen=True)
class Waiting:
    """An open project's work that is still to be done: hours at work, at the norm and at its high end."""

    project: Project
    hours: float
    high: float


@dataclass(frozen=True)
class Outlook:
    """The lab's open work, how long it lasts, and whether `wanted` hours can be promised by `until`."""

    waiting: list[Waiting]
    days_left: float | None
    share: float | None
    plan: Plan | None
    until: date | None

    @property
    def runs_out(self) -> bool:
        """Is there less than a week of work left?"""
        return self.days_left is not None and self.days_left < capacity.SOON_DAYS


def outlook(ctx: Context, *, wanted: float | None = None, until: date | None = None) -> Outlook:
    """
    What waits, and what can be promised. Careful: open work counts at the high end of its norm.

    Raises:
        Invalid: a day that is over, or more than a year away.
    """
    now = ctx.now()

    def read(connection: Connection) -> tuple[date, dict[date, int], float | None, list[Waiting]]:
        zone = lab.time_zone(connection, now)
        today = hours.day_of(now, zone)
        first = today - timedelta(weeks=capacity.WEEKS + 1)
        minutes = _kept(connection, first, today, zone, now)
        share = _share(connection, minutes, first, today, zone)
        return today, minutes, share, [_waiting(connection, each, share) for each in _open(connection)]

    today, minutes, share, waiting = ctx.db.read(read)
    if until is not None and not today < until <= today + timedelta(days=LONGEST_DAYS):
        raise Invalid("Please choose a day after today, within a year.", field="until")
    total = sum(each.high for each in waiting)
    asked = None if wanted is None or until is None else capacity.plan(wanted, capacity.forecast(minutes, today, until), total)
    left = capacity.days_of_work(sum(each.hours for each in waiting), minutes, today)
    return Outlook([each for each in waiting if each.hours], left, share, asked, until)


def _kept(connection: Connection, first: date, today: date, zone: str, now: int) -> dict[date, int]:
    start, end = hours.bounds(first, today, zone)
    noted = hours_store.noted(connection, first=first, last=today, start_ms=start, end_ms=end)
    found: dict[date, int] = defaultdict(int)
    for each in noted.values():
        told = hours.statement(
            each.blocks, each.totals, each.corrections, first=first, last=today, time_zone=zone, paid_breaks=True, now=now
        )
        for day in told.days:
            found[day.day] += day.minutes["work"]
    return found


def _share(connection: Connection, minutes: dict[date, int], first: date, today: date, zone: str) -> float | None:
    start, end = hours.bounds(first, today, zone)
    active_ms = timing.active_between(connection, start, end)
    worked = sum(minutes.values()) * 60_000
    return min(1.0, active_ms / worked) if worked and active_ms else None


def _open(connection: Connection) -> list[Project]:
    return [each for each in projects.projects_of(connection, None) if each.status == "open"]


def _waiting(connection: Connection, project: Project, share: float | None) -> Waiting:
    usual = high = 0.0
    for step in projects.steps_of(connection, project.id):
        _, left = timing.answers_wanted(connection, step.id)
        norm = norm_of(connection, step)
        usual += left * norm.seconds / 3600
        high += left * norm.high / 3600
    return Waiting(project, capacity.at_work(usual, share), capacity.at_work(high, share))
