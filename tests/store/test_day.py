"""What is kept of groups, agreements and words: on both databases."""

from __future__ import annotations

import pytest

from tests.builders import key, person
from tests.conftest import Clock
from workbench.context import Context
from workbench.domain import Role
from workbench.errors import Conflict, NotFound
from workbench.store import groups, own_words, plans, requests, trajectories

LINE = {"weekday": 0, "kind": "work", "start_minute": 540, "minutes": 45}


def test_a_person_is_in_one_group_at_a_time(each_db_ctx: Context) -> None:
    """Being put in a second group takes them out of the first; the first remembers that they were there."""
    ctx = each_db_ctx
    noor = person(ctx)

    def do(connection):
        first = groups.add_group(connection, name="Red", now=1)
        second = groups.add_group(connection, name="Blue", now=1)
        groups.put_in(connection, first.id, noor.id, now=2)
        groups.put_in(connection, second.id, noor.id, now=3)
        return groups.group_of(connection, noor.id), groups.members(connection, first.id), groups.groups(connection)

    now_in, left, all_of_them = ctx.db.write(do)
    assert (now_in.name, left, [each.name for each in all_of_them]) == ("Blue", [], ["Blue", "Red"])


def test_the_newest_timetable_that_has_begun_holds(each_db_ctx: Context) -> None:
    """A version is planned ahead; until its day the former one holds."""

    def do(connection):
        group = groups.add_group(connection, name="Red", now=1)
        for start, day in ((540, "2026-11-01"), (570, "2026-11-23"), (600, "2026-11-23")):
            groups.set_timetable(connection, group.id, [{**LINE, "start_minute": start}], from_day=day, by=None, now=1)
        found = [groups.timetable_on(connection, group.id, day) for day in ("2026-10-31", "2026-11-22", "2026-11-23")]
        return [each and each.lines[0]["start_minute"] for each in found]

    assert each_db_ctx.db.write(do) == [None, 540, 600]


def test_agreements_hold_from_and_until_their_day_and_the_last_one_wins(each_db_ctx: Context) -> None:
    """Two agreements that overlap are one day's whole; an ended one is out."""
    noor = person(each_db_ctx)

    def do(connection):
        for changes, first, last in (
            ({"work_minutes": 30, "break_minutes": 20}, "2026-11-01", None),
            ({"work_minutes": 20}, "2026-11-23", "2026-11-27"),
        ):
            plans.add_adjustment(connection, noor.id, changes, from_day=first, until_day=last, agreed_with=None, now=1)
        found = [plans.changes_on(connection, noor.id, day) for day in ("2026-10-31", "2026-11-27", "2026-11-28")]
        plans.end_adjustment(connection, noor.id, plans.adjustments(connection, noor.id)[0].public_id, now=2)
        return [*found, plans.changes_on(connection, noor.id, "2026-11-28")]

    usual = {"work_minutes": 30, "break_minutes": 20}
    assert each_db_ctx.db.write(do) == [{}, {"work_minutes": 20, "break_minutes": 20}, usual, {}]


def test_a_week_of_its_own_goes_before_the_usual_week(each_db_ctx: Context) -> None:
    """Half days every week; this week differs."""
    noor = person(each_db_ctx)
    usual, special = ["morning"] * 5 + ["off"] * 2, ["off"] * 7

    def do(connection):
        plans.set_week(connection, noor.id, special, week="2026-11-23", by=None, now=1)
        plans.set_week(connection, noor.id, usual, by=None, now=2)
        return [plans.week_of(connection, noor.id, week) for week in ("2026-11-23", "2026-11-30")]

    assert each_db_ctx.db.write(do) == [special, usual]


def test_a_request_is_answered_once_and_a_repeat_asks_nothing_more(each_db_ctx: Context, clock: Clock) -> None:
    """The key makes pressing twice harmless; the second answer hears that there is one."""
    ctx = each_db_ctx
    noor, joke, once = person(ctx), person(ctx, "Joke", Role.COACH), key()

    def do(connection):
        asked = [requests.ask(connection, noor.id, "talk", key=once, words=" Please ", now=clock()) for _ in range(2)]
        waits = requests.waiting(connection)
        said = requests.answer(connection, asked[0][0].public_id, "coming", by=joke.id, now=clock.forward(minutes=1))
        with pytest.raises(Conflict):
            requests.answer(connection, said.public_id, "later", by=joke.id, now=clock())
        return [created for _, created in asked], waits, said, requests.waiting(connection)

    created, waits, said, left = ctx.db.write(do)
    assert created == [True, False]
    assert [(each.person_name, each.words, each.waits) for each in waits] == [("Noor", "Please", True)]
    assert (said.answer, said.answer_by, said.answered_ms, left) == ("coming", "Joke", clock(), [])


def test_nobody_takes_back_what_somebody_else_asked(ctx: Context) -> None:
    """It looks as if it were not there."""
    noor, sem = person(ctx), person(ctx, "Sem")

    def do(connection):
        asked, _ = requests.ask(connection, noor.id, "talk", key=key(), now=1)
        with pytest.raises(NotFound):
            requests.take_back(connection, sem.id, asked.public_id, now=2)
        return requests.take_back(connection, noor.id, asked.public_id, now=2).answer

    assert ctx.db.write(do) == "taken_back"


def test_a_check_in_is_the_workers_until_they_share_it(each_db_ctx: Context) -> None:
    """What is not shared is in no list for others; sharing can be undone."""
    noor = person(each_db_ctx)

    def do(connection):
        made = own_words.add_check_in(connection, noor.id, pace="too_fast", key="a" * 8, now=1)
        own_words.add_check_in(connection, noor.id, pace="fine", key="a" * 8, now=2)
        seen = []
        for shared in (True, False):
            own_words.share(connection, noor.id, made.public_id, shared)
            seen.append([each.pace for each in own_words.shared_check_ins(connection, noor.id)])
        return [each.pace for each in own_words.check_ins(connection, noor.id)], seen

    assert each_db_ctx.db.write(do) == (["too_fast"], [["too_fast"], []])


def test_goals_move_along_when_a_trajectory_is_changed(each_db_ctx: Context) -> None:
    """A later end is a new row; the goals and how they stand are kept."""
    noor = person(each_db_ctx)

    def do(connection):
        first = trajectories.set_trajectory(
            connection, noor.id, start_day="2026-09-01", end_day="2027-02-28", leads_to="Archive", by=None, now=1
        )
        trajectories.add_goal(connection, first.id, "Work five mornings", now=1)
        goal = trajectories.trajectory_of(connection, noor.id).goals[0]
        trajectories.mark_goal(connection, noor.id, goal.public_id, "reached", now=2)
        later = trajectories.set_trajectory(
            connection, noor.id, start_day="2026-09-01", end_day="2027-04-30", leads_to="Archive", by=None, now=3
        )
        return later.end_day, [(each.words, each.status) for each in later.goals]

    assert each_db_ctx.db.write(do) == ("2027-04-30", [("Work five mornings", "reached")])


def test_wishes_are_kept_with_their_form_and_can_be_withdrawn(each_db_ctx: Context) -> None:
    """In words or with symbols."""
    noor = person(each_db_ctx)

    def do(connection):
        own_words.add_wish(connection, noor.id, symbols=["sound"], form="symbols", now=1)
        spoken = own_words.add_wish(connection, noor.id, words="Subtitles", form="voice", now=2)
        before = [(each.form, each.words, list(each.symbols)) for each in own_words.wishes(connection, noor.id)]
        own_words.withdraw(connection, noor.id, spoken.public_id, now=3)
        return before, len(own_words.wishes(connection, noor.id))

    assert each_db_ctx.db.write(do) == ([("voice", "Subtitles", []), ("symbols", None, ["sound"])], 1)
