"""The sign that a pace differs: exact on small numbers, and seldom there by chance."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from workbench import drift

HALF_A_YEAR = 125  # working days


def test_the_chance_is_the_share_of_all_orders() -> None:
    """Counted by hand over every way to choose, with a tie."""
    few, many = [5.0, 6.0, 6.0], [1.0, 2.0, 3.0, 6.0]
    everything = [*few, *many]
    rank = {value: sum(2 * (other < value) + (other == value) for other in everything) + 1 for value in everything}
    sums = [sum(rank[value] for value in chosen) for chosen in combinations(everything, 3)]
    mean = 3 * 8
    far = [each for each in sums if abs(each - mean) >= abs(sum(rank[value] for value in few) - mean)]
    assert drift.rank_sum_p(few, many) == pytest.approx(len(far) / len(sums))


def test_a_clear_change_is_a_sign_in_both_directions() -> None:
    """Half as slow again, or a third faster, for five days."""
    usual = [30 + day % 5 for day in range(15)]
    slower, faster = drift.look([*usual, 45, 46, 44, 47, 48]), drift.look([*usual, 20, 21, 19, 22, 20])
    assert slower is not None
    assert faster is not None
    assert (slower.now_seconds, slower.usual_seconds) == (46, 32)
    assert slower.p_value == pytest.approx(1 / 15504), "only one order is as far away: ties at the low end"


def test_nothing_is_said_of_a_small_change_or_of_few_days() -> None:
    """A tenth slower is no news, and four days or fourteen before them say nothing."""
    usual = [30.0] * 15
    assert drift.look([*usual, 33, 33, 33, 33, 33]) is None
    assert drift.look([*usual[:14], 60, 60, 60, 60, 60]) is None
    assert drift.look([*usual, 60, 60, 60, 60]) is None


def test_false_alarms_are_rare() -> None:
    """
    People whose pace never changes, looked at once in five days for half a year: about one in twenty gets a sign.

    Days vary by a quarter (log-normal), far more than the difference that is looked for needs.
    """
    rng = random.Random(20261123)
    people, alarmed = 600, 0
    for _ in range(people):
        days = [30 * rng.lognormvariate(0, 0.25) for _ in range(HALF_A_YEAR)]
        alarmed += any(drift.look(days[:seen]) for seen in range(20, HALF_A_YEAR + 1, drift.RECENT_DAYS))
    assert 0.02 <= alarmed / people <= 0.065


def test_a_change_is_found_mostly() -> None:
    """Days that vary by 15%, then half as slow again: found within five days for most people."""
    rng = random.Random(7)
    found = 0
    for _ in range(200):
        days = [30 * rng.lognormvariate(0, 0.15) for _ in range(40)] + [45 * rng.lognormvariate(0, 0.15) for _ in range(5)]
        found += drift.look(days) is not None
    assert found / 200 > 0.8
