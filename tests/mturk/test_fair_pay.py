"""Fair pay: nobody's hour is under the floor, whatever the mean says."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mturk_bridge import fair_pay, money, pricing
from mturk_bridge.fair_pay import Floor, Worked, activity, bonuses, due_cents, estimate, hourly_eur, quote, reward_for
from tests import builders
from tests.mturk.endpoint import with_requester
from workbench import minimum_wages
from workbench.context import Context
from workbench.domain import Role
from workbench.store import lab

FLOOR = Floor(Decimal("14.99"), Decimal("1.15"))  # 17.2385 dollars an hour
MINUTE = 60_000


def test_a_minute_costs_a_sixtieth_of_the_floor_rounded_up() -> None:
    """17.2385 / 60 = 0.2873…: 29 cents, because a rounding never takes anything from a worker."""
    assert reward_for(60, FLOOR) == 29
    assert reward_for(0, FLOOR) == 0
    assert reward_for(3600, FLOOR) == 1724


def test_a_pause_of_more_than_five_minutes_is_told_apart() -> None:
    """Thinking is work; a walk is not on this bill."""
    moments = [0, 2 * MINUTE, 7 * MINUTE, 30 * MINUTE, 31 * MINUTE]
    found = activity(moments)
    assert (found.active_seconds, found.idle_seconds) == (8 * 60, 23 * 60)


def test_own_report_counts_where_it_is_longer() -> None:
    """A screen reader user who listens offline knows better than the page."""
    assert Worked("a", 100, 160).paid_seconds == 160
    assert Worked("a", 100, 60).paid_seconds == 100
    assert Worked("a", 100).paid_seconds == 100


def test_returned_and_failed_work_is_paid_too() -> None:
    """Two minutes on something that was given back are two minutes."""
    work = [Worked("a", 60), Worked("a", 120, ending="returned"), Worked("b", 30, ending="failed")]
    assert due_cents(work, FLOOR) == {"a": reward_for(180, FLOOR), "b": reward_for(30, FLOOR)}


def test_the_bonus_goes_to_each_person_who_is_under_the_floor() -> None:
    """The mean is fine here; the slower worker is not, and gets what is short."""
    work = [Worked("fast", 30), Worked("slow", 120)]
    paid = {"fast": 29, "slow": 29}
    assert bonuses(work, paid, FLOOR) == {"slow": reward_for(120, FLOOR) - 29}
    assert bonuses(work, {**paid, "slow": 58}, FLOOR) == {}


def test_a_quote_is_priced_from_the_upper_end_of_its_interval() -> None:
    """Who prices by the mean is under the floor half of the time."""
    found = quote([40, 60, 80, 50, 70], FLOOR)
    assert found.low_seconds < found.mean_seconds == 60 < found.high_seconds
    assert found.reward_cents == reward_for(found.high_seconds, FLOOR)
    drawn = fair_pay._interval.cache_info().misses
    assert quote([40, 60, 80, 50, 70], FLOOR) == found
    assert fair_pay._interval.cache_info().misses == drawn  # between two answers nothing is drawn anew
    with pytest.raises(ValueError, match="at least one"):
        quote([], FLOOR)


def test_pay_per_hour_is_promised_rounded_down() -> None:
    """29 cents a minute are 17.40 dollars an hour: 15.13 euros."""
    assert hourly_eur(29, 60, Decimal("1.15")) == Decimal("15.13")
    assert hourly_eur(29, 0, Decimal("1.15")) == 0


def test_an_estimate_before_anybody_was_measured_is_generous() -> None:
    """A yes-or-no under a line of text takes 20 seconds; a page of 120 words with a long answer 105."""
    assert estimate(10, 1) == 20
    assert estimate(120, 1, 1) == 105


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.floats(0, 5000), st.none() | st.floats(0, 5000)),
        max_size=20,
    ),
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 5000)),
)
def test_after_the_bonuses_nobody_is_under_the_floor(rows: list[tuple[str, float, float | None]], paid: dict[str, int]) -> None:
    """Reward and bonus together are at least active time × floor, for each worker."""
    work = [Worked(person, active, said) for person, active, said in rows]
    extra = bonuses(work, paid, FLOOR)
    for person in {each.person for each in work}:
        hours = sum(Decimal(str(each.paid_seconds)) for each in work if each.person == person) / 3600
        got = Decimal(paid.get(person, 0) + extra.get(person, 0)) / 100
        assert got >= hours * FLOOR.hourly_usd - Decimal("0.0000001")


@given(st.integers(0, 10**9))
def test_money_survives_its_text(amount: int) -> None:
    """Cents become dollars of the protocol's pattern, and come back the same."""
    assert money.cents(money.dollars(amount)) == amount


@pytest.mark.parametrize(("text", "amount"), [("0.5", 50), ("12", 1200), ("3.", 300), ("0.07", 7)])
def test_money_is_read_as_requesters_write_it(text: str, amount: int) -> None:
    """One decimal, none, or a lone point: the pattern allows all three."""
    assert money.cents(text) == amount


def test_the_floor_follows_an_amount_that_a_manager_added(ctx: Context) -> None:
    """From its day on, for all that comes in."""
    ctx.db.write(lambda connection: lab.set_up(connection, name="Proeflab", time_zone="Europe/Amsterdam", now=ctx.now()))
    with_requester(ctx)
    added = {"since": "2026-10-01", "hourly": "15.50", "source": "Staatscourant"}
    minimum_wages.add(ctx, added, builders.person(ctx, "Mia", Role.MANAGER))
    assert ctx.db.read(lambda connection: pricing.floor_of(connection, ctx.now())).hourly_eur == Decimal("15.50")
