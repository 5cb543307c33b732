"""A person's day out of the group's week and what was agreed."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from workbench.domain import MINUTE_MS
from workbench.errors import Invalid
from workbench.timetable import Agreed, Stretch, checked, day_plan, free_day, moment, usual_week

ZONE = "Europe/Amsterdam"
MONDAY = date(2026, 11, 23)
WEEK = usual_week()


def clock(ms: int) -> str:
    """What the clock in the lab says."""
    return datetime.fromtimestamp(ms / 1000, ZoneInfo(ZONE)).strftime("%H:%M")


def told(stretches) -> list[str]:
    """Each stretch as a word."""
    return [f"{each.kind} {clock(each.start_ms)}-{clock(each.end_ms)}" for each in stretches]


def at(text: str, day: date = MONDAY) -> int:
    """The moment of this time of day."""
    hours, minutes = text.split(":")
    return moment(day, int(hours) * 60 + int(minutes), ZONE)


def test_the_usual_day_has_coffee_lunch_and_tea() -> None:
    """Blocks of 45 and 15 from nine to four, and no break at the end."""
    assert told(day_plan(WEEK, MONDAY, ZONE)) == [
        "work 09:00-09:45",
        "break 09:45-10:00",
        "work 10:00-10:45",
        "break 10:45-11:00",
        "work 11:00-11:45",
        "break 11:45-13:00",
        "work 13:00-13:45",
        "break 13:45-14:00",
        "work 14:00-14:45",
        "break 14:45-15:00",
        "work 15:00-15:45",
    ]


@pytest.mark.parametrize(
    ("agreed", "expected"),
    [
        (Agreed(half="off"), []),
        (Agreed(half="morning", start_minute=10 * 60), ["work 10:00-10:45", "break 10:45-11:00", "work 11:00-11:45"]),
        (Agreed(half="afternoon", most_blocks=1), ["work 13:00-13:45"]),
        (Agreed(half="afternoon", end_minute=14 * 60 + 20), ["work 13:00-13:45", "break 13:45-14:00", "work 14:00-14:20"]),
        (
            Agreed(half="afternoon", work_ms=20 * MINUTE_MS, break_ms=10 * MINUTE_MS, most_blocks=3),
            [
                *("work 13:00-13:20", "break 13:20-13:30", "work 13:30-13:45", "break 13:45-14:00", "work 14:00-14:20"),
            ],
        ),
        (
            Agreed(half="afternoon", break_ms=25 * MINUTE_MS),
            ["work 13:00-13:45", "break 13:45-14:10", "work 14:10-14:45", "break 14:45-15:10", "work 15:10-15:45"],
        ),
    ],
    ids=["day off", "arrives at ten", "one block", "leaves early", "shorter blocks", "longer breaks"],
)
def test_a_person_differs_from_the_group(agreed: Agreed, expected: list[str]) -> None:
    """What was agreed changes the day, and the breaks of the group stay where they are."""
    assert told(day_plan(WEEK, MONDAY, ZONE, agreed)) == expected


def test_a_training_comes_in_the_place_of_what_is_there() -> None:
    """It cuts the work around it; the rest of the day stays."""
    training = Stretch("training", at("13:30"), at("14:15"), "Subtitles")
    assert told(day_plan(WEEK, MONDAY, ZONE, Agreed(half="afternoon"), [training])) == [
        "work 13:00-13:30",
        "training 13:30-14:15",
        "work 14:15-14:45",
        "break 14:45-15:00",
        "work 15:00-15:45",
    ]


def test_a_day_without_timetable_has_work_all_day_but_for_what_was_planned() -> None:
    """Programs and people without a group work whenever they come."""
    talk = Stretch("talk", at("10:00"), at("10:30"))
    assert told(free_day(MONDAY, ZONE)) == ["work 00:00-00:00"]
    assert told(free_day(MONDAY, ZONE, Agreed(half="morning"), [talk])) == [
        "work 00:00-10:00",
        "talk 10:00-10:30",
        "work 10:30-12:30",
    ]
    assert free_day(MONDAY, ZONE, Agreed(half="off")) == ()


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 30), date(2026, 10, 26)])
def test_a_block_keeps_its_place_on_the_clock_when_the_clock_changes(day: date) -> None:
    """Nine o'clock is nine o'clock in summer and in winter, and on the day between."""
    lines = [{"weekday": day.weekday(), "kind": "work", "start_minute": 540, "minutes": 45}]
    assert told(day_plan(lines, day, ZONE)) == ["work 09:00-09:45"]


def test_an_hour_that_does_not_exist_and_one_that_comes_twice() -> None:
    """A night shift is an hour shorter or longer, and no moment is lost."""
    assert clock(moment(date(2026, 3, 29), 2 * 60 + 30, ZONE)) == "03:30"
    night = moment(date(2026, 10, 25), 4 * 60, ZONE) - moment(date(2026, 10, 25), 60, ZONE)
    assert night == 4 * 60 * MINUTE_MS


@pytest.mark.parametrize(
    "lines",
    [
        [{"weekday": 7, "kind": "work", "start_minute": 540, "minutes": 45}],
        [{"weekday": 0, "kind": "sleep", "start_minute": 540, "minutes": 45}],
        [{"weekday": 0, "kind": "work", "start_minute": 1430, "minutes": 45}],
        [{"weekday": 0, "kind": "work", "start_minute": 540, "minutes": 0}],
        [{"weekday": 0, "kind": "work"}],
        [
            {"weekday": 0, "kind": "work", "start_minute": 540, "minutes": 45},
            {"weekday": 0, "kind": "break", "start_minute": 580, "minutes": 15},
        ],
    ],
)
def test_a_week_that_cannot_be_is_refused(lines) -> None:
    """Each with a sentence that says what to do."""
    with pytest.raises(Invalid):
        checked(lines)


@given(
    day=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    agreed=st.builds(
        Agreed,
        half=st.sampled_from(["whole", "morning", "afternoon", "off"]),
        work_ms=st.none() | st.integers(5, 60).map(lambda minutes: minutes * MINUTE_MS),
        break_ms=st.none() | st.integers(5, 40).map(lambda minutes: minutes * MINUTE_MS),
        start_minute=st.none() | st.integers(8 * 60, 14 * 60),
        end_minute=st.none() | st.integers(11 * 60, 17 * 60),
        most_blocks=st.none() | st.integers(1, 6),
    ),
    extra=st.none() | st.tuples(st.integers(8 * 60, 17 * 60), st.integers(5, 120)),
)
@examples(300)
def test_any_day_is_whole(day: date, agreed: Agreed, extra) -> None:
    """Whatever was agreed: in order, without holes, no break at either end, no work longer or break shorter than agreed."""
    planned = [Stretch("training", moment(day, extra[0], ZONE), moment(day, sum(extra), ZONE))] if extra else []
    plan = day_plan(WEEK, day, ZONE, agreed, planned)
    assert all(one.end_ms == other.start_ms for one, other in pairwise(plan))
    assert all(each.start_ms < each.end_ms for each in plan)
    assert not plan or (plan[0].kind != "break" and plan[-1].kind != "break")
    work = [each for each in plan if each.kind == "work"]
    assert all(each.end_ms - each.start_ms <= (agreed.work_ms or 45 * MINUTE_MS) for each in work)
    assert agreed.most_blocks is None or len(work) <= agreed.most_blocks
    if agreed.break_ms:  # a break that ends where something else than work begins cannot grow
        pairs = [(one, other) for one, other in pairwise(plan) if one.kind == "break" and other.kind == "work"]
        assert all(one.end_ms - one.start_ms >= agreed.break_ms for one, _ in pairs)
