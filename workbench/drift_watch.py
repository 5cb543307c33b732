"""Looking whether somebody's pace changes: off, unless the lab, its works council and the worker agree.

What is found goes to the worker, who may share it with the coach. The machine infers no cause, and changes nothing:
what is decided is written down by a person, with the reason.
"""

from __future__ import annotations

from sqlalchemy.engine import Connection

from workbench import drift
from workbench.context import Context
from workbench.domain import DAY_MS, Person
from workbench.errors import Conflict
from workbench.local_days import day_of, monday_of
from workbench.own_pace import paces
from workbench.store import agreements, audit, drift_signs, lab, own_work

KEY = "drift"  # in the lab's settings
LOOK_BACK_DAYS = 85  # within the ninety days that events are kept
QUIET_DAYS = 28  # after a sign about a kind of work, nothing more is said of it for so long


def lab_agreed(connection: Connection) -> bool:
    """Did lab and works council agree? `{"drift": {"on": true, "council_agreed": "2026-11-23"}}` in the lab's settings."""
    found = lab.the_lab(connection)
    said = found.settings.get(KEY) if found else None
    return isinstance(said, dict) and bool(said.get("on")) and bool(said.get("council_agreed"))


def agreed(connection: Connection, person_id: int) -> bool:
    """Did lab, works council and this worker agree?"""
    return lab_agreed(connection) and any(each.holds for each in agreements.of_person(connection, person_id, kind="drift"))


def agree(ctx: Context, person: Person) -> None:
    """
    The worker agrees. The lab's side is its setting: no coach can agree in the worker's place.

    Raises:
        Conflict: lab and works council have not agreed.
    """

    def write(connection: Connection) -> None:
        if not lab_agreed(connection):
            raise Conflict("The lab does not look at changes of pace.")
        made = agreements.propose(connection, person.id, "drift", {}, reason="", by=person.id, now=ctx.now())
        agreements.agree_for_lab(connection, made, now=ctx.now())
        audit.record(connection, now=ctx.now(), person_id=person.id, action="drift.agree", subject=person.public_id)

    ctx.db.write(write)


def watch_all(ctx: Context) -> int:
    """Once a day, whether or not anybody opens a page: everybody who agreed; returns how many signs are new."""
    if not ctx.db.read(lab_agreed):
        return 0
    return sum(watch(ctx, person) for person in ctx.db.read(agreements.people_with_drift))


def watch(ctx: Context, person: Person) -> int:
    """Look for signs where that was agreed; returns how many are new. Each is for the person first."""

    def write(connection: Connection) -> int:
        now = ctx.now()
        if not agreed(connection, person.id):
            return 0
        zone = lab.time_zone(connection, now)
        found = 0
        known = drift_signs.newest_by_kind(connection, person.id)
        for pace in paces(own_work.timed(connection, person.id, since_ms=now - LOOK_BACK_DAYS * DAY_MS), zone):
            # Whole weeks only, so one look a week: what is looked at more often alarms more often.
            sign = drift.look([day.seconds for day in pace.days if day.day < monday_of(day_of(now, zone))])
            if sign and now - known.get(pace.kind, 0) >= QUIET_DAYS * DAY_MS:
                drift_signs.add(connection, person.id, pace.kind, sign, on_date=day_of(now, zone), now=now)
                found += 1
        return found

    return ctx.db.write(write)
