"""When there is work and when there is a break: rules without a database."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.test_timetable import MONDAY, WEEK, ZONE, at, clock
from workbench import pacing
from workbench.domain import MINUTE_MS, Block
from workbench.pacing import Day, Rhythm, decide
from workbench.timetable import Agreed, Stretch, day_plan, free_day

FREE = Day(ZONE, free_day(MONDAY, ZONE), free=True)
GROUP = Day(ZONE, day_plan(WEEK, MONDAY, ZONE), again_ms=at("23:00"))


def block(kind: str, start: str, planned: str, ended: str | None = None, reason: str | None = None) -> Block:
    """Somebody's last block."""
    return Block(1, 1, kind, at(start), at(planned), at(ended) if ended else None, reason)


def told(decision: pacing.Decision) -> str:
    """What holds, until when, and what is written down."""
    words = decision.kind + (f" until {clock(decision.until_ms)}" if decision.until_ms else "")
    if decision.starts and decision.from_ms:
        words += f", from {clock(decision.from_ms)}"
    if decision.ended_ms:
        words += f", ended {clock(decision.ended_ms)}"
    if decision.rested:
        words += f", rested {clock(decision.rested[0])}-{clock(decision.rested[1])}"
    return words


@pytest.mark.parametrize(
    ("latest", "now", "active", "expected"),
    [
        (None, "09:10", None, "work until 09:55, from 09:10"),
        (block("work", "09:00", "09:45"), "09:44", None, "work until 09:45"),
        (block("work", "09:00", "09:45"), "09:45", None, "break until 10:00, from 09:45, ended 09:45"),
        (block("work", "09:00", "09:45"), "09:47", "09:47", "break until 10:02, from 09:47, ended 09:47"),
        (block("work", "09:00", "09:45"), "10:30", "09:50", "work until 11:15, from 10:30, ended 09:50, rested 09:50-10:05"),
        (block("work", "09:00", "09:45"), "09:59", "09:59", "break until 10:14, from 09:59, ended 09:59"),
        (block("work", "09:00", "09:45"), "09:59", "09:40", "break until 10:00, from 09:45, ended 09:45"),
        (block("work", "23:10", "23:55"), "23:55", "23:55", "break until 00:10, from 23:55, ended 23:55"),
        (block("work", "09:00", "09:45"), "10:20", "10:20", "work until 11:05, from 10:20, ended 09:45, rested 09:45-10:00"),
        (block("break", "09:45", "10:00"), "09:59", None, "break until 10:00"),
        (block("break", "09:45", "10:00"), "10:10", None, "work until 10:55, from 10:10, ended 10:00"),
        (block("work", "09:00", "09:45", "09:20", "stop"), "09:30", None, "over"),
        (block("work", "09:00", "09:45", "09:44", "went on"), "09:46", None, "break until 09:59, from 09:44"),
        (block("work", "09:00", "09:45", "09:44", "went on"), "10:00", None, "work until 10:45, from 10:00"),
        (None, "23:50", None, "work until 00:35, from 23:50"),
    ],
)
def test_without_a_timetable_the_rhythm_counts_from_the_first_call(latest, now: str, active, expected: str) -> None:
    """45 and 15; the running microtask is finished first; who was away has rested, also with a question open."""
    assert told(decide(latest, FREE, at(now), at(active) if active else None)) == expected


@pytest.mark.parametrize(
    ("latest", "now", "expected"),
    [
        (block("work", "-1:15", "00:00"), "00:01", "break until 00:16, from 00:01, ended 00:01"),
        (block("work", "-1:15", "00:00", "-1:59", "went on"), "00:01", "break until 00:14, from 23:59"),
        (block("work", "-1:40", "00:25"), "00:10", "work until 00:25"),
        (block("work", "-1:15", "00:00"), "00:30", "work until 01:15, from 00:30, ended 00:00"),
        (block("work", "-1:15", "00:00", "-1:59", "stop"), "00:20", "work until 01:05, from 00:20"),
    ],
)
def test_midnight_is_no_rest(latest, now: str, expected: str) -> None:
    """Who works on into the next day has their break there too; who had one, or stopped, begins a new day."""
    assert told(decide(latest, FREE, at(now), at(now))) == expected


def test_a_break_over_midnight_begins_after_the_question_that_was_running() -> None:
    """As by day: not where it was planned."""
    latest = block("work", "-1:07", "-1:52")
    assert told(decide(latest, FREE, at("00:08"), at("00:03"))) == "break until 00:18, from 00:03, ended 00:03"


@pytest.mark.parametrize("day", [FREE, GROUP])
@pytest.mark.parametrize(
    "latest",
    [
        block("work", "10:20", "10:45"),
        block("work", "10:20", "10:45", "10:45", "went on"),
        block("break", "34:00", "34:15"),
        block("work", "9000:00", "9000:45", "9000:45", "away"),
    ],
)
def test_nobody_waits_for_a_moment_that_a_clock_put_back_takes_away(latest, day: Day) -> None:
    """A machine that thought it was later, for an hour or a year: work begins as if that block had not been."""
    assert told(decide(latest, day, at("09:10"))) == told(decide(None, day, at("09:10")))


@pytest.mark.parametrize(
    ("latest", "now", "active", "expected"),
    [
        (None, "08:40", None, "early until 09:00"),
        (None, "09:20", None, "work until 09:45, from 09:20"),
        (None, "09:50", None, "break until 10:00, from 09:50"),
        (block("work", "09:00", "09:45"), "09:48", "09:48", "break until 10:00, from 09:48, ended 09:48"),
        (block("work", "09:00", "09:45"), "09:56", "09:56", "break until 10:06, from 09:56, ended 09:56"),
        (block("work", "09:00", "09:45"), "10:03", "09:58", "break until 10:08, from 09:58, ended 09:58"),
        (block("work", "09:00", "09:45"), "10:02", "10:02", "work until 10:45, from 10:02, ended 09:45, rested 09:45-10:00"),
        (block("work", "09:00", "09:45"), "10:11", "09:58", "work until 10:45, from 10:11, ended 09:58, rested 09:58-10:08"),
        (block("work", "09:00", "09:45"), "10:11", "09:47", "work until 10:45, from 10:11, ended 09:47, rested 09:47-10:00"),
        (block("work", "11:00", "11:45"), "12:50", "12:50", "break until 13:00, from 11:45, ended 11:45"),
        (block("work", "09:00", "09:45"), "10:50", None, "break until 11:00, from 10:50, ended 09:45, rested 09:45-10:00"),
        (block("work", "09:00", "09:45"), "10:03", "09:40", "work until 10:45, from 10:03, ended 09:45, rested 09:45-10:00"),
        (block("break", "09:45", "10:00"), "10:00", None, "work until 10:45, from 10:00, ended 10:00"),
        (block("break", "09:45", "10:20", None, "longer"), "10:10", None, "break until 10:20"),
        (block("break", "09:45", "10:20", None, "longer"), "10:21", None, "work until 10:45, from 10:21, ended 10:20"),
        (block("work", "15:00", "15:45"), "15:46", "15:46", "over until 23:00, ended 15:46"),
        (block("work", "09:00", "09:45", "09:30", "stop"), "10:05", None, "over until 23:00"),
        (block("work", "09:00", "09:45", "09:30", "went on"), "10:05", None, "work until 10:45, from 10:05"),
    ],
)
def test_by_the_timetable_breaks_fall_for_the_whole_group(latest, now: str, active, expected: str) -> None:
    """
    Late comers begin in the middle; who finishes late still has ten minutes; a stretched break is no lateness.

    Who left a question open, had their break, and sends it when they are back, is not sent into a second one.
    """
    assert told(decide(latest, GROUP, at(now), at(active) if active else None)) == expected


@pytest.mark.parametrize(
    ("latest", "now", "worked", "expected"),
    [
        (None, "09:10", 0, "work until 09:55, from 09:10"),
        (block("break", "09:45", "10:00"), "10:00", 45, "work until 10:45, from 10:00, ended 10:00"),
        (block("break", "09:20", "09:35"), "09:35", 20, "work until 10:20, from 09:35, ended 09:35"),
        (block("break", "10:20", "10:35"), "10:35", 65, "work until 11:00, from 10:35, ended 10:35"),
        (block("work", "10:00", "10:45"), "10:47", 90, "over, ended 10:45"),
        (block("break", "10:43", "10:58"), "10:58", 88, "over, ended 10:58"),
    ],
)
def test_without_a_timetable_so_many_blocks_end_the_day_too(latest, now: str, worked: int, expected: str) -> None:
    """Two were agreed: an early break takes nothing off them, and none begins for the last two minutes."""
    two = replace(FREE, rhythm=Rhythm(most_blocks=2), worked_ms=worked * MINUTE_MS)
    assert told(decide(latest, two, at(now))) == expected


def test_a_talk_after_the_last_agreed_block_is_not_missed() -> None:
    """The day is not called over while something is planned in it still."""
    talk = [Stretch("talk", at("13:00"), at("14:00"))]
    plan = free_day(MONDAY, ZONE, planned=talk)
    one = Day(ZONE, plan, Rhythm(most_blocks=1), free=True, worked_ms=45 * MINUTE_MS)
    worked = block("work", "09:00", "09:45")
    assert [told(decide(worked, one, at(now))) for now in ("09:45", "13:05", "14:05")] == [
        "early until 13:00, ended 09:45",
        "talk until 14:00, from 13:05, ended 09:45",
        "over, ended 09:45",
    ]


def test_somebody_who_went_home_early_worked_until_then() -> None:
    """The next day closes the block where its person was last heard; a few minutes before the end are not counted."""
    yesterday = Block(1, 1, "work", at("09:00") - 86_400_000, at("09:45") - 86_400_000, None)
    left, stayed = at("09:20") - 86_400_000, at("09:41") - 86_400_000
    assert decide(yesterday, GROUP, at("09:00"), left).ended_ms == left
    assert decide(yesterday, GROUP, at("09:00"), stayed).ended_ms == yesterday.planned_end_ms


def test_a_break_that_is_taken_early_joins_the_coffee_of_the_group() -> None:
    """At ten past nine it is a quarter of an hour; at half past nine it goes on until the group's is over."""
    assert [clock(pacing.break_until(GROUP, at(now))) for now in ("09:10", "09:30", "09:40")] == ["09:25", "10:00", "10:00"]
    assert clock(pacing.break_until(Day(ZONE, FREE.plan, Rhythm(break_ms=20 * MINUTE_MS), free=True), at("09:10"))) == "09:30"


def test_no_break_lasts_longer_than_the_day() -> None:
    """It would count as hours, and its page would say when to go on with a day that is over by then."""
    agreed = Day(ZONE, free_day(MONDAY, ZONE, Agreed(end_minute=15 * 60 + 30)), free=True)
    short = Day(ZONE, [Stretch("break", at("15:30"), at("15:38")), Stretch("work", at("15:38"), at("15:40"))])
    assert [clock(pacing.break_until(each, at("15:25"))) for each in (GROUP, agreed, FREE)] == ["15:40", "15:30", "15:40"]
    assert [clock(pacing.break_until(each, at("15:35"))) for each in (GROUP, FREE)] == ["15:45", "15:50"]
    assert [clock(pacing.longer_until(GROUP, at(end), at("15:32"))) for end in ("15:31", "15:40")] == ["15:42", "15:45"]
    assert (
        told(decide(block("work", "15:00", "15:30"), short, at("15:39"), at("15:39")))
        == "break until 15:40, from 15:39, ended 15:39"
    )
    assert told(decide(block("work", "14:40", "15:25"), agreed, at("15:26"))) == "break until 15:30, from 15:25, ended 15:25"
    assert clock(pacing.break_until(FREE, at("23:50"))) == clock(pacing.longer_until(FREE, at("23:55"), at("23:50"))) == "00:05"


@pytest.mark.parametrize(
    ("now", "soon", "left"), [("09:39", False, 6), ("09:40", True, 5), ("09:45", True, 0), ("09:50", True, 0)]
)
def test_a_soft_sign_comes_five_minutes_before_the_break(now: str, soon: bool, left: int) -> None:
    """And stays while the last microtask is finished."""
    running = block("work", "09:00", "09:45")
    assert (pacing.almost_over(running, at(now)), pacing.left_ms(running, at(now))) == (soon, left * MINUTE_MS)


def test_no_soft_sign_in_a_break_or_after_it() -> None:
    """Only work ends with one."""
    assert not any(pacing.almost_over(each, at("09:59")) for each in (None, block("break", "09:45", "10:00")))
