"""Blocks of work and break: pure rules over time.

A block of work starts with the first call for work. At its end the running microtask is finished first; the next call
then begins the break. Somebody who was away through a whole break has had it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from workbench.domain import MINUTE_MS, Block


@dataclass(frozen=True)
class Rhythm:
    """How a day is cut, in ms."""

    work_ms: int = 45 * MINUTE_MS
    break_ms: int = 15 * MINUTE_MS
    time_zone: str = "Europe/Amsterdam"


@dataclass(frozen=True)
class Decision:
    """What holds now. `starts` is a block that begins with this call; `until_ms` is when it is planned to end."""

    kind: Literal["work", "break"]
    until_ms: int
    starts: bool = False


def decide(latest: Block | None, rhythm: Rhythm, now: int, last_active_ms: int | None = None) -> Decision:
    """May this person get work now?

    Args:
        latest: this person's last block, of any day.
        now: UTC ms.
        last_active_ms: when this person last did something, UTC ms; None: not known.
    """
    if latest is None or latest.ended_ms is not None or not same_day(latest.started_ms, now, rhythm.time_zone):
        return Decision("work", now + rhythm.work_ms, starts=True)
    planned = latest.planned_end_ms if latest.planned_end_ms is not None else latest.started_ms + rhythm.work_ms
    if latest.kind == "break":
        return Decision("break", planned) if now < planned else Decision("work", now + rhythm.work_ms, starts=True)
    if now < planned:
        return Decision("work", planned)
    rested_since = max(planned, last_active_ms or 0)
    if now < rested_since + rhythm.break_ms:
        return Decision("break", now + rhythm.break_ms, starts=True)
    return Decision("work", now + rhythm.work_ms, starts=True)


def same_day(left_ms: int, right_ms: int, time_zone: str) -> bool:
    """Do these two moments fall on one calendar day in this time zone?"""
    zone = ZoneInfo(time_zone)
    return _day(left_ms, zone) == _day(right_ms, zone)


def _day(moment_ms: int, zone: ZoneInfo) -> object:
    return datetime.fromtimestamp(moment_ms / 1000, UTC).astimezone(zone).date()
