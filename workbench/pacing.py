"""Blocks of work and break: pure rules over time.

While a block runs, its own planned end decides, and nothing else is looked at. Where a block begins or ends the plan of
the day decides; without a plan, 45 minutes of work and 15 of break, counted from the first call for work.

At the end of a block the running microtask is finished first; the next call then begins the break. Somebody who was away
through a whole break has had it. Nobody is ever late: who comes in the middle of a block begins in the middle, who leaves
early has left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from workbench.domain import MINUTE_MS, Block
from workbench.timetable import SHORTEST_WORK_MS, Stretch, day_of

ALMOST_MS = 5 * MINUTE_MS  # a soft sign before a break, never a countdown
SHORTEST_BREAK_MS = 10 * MINUTE_MS  # who finishes late in the group's break still has this much
LONGER_MS = 10 * MINUTE_MS  # one press of "longer"
# Nothing was heard for so long: before the end of the last block somebody went home; after it they left the question open,
# had their break, and came back to it. Nobody finishes one question for so long (`hours` counts no more of it either).
AWAY_MS = 15 * MINUTE_MS
STOPPED = "stop"  # why a block ended: this person stopped for today
UNDONE = "undone"  # a break that was none after all


@dataclass(frozen=True)
class Rhythm:
    """How a day without a plan is cut, in ms; and into how many blocks of work at most, None: as many as come."""

    work_ms: int = 45 * MINUTE_MS
    break_ms: int = 15 * MINUTE_MS
    most_blocks: int | None = None


@dataclass(frozen=True)
class Day:
    """
    One person's day.

    plan: its stretches, in order and without holes; none: a day off.
    free: the plan only says when there is work at all; the rhythm cuts that, counted from the first call.
    again_ms: when the next planned day begins.
    worked_ms: how long this person worked in it, as planned; read only where the rhythm has an end.
    """

    zone: str
    plan: Sequence[Stretch]
    rhythm: Rhythm = field(default_factory=Rhythm)
    free: bool = False
    again_ms: int | None = None
    worked_ms: int = 0

    @property
    def left_ms(self) -> int | None:
        """How much work is left of so many blocks, however breaks cut them; None: no end was agreed."""
        most = self.rhythm.most_blocks
        return None if most is None else max(0, most * self.rhythm.work_ms - self.worked_ms)


@dataclass(frozen=True)
class Decision:
    """
    What holds now.

    kind: work, break, another kind of block (training, application, talk, other), "early" (the day has not begun) or
        "over" (it is done, or was never to be).
    until_ms: when that is planned to end; None: not known.
    starts: a block begins with this call, at `from_ms`.
    ended_ms: when the block before it ended.
    rested: a break that was had without a call, (from, until).
    """

    kind: str
    until_ms: int | None
    starts: bool = False
    from_ms: int | None = None
    ended_ms: int | None = None
    rested: tuple[int, int] | None = None
    title: str = ""

    @property
    def works(self) -> bool:
        """Is there work to get?"""
        return self.kind == "work"


def running(latest: Block | None, now: int) -> Decision | None:
    """What holds by the running block alone; None: a block begins or ends here, and the plan decides."""
    if latest is None or latest.ended_ms is not None or latest.planned_end_ms is None or now >= latest.planned_end_ms:
        return None
    return Decision(latest.kind, latest.planned_end_ms) if now >= latest.started_ms else None


def decide(latest: Block | None, day: Day, now: int, last_active_ms: int | None = None) -> Decision:
    """What holds for this person now?

    Args:
        latest: this person's last block, of any day.
        now: UTC ms.
        last_active_ms: when this person last did something, UTC ms; None: not known.
    """
    if found := running(latest, now):
        return found
    if latest is None or latest.started_ms > now:  # the latter: the machine's clock was put back, and nobody waits for it
        return _by_plan(None, day, now, None)
    today = day_of(latest.started_ms, day.zone) == day_of(now, day.zone)
    near = today or _over_midnight(latest, day, now, last_active_ms)
    ended = None if latest.ended_ms is not None else ended_at(latest, now, last_active_ms, went_home=not near)
    if today and latest.reason == STOPPED and latest.ended_ms is not None:
        return Decision("over", day.again_ms)
    return _by_plan(latest if near else None, day, now, ended)


def _over_midnight(latest: Block, day: Day, now: int, last_active_ms: int | None) -> bool:
    """Without a timetable the break is owed in the next day too: midnight is no rest."""
    done = latest.ended_ms if latest.ended_ms is not None else ended_at(latest, now, last_active_ms, went_home=False)
    return day.free and now < done + day.rhythm.break_ms


def ended_at(latest: Block, now: int, last_active_ms: int | None, *, went_home: bool) -> int:
    """When a block ended that nobody ended: as planned, after the microtask that was running, or when somebody left."""
    planned = latest.planned_end_ms if latest.planned_end_ms is not None else latest.started_ms
    if latest.kind != "work" or last_active_ms is None or last_active_ms - planned >= AWAY_MS:
        return min(planned, now)
    if went_home and last_active_ms < planned - AWAY_MS:
        return max(last_active_ms, latest.started_ms)
    return min(max(planned, last_active_ms), now)


# --- by the plan -----------------------------------------------------------------------------------------------------


def _by_plan(latest: Block | None, day: Day, now: int, ended: int | None) -> Decision:
    here = next((each for each in day.plan if each.start_ms <= now < each.end_ms), None)
    if here is None:
        early = bool(day.plan) and now < day.plan[0].start_ms
        return (
            Decision("early", day.plan[0].start_ms, ended_ms=ended) if early else Decision("over", day.again_ms, ended_ms=ended)
        )
    if day.free and here.kind == "work":
        return _by_rhythm(latest, day, here, now, ended)
    pause = _unrested(day, latest, ended, now)
    if here.kind == "break":
        until = here.end_ms if pause is None else max(here.end_ms, pause)
        if ended is not None and ended >= here.start_ms:
            return Decision("break", until, True, ended, ended)
        return Decision("break", until, True, now, ended, _rested(day.plan, ended, pause, now))
    if here.kind == "work" and pause is not None and now < pause:
        return Decision("break", pause, True, ended, ended)
    return Decision(here.kind, here.end_ms, True, now, ended, _rested(day.plan, ended, pause, now), here.title)


def _by_rhythm(latest: Block | None, day: Day, here: Stretch, now: int, ended: int | None) -> Decision:
    rhythm, left = day.rhythm, day.left_ms
    if left is not None and left < SHORTEST_WORK_MS:
        return _enough(day, now, ended)
    until = _until(day, now + min(rhythm.work_ms, rhythm.work_ms if left is None else left), here.end_ms)
    if latest is None or latest.kind != "work":
        return Decision("work", until, True, now, ended)
    done = ended if ended is not None else latest.ended_ms or now  # the latter: they stopped, and go on after all
    rested = done, done + rhythm.break_ms
    if now < rested[1]:
        return Decision("break", _until(day, rested[1], here.end_ms), True, done, ended)
    return Decision("work", until, True, now, ended, None if ended is None else rested)


def _enough(day: Day, now: int, ended: int | None) -> Decision:
    """The agreed blocks are done: the day is over, but for what else is planned in it."""
    later = next((each.start_ms for each in day.plan if each.start_ms > now and each.kind not in ("work", "break")), None)
    return Decision("over", day.again_ms, ended_ms=ended) if later is None else Decision("early", later, ended_ms=ended)


def _unrested(day: Day, latest: Block | None, ended: int | None, now: int) -> int | None:
    """Until when somebody rests who worked on into their break; None: they did not."""
    if latest is None or ended is None or latest.kind != "work":
        return None
    planned = latest.planned_end_ms or latest.started_ms
    for each in day.plan:
        if each.kind == "break" and each.start_ms < ended and each.end_ms > planned:
            return _in_day(day, ended + min(SHORTEST_BREAK_MS, each.end_ms - each.start_ms), now)
    return None


def _rested(plan: Sequence[Stretch], ended: int | None, pause: int | None, now: int) -> tuple[int, int] | None:
    """The break that somebody had since their last block, without a call: the group's, and their own ten minutes of it."""
    if ended is None:
        return None
    over = (each.end_ms for each in plan if each.kind == "break" and each.start_ms <= ended < each.end_ms <= now)
    until = max(next(over, ended), ended if pause is None else min(pause, now))
    return (ended, until) if until > ended else None


# --- what a person asks for ------------------------------------------------------------------------------------------


def break_until(day: Day, now: int) -> int:
    """
    When a break ends that somebody takes now: its own length, and on to the end of the group's break when that begins
    meanwhile, so that there is coffee together. Not after the day: that would count as hours.
    """
    until = now + day.rhythm.break_ms
    for each in day.plan:
        if each.kind == "break" and each.start_ms <= until < each.end_ms:
            return each.end_ms
    return _in_day(day, until, now)


def longer_until(day: Day, planned_end_ms: int, now: int) -> int:
    """A break that is stretched by one press, to the end of the day at most; one that is over goes on from now."""
    return max(planned_end_ms, _in_day(day, max(planned_end_ms, now) + LONGER_MS, now))


def _in_day(day: Day, until: int, now: int) -> int:
    """Until then, or until the day ends that is not over yet."""
    return _until(day, until, day.plan[-1].end_ms) if day.plan and now < day.plan[-1].end_ms else until


def _until(day: Day, until: int, ends: int) -> int:
    """The first of both; but a day without a timetable does not end at midnight, it goes on in the next."""
    return until if day.free and day_of(ends, day.zone) != day_of(ends - 1, day.zone) else min(until, ends)


def almost_over(latest: Block | None, now: int) -> bool:
    """Is it almost time for a break, or past it while the last microtask is finished?"""
    left = left_ms(latest, now)
    return left is not None and left <= ALMOST_MS


def left_ms(latest: Block | None, now: int) -> int | None:
    """How long the block of work still lasts, 0 when it is over; None where no block of work with an end runs."""
    if latest is None or latest.kind != "work" or latest.planned_end_ms is None or latest.ended_ms is not None:
        return None
    return max(0, latest.planned_end_ms - now)
