"""The statutory minimum wage per hour in the Netherlands, by date. The floor under a lab's rate and the bridge's.

A lab adds later amounts on a page (workbench/minimum_wages.py), so that nobody has to wait for a new version.
Nothing here depends on a person: nobody on site is paid by the piece, and quality never changes pay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accessibility.sentences import noted, sentence
from workbench.errors import WorkbenchError


class NoMinimumKnown(WorkbenchError):
    """The table does not reach back to this day."""


@dataclass(frozen=True)
class MinimumWage:
    """What holds from this day on: EUR gross per hour, 21 and over. `official`: traced to the decision."""

    since: date
    hourly: Decimal
    source: str
    official: bool = True


_LAW = noted("Wet minimumloon en minimumvakantiebijslag, half-yearly decision of the Minister of Social Affairs (21 and over)")
_LAW_2026 = noted("Wet minimumloon en minimumvakantiebijslag, decision of 9 October 2025, no. 2025-0000213859 (21 and over)")
_UNSEEN = noted("Two trade sites; the official publication was not seen yet")
MINIMUM_WAGES: tuple[MinimumWage, ...] = (
    MinimumWage(date(2024, 1, 1), Decimal("13.27"), _LAW),
    MinimumWage(date(2024, 7, 1), Decimal("13.68"), _LAW),
    MinimumWage(date(2025, 1, 1), Decimal("14.06"), _LAW),
    MinimumWage(date(2025, 7, 1), Decimal("14.40"), _LAW),
    MinimumWage(date(2026, 1, 1), Decimal("14.71"), _LAW_2026),
    MinimumWage(date(2026, 7, 1), Decimal("14.99"), _UNSEEN, official=False),
)


def minimum_wage(day: date, table: Sequence[MinimumWage] = MINIMUM_WAGES) -> MinimumWage:
    """
    The row that holds on this day, with its source.

    Raises:
        NoMinimumKnown: the day is before the table begins (there was no minimum per hour before 2024).
    """
    held = [row for row in table if row.since <= day]
    if not held:
        first = min(row.since for row in table)
        raise NoMinimumKnown(
            sentence("The minimum wage per hour is known from {day} on. Choose a later day.", day=first.isoformat())
        )
    return max(held, key=lambda row: row.since)


def minimum_hourly(day: date, table: Sequence[MinimumWage] = MINIMUM_WAGES) -> Decimal:
    """The minimum wage on this day: EUR gross per hour, 21 and over. Raises NoMinimumKnown."""
    return minimum_wage(day, table).hourly


def is_covered(day: date, table: Sequence[MinimumWage] = MINIMUM_WAGES) -> bool:
    """Does a row begin in this day's half of the year? The amount changes on 1 January and 1 July."""
    return _half(minimum_wage(day, table).since) == _half(day)


def needs_checking(day: date, table: Sequence[MinimumWage] = MINIMUM_WAGES) -> bool:
    """Has the amount probably changed since the newest row, or was that row never seen officially?"""
    return not (is_covered(day, table) and minimum_wage(day, table).official)


def _half(day: date) -> tuple[int, bool]:
    return day.year, day.month > 6
