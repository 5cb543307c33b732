"""What can be promised without hurrying anyone: hours that the lab really kept, against work that waits. Totals only.

Pure. The forecast is what this weekday brought in the last weeks; its low end is the leanest of those weeks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean
from typing import Literal

WEEKS = 6  # whole weeks that are looked back over
LEAST_WEEKS = 2
USUAL_SHARE = 0.7  # of an hour at work spent answering, before it was measured
SOON_DAYS = 5  # working days: less work than this is a warning

Verdict = Literal["yes", "tight", "no", "unknown"]


@dataclass(frozen=True)
class Forecast:
    """Hours of work that the lab will probably keep in a period: low is the leanest week's pace."""

    hours: float
    low: float


@dataclass(frozen=True)
class Plan:
    """Whether `wanted` hours can be promised: what will be kept, what open work takes, what is left. Hours at work."""

    wanted: float
    kept: Forecast
    waiting: float
    verdict: Verdict

    @property
    def left(self) -> float:
        """Hours left at the usual pace."""
        return max(0.0, self.kept.hours - self.waiting)

    @property
    def left_low(self) -> float:
        """Hours left in lean weeks."""
        return max(0.0, self.kept.low - self.waiting)


def weeks(minutes: Mapping[date, int], today: date) -> list[list[int]]:
    """Minutes of Monday to Sunday for each whole week before this one, newest first; weeks before the first day are left out."""
    monday = today - timedelta(days=today.weekday())
    begun = min(minutes, default=today)
    found = []
    for number in range(1, WEEKS + 1):
        start = monday - timedelta(weeks=number)
        if start + timedelta(days=6) >= begun:
            found.append([minutes.get(start + timedelta(days=day), 0) for day in range(7)])
    return found


def forecast(minutes: Mapping[date, int], today: date, until: date) -> Forecast | None:
    """
    Hours from tomorrow until and including this day; None where fewer than two whole weeks are known.

    Args:
        minutes: of work that the lab kept, by day: everybody together.
    """
    past = weeks(minutes, today)
    if len(past) < LEAST_WEEKS:
        return None
    usual = [fmean(week[day] for week in past) for day in range(7)]
    days = [today + timedelta(days=number) for number in range(1, (until - today).days + 1)]
    expected = sum(usual[day.weekday()] for day in days) / 60
    whole = [sum(week) for week in past]
    lean = min(whole) / fmean(whole) if any(whole) else 0.0
    return Forecast(expected, expected * lean)


def plan(wanted: float, kept: Forecast | None, waiting: float) -> Plan:
    """May these hours be promised? Tight: at the usual pace, but not in a lean week."""
    if kept is None:
        return Plan(wanted, Forecast(0, 0), waiting, "unknown")
    found = Plan(wanted, kept, waiting, "no")
    if wanted <= found.left_low:
        return Plan(wanted, kept, waiting, "yes")
    return Plan(wanted, kept, waiting, "tight") if wanted <= found.left else found


def at_work(active_hours: float, share: float | None) -> float:
    """Hours at work for so many hours of answering; `share` was measured, None: not yet."""
    return active_hours / (share or USUAL_SHARE)


def days_of_work(waiting: float, minutes: Mapping[date, int], today: date) -> float | None:
    """Working days until the waiting work is done; None where the pace is not known."""
    past = weeks(minutes, today)
    busy = [day / 60 for week in past for day in week if day]
    return waiting / fmean(busy) if len(past) >= LEAST_WEEKS and busy else None
