"""The minimum wage by date, with its source."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from tests.builders import person
from workbench import minimum_wages
from workbench.context import Context
from workbench.domain import Role
from workbench.errors import Invalid
from workbench.pay import MINIMUM_WAGES, NoMinimumKnown, is_covered, minimum_hourly, minimum_wage, needs_checking
from workbench.store import lab


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


@pytest.mark.parametrize(
    ("day", "covered"),
    [(date(2026, 7, 1), True), (date(2026, 12, 31), True), (date(2027, 1, 1), False)],
)
def test_a_row_covers_its_own_half_of_the_year(day: date, covered: bool) -> None:
    """From the first day of the next half on the lab is told."""
    assert is_covered(day) is covered


NEW = {"since": "2027-01-01", "hourly": "15,21", "source": "Staatscourant 2026, 12345"}


def test_a_manager_adds_a_row_and_one_of_the_same_day_takes_its_place(ctx: Context) -> None:
    """The amount that nobody had seen officially is checked now; the later one waits for its day."""
    ctx.db.write(lambda connection: lab.set_up(connection, name="Proeflab", time_zone="Europe/Amsterdam", now=ctx.now()))
    mia = person(ctx, "Mia", Role.MANAGER)
    seen = {"since": "2026-07-01", "hourly": "14.99", "source": "Staatscourant 2026, 1"}
    for given in (NEW, seen):
        minimum_wages.add(ctx, given, mia)
    table = ctx.db.read(minimum_wages.table)
    assert len(table) == len(MINIMUM_WAGES) + 1
    assert not needs_checking(date(2026, 11, 28), table)
    assert minimum_hourly(date(2026, 12, 31), table) == Decimal("14.99")
    assert minimum_hourly(date(2027, 1, 1), table) == Decimal("15.21")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"since": "soon"}, "since"),
        ({"since": "2023-01-01"}, "since"),
        ({"hourly": "much"}, "hourly"),
        ({"hourly": "1.521"}, "hourly"),
        ({"hourly": "1.52"}, "hourly"),
        ({"hourly": "152.10"}, "hourly"),
        ({"source": " "}, "source"),
    ],
)
def test_a_row_that_is_typed_wrong_is_not_kept(wrong: dict[str, str], field: str) -> None:
    """A floor that is too low, or too high, by one key would reach every price."""
    with pytest.raises(Invalid) as told:
        minimum_wages.read_row(NEW | wrong, MINIMUM_WAGES)
    assert told.value.field == field
