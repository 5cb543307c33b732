"""Somebody's day as it is planned: read where a block begins or ends, and for pages; never while a block runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from workbench import pacing, timetable
from workbench.domain import HOUR_MS, MINUTE_MS, Block
from workbench.pacing import Day, Decision, Rhythm
from workbench.store import answers, blocks, groups, lab, plans
from workbench.timetable import Agreed, Stretch

DAYS_AHEAD = 14  # how far the next working day is looked for
GONE_MS = 2 * HOUR_MS  # nothing was heard for so long after a block's end: somebody went home


def day_of(connection: Connection, person_id: int, now: int) -> Day:
    """The day of this moment, for the rules of pacing."""
    zone = lab.time_zone(connection, now)
    today = timetable.day_of(now, zone)
    plan, free = plan_of(connection, person_id, today, zone)
    over = not plan or now >= plan[-1].end_ms
    again_ms = _next_begin(connection, person_id, today, zone) if over else None
    rhythm = rhythm_of(connection, person_id, today)
    worked_ms = _worked(connection, person_id, now, zone) if free and rhythm.most_blocks is not None else 0
    return Day(zone, plan, rhythm, free, again_ms, worked_ms)


def zone_of(connection: Connection, now: int) -> str:
    """Where the lab's clock stands."""
    return lab.time_zone(connection, now)


def midnight(zone: str, now: int) -> int:
    """When this calendar day began there, UTC ms."""
    return timetable.moment(timetable.day_of(now, zone), 0, zone)


def plan_of(connection: Connection, person_id: int, day: date, zone: str) -> tuple[tuple[Stretch, ...], bool]:
    """
    This person's plan of a day; empty: a day off.

    Returns:
        (plan, free): free where there is no timetable, and the plan only says when there is work at all.
    """
    group = groups.group_of(connection, person_id)
    table = groups.timetable_on(connection, group.id, day.isoformat()) if group else None
    agreed = Agreed.of(plans.changes_on(connection, person_id, day.isoformat()), half_of(connection, person_id, day))
    planned = _planned(connection, person_id, group, day, zone)
    if table is None:
        return timetable.free_day(day, zone, agreed, planned), True
    return timetable.day_plan(table.lines, day, zone, agreed, planned), False


def half_of(connection: Connection, person_id: int, day: date) -> str:
    """Whole, morning, afternoon or off, by the plan of the week."""
    week = plans.week_of(connection, person_id, timetable.monday_of(day).isoformat())
    return week[day.weekday()] if week else "whole"


def week_of(connection: Connection, person_id: int, monday: date, zone: str) -> Sequence[tuple[date, Sequence[Stretch]]]:
    """Seven days with their plans."""
    days = [monday + timedelta(days=number) for number in range(7)]
    return [(day, plan_of(connection, person_id, day, zone)[0]) for day in days]


def told(connection: Connection, person_id: int, now: int) -> dict[str, Any]:
    """What a person reads beside the plan of today: `changes` that were agreed for it, and what is planned `ahead`."""
    zone = zone_of(connection, now)
    today = timetable.day_of(now, zone)
    group = groups.group_of(connection, person_id)
    tomorrow = timetable.moment(today + timedelta(days=1), 0, zone)
    ahead = plans.planned_between(
        connection, person_id=person_id, group_id=group.id if group else None, start_ms=tomorrow, end_ms=2**62
    )
    return {"changes": plans.changes_on(connection, person_id, today.isoformat()), "ahead": ahead}


def rhythm_of(connection: Connection, person_id: int, day: date) -> Rhythm:
    """How a day without a timetable is cut: by agreement, as the group, as the lab, or 45 and 15."""
    group = groups.group_of(connection, person_id)
    found = lab.the_lab(connection)
    usual = dict(found.settings.get("rhythm") or {}) if found else {}
    usual |= group.rhythm if group else {}
    usual |= plans.changes_on(connection, person_id, day.isoformat())
    base = Rhythm()
    return Rhythm(
        int(usual["work_minutes"]) * MINUTE_MS if usual.get("work_minutes") else base.work_ms,
        int(usual["break_minutes"]) * MINUTE_MS if usual.get("break_minutes") else base.break_ms,
        usual.get("most_blocks"),
    )


def _worked(connection: Connection, person_id: int, now: int, zone: str) -> int:
    """How long this person worked today; finishing a question after a block's end takes nothing off what was agreed."""
    found = blocks.between(connection, person_id, midnight(zone, now), now + 1)
    return sum(_planned_length(each, now) for each in found if each.kind == "work")


def _planned_length(block: Block, now: int) -> int:
    ends = (each for each in (block.planned_end_ms, block.ended_ms, now) if each is not None)
    return max(0, min(ends) - block.started_ms)


def _planned(connection: Connection, person_id: int, group: groups.Group | None, day: date, zone: str) -> list[Stretch]:
    start, end = (timetable.moment(each, 0, zone) for each in (day, day + timedelta(days=1)))  # not always 24 hours
    found = plans.planned_between(
        connection, person_id=person_id, group_id=group.id if group else None, start_ms=start, end_ms=end
    )
    return [Stretch(each.kind, each.start_ms, each.end_ms, each.title) for each in found]


def _next_begin(connection: Connection, person_id: int, today: date, zone: str) -> int | None:
    for number in range(1, DAYS_AHEAD + 1):
        plan, free = plan_of(connection, person_id, today + timedelta(days=number), zone)
        if plan:
            return None if free else plan[0].start_ms  # a day without a timetable begins when somebody comes
    return None


# --- now -------------------------------------------------------------------------------------------------------------


def holds_now(connection: Connection, person_id: int, latest: Block | None, now: int) -> Decision:
    """What holds for this person now. Nothing is read while a block runs."""
    if found := pacing.running(latest, now):
        return found
    active = answers.last_active_ms(connection, person_id) if latest and latest.kind == "work" and not latest.ended_ms else None
    return pacing.decide(latest, day_of(connection, person_id, now), now, active)


def rests(connection: Connection, person_id: int, now: int) -> Decision | None:
    """The break, or other block, that somebody is in; None: they work, or finish what they began."""
    latest = blocks.latest(connection, person_id)
    found = pacing.running(latest, now)
    if latest and latest.reason == pacing.STOPPED and latest.ended_ms is not None:
        found = holds_now(connection, person_id, latest, now)
    return found if found and not found.works else None


def turn(connection: Connection, person_id: int, latest: Block | None, decision: Decision, now: int, **more: Any) -> None:
    """Write down what a decision says: the former block ends, a break was had meanwhile, the new block begins.

    Args:
        more: of the new block: its step, and what was counted (see `store.blocks.start`).
    """
    if latest is not None and latest.ended_ms is None and decision.ended_ms is not None:
        blocks.end(connection, person_id=person_id, now=decision.ended_ms)
    if decision.rested:
        blocks.had(connection, person_id=person_id, kind="break", start_ms=decision.rested[0], end_ms=decision.rested[1])
    if decision.starts:
        begin = now if decision.from_ms is None else decision.from_ms
        more = {**so_far(connection, latest, now), **more}
        blocks.start(connection, person_id=person_id, kind=decision.kind, now=begin, planned_end_ms=decision.until_ms, **more)


def so_far(connection: Connection, latest: Block | None, now: int) -> dict[str, Any]:
    """What a new block takes over from the day so far; a new day begins clean."""
    zone = lab.time_zone(connection, now)
    if latest is None or timetable.day_of(latest.started_ms, zone) != timetable.day_of(now, zone):
        return {}
    return {"topics_off": latest.topics_off, "distressing": latest.distressing}


def enough_of(connection: Connection, person_id: int, topic: str) -> None:
    """Not this topic any more today: nobody has to say why."""
    latest = blocks.latest(connection, person_id)
    if latest and topic not in latest.topics_off:
        blocks.change(connection, latest.id, topics_off=[*latest.topics_off, topic])


def tidy(connection: Connection, now: int) -> int:
    """End the blocks of people who went home; returns how many. Who comes back the same day begins a new one."""
    found = blocks.running_past(connection, now - GONE_MS)
    gone = 0
    for block in found:
        active = answers.last_active_ms(connection, block.person_id)
        if active is None or active < now - GONE_MS:
            ended_ms = pacing.ended_at(block, now, active, went_home=True)
            # Somebody may come back at this very moment, in another process: their new block goes on.
            blocks.end(connection, person_id=block.person_id, now=ended_ms, reason="away", block_id=block.id)
            gone += 1
    return gone
