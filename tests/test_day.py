"""A worker's day through the real doors: breaks by the timetable, breaks asked for, work chosen, enough of a topic."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import pytest

from tests.builders import add_texts, key, person, rating, rows
from tests.conftest import Clock
from tests.test_assign import all_texts, answer, take
from tests.test_timetable import WEEK, ZONE, at, clock
from workbench import assign, day, planning, submit
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Person
from workbench.errors import NotFound, NotNow
from workbench.person_view import day_lines
from workbench.store import blocks, groups, own_work, plans
from workbench.web.day import standing


def in_group(ctx: Context, *members: Person, week=WEEK) -> None:
    """They share a timetable."""

    def write(connection) -> None:
        group = groups.add_group(connection, name="Red", now=1)
        groups.set_timetable(connection, group.id, week, from_day="2026-01-01", by=None, now=1)
        groups.set_members(connection, group.id, [each.id for each in members], now=1)

    ctx.db.write(write)


def refused(ctx: Context, who: Person) -> tuple[str, str | None, str | None]:
    """Why there is no work now, until when, and what there is instead."""
    with pytest.raises(NotNow) as stop:
        take(ctx, who)
    return stop.value.reason, clock(stop.value.until_ms) if stop.value.until_ms else None, stop.value.block


def lived(ctx: Context, who: Person) -> list[str]:
    """The day as it is written down."""
    found = ctx.db.read(lambda connection: blocks.between(connection, who.id, 0, 2**62))
    ends = [clock(each.ended_ms) if each.ended_ms else "" for each in found]
    return [f"{each.kind} {clock(each.started_ms)}-{end}" for each, end in zip(found, ends, strict=True)]


def test_a_day_in_a_group(each_db_ctx: Context, clock: Clock) -> None:
    """Not before nine; coffee together at a quarter to ten; whoever works on a little rests ten minutes all the same."""
    ctx = each_db_ctx
    noor, sem = person(ctx), person(ctx, "Sem")
    rating(ctx, texts=[f"t{number}" for number in range(20)])
    in_group(ctx, noor, sem)
    clock.now_ms = at("08:50")
    assert refused(ctx, noor) == ("break", "09:00", "early")
    clock.now_ms = at("09:00")
    held = assign.next_assignments(ctx, noor)[0]
    clock.now_ms = at("09:25")
    assert take(ctx, sem)  # late, and nobody says so
    clock.now_ms = at("09:45")
    assert refused(ctx, sem) == ("break", "10:00", "break")
    clock.now_ms = at("09:53")
    submit.submit(ctx, noor, held.public_id, {"value": 3}, key=key(), via="page")
    assert refused(ctx, noor) == ("break", "10:03", "break")
    clock.now_ms = at("10:00")
    assert take(ctx, sem)
    assert refused(ctx, noor)[1] == "10:03"
    clock.now_ms = at("10:03")
    assert take(ctx, noor)
    clock.now_ms = at("16:30")
    assert refused(ctx, noor) == ("day over", "09:00", "over")
    assert lived(ctx, noor) == ["work 09:00-09:53", "break 09:53-10:03", "work 10:03-10:45"]
    assert lived(ctx, sem) == ["work 09:25-09:45", "break 09:45-10:00", "work 10:00-"]


def test_a_question_that_is_given_back_late_leaves_a_break_too(each_db_ctx: Context, clock: Clock) -> None:
    """Whoever sat with it until three minutes before the end of the group's break rests ten minutes, as after an answer."""
    ctx = each_db_ctx
    noor = person(ctx)
    rating(ctx)
    in_group(ctx, noor)
    clock.now_ms = at("09:00")
    held = assign.next_assignments(ctx, noor)[0]
    clock.now_ms = at("09:57")
    submit.give_back(ctx, noor, held.public_id, reason="unclear", key=key())
    assert refused(ctx, noor) == ("break", "10:07", "break")
    assert lived(ctx, noor) == ["work 09:00-09:57", "break 09:57-"]


def test_a_training_is_a_block_without_questions(ctx: Context, clock: Clock) -> None:
    """Who presses start at that time is at the training; it counts as such."""
    noor = person(ctx)
    rating(ctx)
    in_group(ctx, noor)
    ctx.db.write(
        lambda c: plans.plan_block(
            c, kind="training", title="Subtitles", start_ms=at("10:00"), end_ms=at("10:45"), person_id=noor.id, by=None, now=1
        )
    )
    clock.now_ms = at("10:05")
    assert refused(ctx, noor) == ("break", "10:45", "training")
    assert lived(ctx, noor) == ["training 10:05-"]


def test_what_is_planned_late_on_the_day_of_25_hours_is_in_its_plan(ctx: Context) -> None:
    """The clock goes back on 25 October: its last hour is of that day."""
    noor, sunday = person(ctx), date(2026, 10, 25)
    talk = {"kind": "talk", "title": "Stars", "start_ms": at("23:15", sunday), "end_ms": at("23:45", sunday)}
    ctx.db.write(lambda c: plans.plan_block(c, **talk, person_id=noor.id, by=None, now=1))
    plan, _ = ctx.db.read(lambda c: planning.plan_of(c, noor.id, sunday, ZONE))
    assert [each.title for each in plan] == ["", "Stars", ""]


def test_half_days_and_days_off_end_the_day(ctx: Context, clock: Clock) -> None:
    """Also for somebody without a group."""
    noor = person(ctx)
    rating(ctx)
    days = ["morning", "off", *["whole"] * 5]
    ctx.db.write(lambda c: plans.set_week(c, noor.id, days, by=None, now=1))
    clock.now_ms = at("13:00")
    assert refused(ctx, noor) == ("day over", None, "over")
    clock.now_ms = at("10:00", date(2026, 11, 24))
    assert refused(ctx, noor)[0] == "day over"
    clock.now_ms = at("10:00", date(2026, 11, 25))
    assert take(ctx, noor) == "a"


def test_what_was_agreed_holds_from_the_next_block_on(ctx: Context, clock: Clock) -> None:
    """Shorter blocks, without a word to anybody."""
    noor = person(ctx)
    rating(ctx)
    changes = {"work_minutes": 20, "break_minutes": 25}
    ctx.db.write(lambda c: plans.add_adjustment(c, noor.id, changes, from_day="2026-11-01", agreed_with=None, now=1))
    take(ctx, noor)
    clock.forward(minutes=20)
    assert refused(ctx, noor)[1] == "10:45"


def test_so_many_blocks_a_day_hold_without_a_timetable_too(each_db_ctx: Context, clock: Clock) -> None:
    """Two blocks of twenty minutes, one of them with a break in the middle; the next day again."""
    ctx = each_db_ctx
    noor = person(ctx)
    rating(ctx)
    changes = {"work_minutes": 20, "most_blocks": 2}
    ctx.db.write(lambda c: plans.add_adjustment(c, noor.id, changes, from_day="2026-11-01", agreed_with=None, now=1))
    take(ctx, noor)
    clock.forward(minutes=10)
    day.take_break(ctx, noor)
    clock.forward(minutes=20)
    take(ctx, noor)
    clock.forward(minutes=20)
    assert refused(ctx, noor) == ("break", "11:05", "break")
    clock.forward(minutes=15)
    take(ctx, noor)
    clock.forward(minutes=10)
    assert refused(ctx, noor) == ("day over", None, "over")
    assert lived(ctx, noor)[::2] == ["work 10:00-10:10", "work 10:30-10:50", "work 11:05-11:15"]
    clock.forward(minutes=24 * 60)
    assert take(ctx, noor)


def test_a_break_is_taken_stretched_and_undone(each_db_ctx: Context, clock: Clock) -> None:
    """At once and at any time; by mistake it is undone; there is no work to get, and what is open stays open."""
    ctx = each_db_ctx
    noor = person(ctx)
    rating(ctx)
    held = assign.next_assignments(ctx, noor)[0]
    clock.forward(minutes=10)
    day.take_break(ctx, noor)
    day.go_on(ctx, noor)
    assert take(ctx, noor) == "a"
    clock.forward(minutes=10)
    until = day.take_break(ctx, noor)
    assert day.take_break(ctx, noor) == until == clock() + 15 * 60_000
    with pytest.raises(NotNow):
        assign.shown_assignment(ctx, noor, held.public_id)
    assert day.longer_break(ctx, noor) == until + 10 * 60_000
    clock.forward(minutes=15)
    assert refused(ctx, noor)[0] == "break"
    submit.submit(ctx, noor, held.public_id, {"value": 3}, key=key(), via="offline")  # nothing is lost
    clock.forward(minutes=10)
    assert take(ctx, noor) == "b"


def test_a_longer_break_is_never_hours_of_absence(ctx: Context, clock: Clock) -> None:
    """Who was away since their break takes a new one; after the day there is none to stretch."""
    noor = person(ctx)
    rating(ctx)
    in_group(ctx, noor)
    clock.now_ms = at("09:10")
    take(ctx, noor)
    day.take_break(ctx, noor)
    clock.now_ms = at("11:20")
    assert day.longer_break(ctx, noor) == at("11:35")
    clock.now_ms = at("15:40")
    take(ctx, noor)
    day.take_break(ctx, noor)
    clock.now_ms = at("15:50")
    day.longer_break(ctx, noor)
    assert lived(ctx, noor)[1:] == ["break 09:10-09:25", "break 11:20-11:35", "work 15:40-15:40", "break 15:40-15:45"]


def test_what_is_taken_back_makes_no_block_longer(each_db_ctx: Context, clock: Clock) -> None:
    """A break and a stop pressed by mistake: the block goes on until its own end, with its work; then there is a break."""
    ctx = each_db_ctx
    noor = person(ctx)
    rating(ctx)
    take(ctx, noor)
    clock.forward(minutes=35)
    day.take_break(ctx, noor)
    clock.forward(minutes=1)
    day.go_on(ctx, noor)
    clock.forward(minutes=4)
    day.stop_today(ctx, noor)
    day.stop_today(ctx, noor)
    clock.forward(minutes=1)
    day.go_on(ctx, noor)
    assert take(ctx, noor) == "a"
    clock.forward(minutes=2.5)
    day.take_break(ctx, noor)  # in the last two minutes there is nothing to go back to
    clock.forward(minutes=1)
    day.go_on(ctx, noor)
    clock.forward(minutes=1)
    assert refused(ctx, noor) == ("break", "10:58", "break")
    assert lived(ctx, noor) == ["work 10:00-10:35", "break 10:35-10:36", "work 10:36-10:40", "work 10:41-10:43", "break 10:43-"]


def test_what_was_taken_back_is_no_break_on_the_coachs_page(ctx: Context, clock: Clock) -> None:
    """Nor is the mark of somebody who came, and stopped before they began: it shows breaks that were had."""
    noor = person(ctx)
    rating(ctx)
    day.stop_today(ctx, noor)
    day.go_on(ctx, noor)
    take(ctx, noor)
    clock.forward(minutes=10)
    day.take_break(ctx, noor)
    clock.forward(minutes=1)
    day.go_on(ctx, noor)
    clock.forward(minutes=10)
    day.take_break(ctx, noor)
    clock.forward(minutes=20)
    found = ctx.db.read(lambda connection: own_work.blocks(connection, noor.id, since_ms=0))
    [line] = day_lines(found, ZONE, clock())
    assert (line.work_minutes, line.breaks) == (20, 1)


def test_a_stop_at_a_blocks_end_is_taken_back_to_the_break(ctx: Context, clock: Clock) -> None:
    """Not to forty-five new minutes; and who stopped in a break goes back to that break."""
    noor = person(ctx)
    rating(ctx)
    take(ctx, noor)
    clock.forward(minutes=46)
    for _ in range(2):
        day.stop_today(ctx, noor)
        clock.forward(minutes=1)
        day.go_on(ctx, noor)
        assert refused(ctx, noor)[::2] == ("break", "break")
    clock.forward(minutes=14)
    assert take(ctx, noor) == "a"


def test_stop_for_today_ends_the_day_and_can_be_taken_back(each_db_ctx: Context, clock: Clock) -> None:
    """Nobody has to wait for leave; the next day is a new one."""
    ctx = each_db_ctx
    noor = person(ctx)
    rating(ctx)
    take(ctx, noor)
    clock.forward(minutes=10)
    asked, created = day.ask(ctx, noor, "stop_today", key="a" * 8)
    assert (asked.kind, created) == ("stop_today", True)
    assert refused(ctx, noor) == ("day over", None, "over")
    day.go_on(ctx, noor)
    assert take(ctx, noor) == "a"
    day.stop_today(ctx, noor)
    clock.forward(minutes=24 * 60)
    assert take(ctx, noor) == "a"


def test_a_break_after_a_stop_takes_nothing_back(each_db_ctx: Context, clock: Clock) -> None:
    """Somebody who stopped and presses "break", or asks for a longer one, has stopped still."""
    ctx = each_db_ctx
    noor = person(ctx)
    rating(ctx)
    take(ctx, noor)
    clock.forward(minutes=20)
    day.stop_today(ctx, noor)
    assert day.take_break(ctx, noor) == clock()
    day.ask(ctx, noor, "longer_break", key="b" * 8)
    clock.forward(minutes=16)
    assert refused(ctx, noor) == ("day over", None, "over")
    assert lived(ctx, noor) == ["work 10:00-10:20"]


def test_outside_the_day_there_is_no_break_to_count(ctx: Context, clock: Clock) -> None:
    """Ten to nine, ten past four, and a Saturday: what was planned stays, and nothing is written down as hours."""
    noor = person(ctx)
    rating(ctx)
    in_group(ctx, noor)
    clock.now_ms = at("08:50")
    assert day.take_break(ctx, noor) == at("09:00")
    clock.now_ms = at("15:10")
    take(ctx, noor)
    clock.now_ms = at("16:10")
    day.take_break(ctx, noor)
    day.longer_break(ctx, noor)
    clock.now_ms = at("11:00", date(2026, 11, 28))
    day.take_break(ctx, noor)
    assert lived(ctx, noor) == ["work 15:10-15:45"]


def test_going_on_after_all_is_offered_while_there_is_a_day_to_go_on_with(ctx: Context, clock: Clock) -> None:
    """In the evening the start page says when the next day is, and has no button that does nothing."""
    noor = person(ctx)
    rating(ctx)
    in_group(ctx, noor)
    take(ctx, noor)
    day.stop_today(ctx, noor)
    offered = []
    for hour in ("11:00", "15:44", "15:45", "20:00"):
        clock.now_ms = at(hour)
        offered.append(ctx.db.read(lambda connection: standing(connection, noor, clock())).stopped)
    assert offered == [True, True, False, False]


def test_stop_before_the_day_began(ctx: Context) -> None:
    """Somebody who signs in to say that they go home."""
    noor = person(ctx)
    rating(ctx)
    day.stop_today(ctx, noor)
    assert refused(ctx, noor)[0] == "day over"


def test_the_kind_of_work_changes_at_a_blocks_edge_or_when_asked(ctx: Context, clock: Clock) -> None:
    """An older project that gets new work waits until the block is over, unless the worker chooses it."""
    first, _second = rating(ctx, texts=["a1"], name="First"), rating(ctx, texts=["b1", "b2", "b3", "b4"], name="Second")
    noor = person(ctx)
    answer(ctx, noor)
    assert take(ctx, noor) == "b1"
    add_texts(ctx, first, ["a2", "a3"])
    answer(ctx, noor)
    assert take(ctx, noor) == "b2"
    offers = ctx.db.read(lambda connection: day.offers(connection, noor, clock()))
    assert [(each.name, each.now) for each in offers] == [("First", False), ("Second", True)]
    day.choose(ctx, noor, offers[0].step)
    assert take(ctx, noor) == "a2"
    day.choose(ctx, noor, offers[1].step)
    assert take(ctx, noor) in ("b2", "b3")
    with pytest.raises(NotFound):
        day.choose(ctx, noor, "no-such-step")


def test_a_question_that_was_begun_is_finished_before_other_work_comes(ctx: Context, clock: Clock) -> None:
    """A draft is never taken away by a choice."""
    rating(ctx, texts=["a1", "a2"], name="First"), rating(ctx, texts=["b1"], name="Second")
    noor = person(ctx)
    held = assign.next_assignments(ctx, noor)[0]
    submit.save_draft(ctx, noor, held.public_id, {"value": 2}, 1)
    second = ctx.db.read(lambda connection: day.offers(connection, noor, clock()))[1]
    day.choose(ctx, noor, second.step)
    assert take(ctx, noor) == "a1"
    answer(ctx, noor)
    assert take(ctx, noor) == "b1"


def test_not_for_me_stops_a_topic_for_the_day(ctx: Context, clock: Clock) -> None:
    """Without a reason; the next day it is offered again."""
    rating(ctx, texts=["v1", "v2"], name="News", topic="violence")
    rating(ctx, texts=["a", "b"], name="Music")
    noor = person(ctx)
    held = assign.next_assignments(ctx, noor)[0]
    submit.give_back(ctx, noor, held.public_id, reason="not_for_me", key=key())
    assert take(ctx, noor) == "a"
    clock.forward(minutes=50)
    assert refused(ctx, noor)[0] == "break"
    clock.forward(minutes=20)
    assert all_texts(ctx, noor) == ["a", "b"]
    clock.forward(minutes=24 * 60)
    assert all_texts(ctx, noor) == ["v2"]


def test_there_is_only_so_much_distressing_material_in_a_day(ctx: Context, clock: Clock) -> None:
    """Two, as agreed with this person; then other work; the next day again."""
    rating(ctx, texts=["d1", "d2", "d3", "d4"], name="Crash", distressing=True)
    rating(ctx, texts=["a", "b"], name="Music")
    noor = person(ctx, "Noor", most_distressing=2)
    seen = []
    for _ in range(3):
        seen.append(take(ctx, noor))
        answer(ctx, noor)
    assert seen == ["d1", "d2", "a"]
    clock.forward(minutes=24 * 60)
    answer(ctx, noor)
    assert take(ctx, noor) == "d4"


def test_people_who_went_home_are_found_in_the_evening(ctx: Context, clock: Clock) -> None:
    """Their block ends where they were last heard; who still works is left alone."""
    rating(ctx, texts=["a", "b", "c"])
    noor, sem = person(ctx), person(ctx, "Sem")
    for each in (noor, sem):
        take(ctx, each)
    clock.forward(minutes=10)
    answer(ctx, noor)
    clock.forward(minutes=5 * 60)
    held = assign.next_assignments(ctx, sem)
    assert ctx.db.write(lambda connection: planning.tidy(connection, clock())) == 1
    assert lived(ctx, noor) == ["work 10:00-10:10"]
    assert held
    assert take(ctx, noor) in ("b", "c")


def test_only_one_place_hands_out_work() -> None:
    """Whatever registers later goes through assign.py: nothing else in the lab leases or reopens a microtask."""
    callers = set()
    for path in (Path(assign.__file__).parents[1]).glob("*/**/*.py"):
        if ".venv" in path.parts or "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ("lease", "reopen") and ast.unparse(node.value) == "offering":
                callers.add(path.name)
    assert callers == {"assign.py"}


def test_somebody_without_group_or_plan_works_all_day(ctx: Context, clock: Clock) -> None:
    """A program that answers from morning to evening: 45 minutes and 15, as ever; also over midnight."""
    rating(ctx, texts=[f"{number:03}" for number in range(300)])
    noor, pauses = person(ctx), []
    for _ in range(15 * 12):
        clock.forward(minutes=5)
        try:
            answer(ctx, noor)
        except NotNow as not_now:
            pauses.append(not_now.reason)
    assert pauses == ["break"] * 45
    assert len(rows(ctx, t.annotation)) == 135
