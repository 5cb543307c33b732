"""Hours statements out of blocks: pure rules that add up to the minute.

A stretch counts the minutes of the clock that it crosses, so that stretches which follow each other add up to exactly the
time between the first and the last moment: nothing is rounded away.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workbench.domain import MINUTE_MS, Block

COLUMNS = ("work", "training", "other", "break")
# Kinds of block by the column in which they stand. What is not named here is "other": it counts as well.
COLUMN_OF = {"work": "work", "break": "break", "training": "training", "application": "training"}
USUAL_MS = 45 * MINUTE_MS  # where a block has no planned end
FINISHING_MS = 15 * MINUTE_MS  # a running microtask is finished without hurry; what comes after that is somebody who went home


@dataclass(frozen=True)
class DayTotal:
    """What is left of a day whose blocks have had their time. `day` is the lab's calendar day."""

    person_id: int
    day: date
    kind: str
    minutes: int


@dataclass(frozen=True)
class Correction:
    """Minutes more or fewer on a day, with the reason."""

    person_id: int
    day: date
    kind: str
    minutes: int
    reason: str
    at_ms: int
    made_by: str | None = None
    public_id: str = ""


@dataclass(frozen=True)
class Day:
    """One line of a statement, minutes by column, corrections included. `paid` follows the lab's rule for breaks."""

    day: date
    minutes: Mapping[str, int]
    corrected: int
    paid: int


@dataclass(frozen=True)
class Statement:
    """One person's hours over a period, both days included. Totals are sums of the lines."""

    first: date
    last: date
    days: Sequence[Day]
    corrections: Sequence[Correction]
    paid_breaks: bool

    @property
    def minutes(self) -> dict[str, int]:
        """Minutes by column."""
        return {column: sum(day.minutes[column] for day in self.days) for column in COLUMNS}

    @property
    def paid(self) -> int:
        """Minutes that payroll pays."""
        return sum(day.paid for day in self.days)


def counted_end(block: Block, now: int) -> int:
    """
    Until when a block counts, UTC ms.

    A break counts as planned. Work that was never closed, or was closed much later by the next day's first block, counts
    until its planned end and the finishing of the running microtask: nobody's evening becomes work.
    """
    planned = block.planned_end_ms if block.planned_end_ms is not None else block.started_ms + USUAL_MS
    latest = planned if block.kind == "break" or block.ended_ms is None else planned + FINISHING_MS
    ended = min(now, planned) if block.ended_ms is None else block.ended_ms
    return max(block.started_ms, min(ended, latest))


def minutes_of(block: Block, now: int) -> int:
    """Minutes of the clock that this block counts for."""
    return counted_end(block, now) // MINUTE_MS - block.started_ms // MINUTE_MS


def day_of(moment_ms: int, time_zone: str) -> date:
    """The lab's calendar day of this moment."""
    return datetime.fromtimestamp(moment_ms / 1000, UTC).astimezone(ZoneInfo(time_zone)).date()


def bounds(first: date, last: date, time_zone: str) -> tuple[int, int]:
    """The period as UTC ms, the end not included: right on days with a summer-time change."""
    zone = ZoneInfo(time_zone)
    edges = (datetime.combine(first, time(), zone), datetime.combine(last + timedelta(days=1), time(), zone))
    return int(edges[0].timestamp() * 1000), int(edges[1].timestamp() * 1000)


def statement(
    blocks: Iterable[Block],
    totals: Iterable[DayTotal],
    corrections: Sequence[Correction],
    *,
    first: date,
    last: date,
    time_zone: str,
    paid_breaks: bool,
    now: int,
) -> Statement:
    """
    One person's hours. A block stands on the day it began.

    Args:
        blocks, totals, corrections: of this person; what lies outside the period is left out.
        paid_breaks: the lab's rule.
    """
    by_day: dict[date, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COLUMNS, 0))
    corrected: dict[date, int] = defaultdict(int)
    noted = [(day_of(block.started_ms, time_zone), block.kind, minutes_of(block, now)) for block in blocks]
    noted += [(total.day, total.kind, total.minutes) for total in totals]
    inside = [each for each in corrections if first <= each.day <= last]
    for day, kind, minutes in [*noted, *((each.day, each.kind, each.minutes) for each in inside)]:
        if first <= day <= last and minutes:
            by_day[day][column_of(kind)] += minutes
    for each in inside:
        corrected[each.day] += each.minutes
    days = [_day(day, minutes, corrected[day], paid_breaks) for day, minutes in sorted(by_day.items())]
    return Statement(first, last, days, inside, paid_breaks)


def column_of(kind: str) -> str:
    """Where a kind of block stands in a statement."""
    return COLUMN_OF.get(kind, "other")


def _day(day: date, minutes: Mapping[str, int], corrected: int, paid_breaks: bool) -> Day:
    paid = sum(count for column, count in minutes.items() if paid_breaks or column != "break")
    return Day(day, dict(minutes), corrected, paid)


def clock_text(minutes: int) -> str:
    """Minutes as hours and minutes: 90 → "1:30"."""
    sign = "-" if minutes < 0 else ""
    return f"{sign}{abs(minutes) // 60}:{abs(minutes) % 60:02d}"


def month_of(day: date) -> tuple[date, date]:
    """First and last day of this day's month."""
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return day.replace(day=1), following - timedelta(days=1)


def payroll_csv(statements: Sequence[tuple[str, str, Statement]]) -> str:
    """
    One line per person and day, for payroll.

    Args:
        statements: (name, public id, statement).
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    names = [f"{column}_minutes" for column in COLUMNS]
    writer.writerow(["person", "person_id", "day", *names, "corrected_minutes", "paid_minutes", "paid_hours"])
    for name, public_id, found in statements:
        for day in found.days:
            counts = [day.minutes[column] for column in COLUMNS]
            writer.writerow([safe(name), public_id, day.day.isoformat(), *counts, day.corrected, day.paid, clock_text(day.paid)])
    return out.getvalue()


def safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
