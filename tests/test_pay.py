"""The minimum wage by date, with its source."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from workbench.pay import MINIMUM_WAGES, NoMinimumKnown, minimum_hourly, minimum_wage, needs_checking


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2024, 1, 1), "13.27"),
        (date(2024, 6, 30), "13.27"),
        (date(2024, 7, 1), "13.68"),
        (date(2025, 12, 31), "14.40"),
        (date(2026, 1, 1), "14.71"),
        (date(2026, 11, 28), "14.99"),
    ],
)
def test_the_amount_changes_on_its_day(day: date, expected: str) -> None:
    """The last day of the old amount, the first of the new."""
    assert minimum_hourly(day) == Decimal(expected)


def test_a_day_before_the_table_has_no_amount() -> None:
    """Better no answer than a wrong one."""
    with pytest.raises(NoMinimumKnown, match="2024-01-01"):
        minimum_hourly(date(2023, 12, 31))


def test_every_row_is_later_and_higher_than_the_last_and_names_its_source() -> None:
    """A typing error in a new row shows."""
    assert all(old.since < new.since and old.hourly < new.hourly for old, new in pairwise(MINIMUM_WAGES))
    assert all(row.source for row in MINIMUM_WAGES)


def test_an_amount_that_was_not_seen_officially_or_is_old_must_be_checked() -> None:
    """The lab is told, and looks it up."""
    assert not needs_checking(date(2026, 1, 1))
    assert needs_checking(date(2026, 7, 1))
    assert needs_checking(minimum_wage(date(2026, 7, 1)).since.replace(year=2028))
