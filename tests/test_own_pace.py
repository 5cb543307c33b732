"""A person's own pace: against their own past only, and silent while there is too little of it."""

from __future__ import annotations

from tests.conftest import MONDAY_NINE
from workbench.domain import DAY_MS, MINUTE_MS
from workbench.own_pace import PaceDay, Timed, paces

AMSTERDAM = "Europe/Amsterdam"


def a_day(number: int, seconds: float, answers: int = 5, kind: str = "rating") -> list[Timed]:
    """So many answers on the n-th day, each taking as long."""
    start = MONDAY_NINE + number * DAY_MS
    return [Timed(kind, start + i * MINUTE_MS, int(seconds * 1000)) for i in range(answers)]


def test_a_day_is_set_against_the_median_of_the_days_before_it() -> None:
    """Five days of 10, 20, 30, 40 and 50 seconds make a usual of 30; the first five days have none."""
    timed = [each for number, seconds in enumerate([10, 20, 30, 40, 50, 25]) for each in a_day(number, seconds)]
    [pace] = paces(timed, AMSTERDAM)
    assert [day.usual_seconds for day in pace.days] == [None] * 5 + [30]
    assert pace.days[-1] == PaceDay("2026-11-28", 5, 25, 30)
    assert pace.enough


def test_four_days_are_not_enough() -> None:
    """No figure to set a day against: the page says "not enough days yet"."""
    [pace] = paces([each for number in range(5) for each in a_day(number, 10)], AMSTERDAM)
    assert not pace.enough


def test_few_answers_make_no_figure() -> None:
    """Four answers of a kind on a day say nothing."""
    assert [pace.days for pace in paces(a_day(0, 10, answers=4), AMSTERDAM)] == [[]]


def test_without_a_measured_time_the_time_since_the_answer_before_counts_and_a_pause_does_not() -> None:
    """By voice or program nothing is measured on a page."""
    moments = [0, 1, 2, 3, 4, 5, 60]
    [pace] = paces([Timed("rating", MONDAY_NINE + each * MINUTE_MS, None) for each in moments], AMSTERDAM)
    assert pace.days == [PaceDay("2026-11-23", 5, 60, None)]


def test_kinds_of_work_are_apart() -> None:
    """A slow kind of work makes nobody slow."""
    found = paces([*a_day(0, 10), *a_day(1, 90, kind="transcription")], AMSTERDAM)
    assert [(pace.kind, pace.days[0].seconds) for pace in found] == [("rating", 10), ("transcription", 90)]
