"""The statutory minimum wage per hour in the Netherlands, by date. The floor under a lab's rate and the bridge's.

Nothing here depends on a person: nobody on site is paid by the piece, and quality never changes pay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accessibility.sentences import sentence
from workbench.errors import WorkbenchError

CURRENCY = "EUR"
CHECK_AFTER_DAYS = 184  # amounts change on 1 January and 1 July


class NoMinimumKnown(WorkbenchError):
    """The table does not reach back to this day."""


@dataclass(frozen=True)
class MinimumWage:
    """What holds from this day on: EUR gross per hour, 21 and over. `official`: traced to the decision."""

    since: date
    hourly: Decimal
    source: str
    official: bool = True


_LAW = "Wet minimumloon en minimumvakantiebijslag, half-yearly decision of the Minister of Social Affairs (21 and over)"
MINIMUM_WAGES: tuple[MinimumWage, ...] = (
    MinimumWage(date(2024, 1, 1), Decimal("13.27"), _LAW),
    MinimumWage(date(2024, 7, 1), Decimal("13.68"), _LAW),
    MinimumWage(date(2025, 1, 1), Decimal("14.06"), _LAW),
    MinimumWage(date(2025, 7, 1), Decimal("14.40"), _LAW),
    MinimumWage(date(2026, 1, 1), Decimal("14.71"), f"{_LAW}: 9 October 2025, no. 2025-0000213859"),
    MinimumWage(date(2026, 7, 1), Decimal("14.99"), "Two trade sites, no official publication seen: check it", official=False),
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


def needs_checking(day: date, table: Sequence[MinimumWage] = MINIMUM_WAGES) -> bool:
    """Has the amount probably changed since the newest row, or was that row never seen officially?"""
    row = minimum_wage(day, table)
    return not row.official or (day - row.since).days >= CHECK_AFTER_DAYS
