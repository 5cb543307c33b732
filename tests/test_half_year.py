"""Half a year of a lab of 24 people, in seconds: the clock is an argument.

Three groups with a timetable and some people without one, each with what was agreed for them. They come late, leave early,
lose the network, take breaks, ask a coach who may be ill, go to trainings. Then every block, every question and everything
that was asked is looked at.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Protocol

import pytest

from tests.builders import key, person, rating
from tests.conftest import Clock
from tests.test_timetable import WEEK, ZONE
from workbench import assign, coaching, day, pacing, submit
from workbench.context import Context
from workbench.domain import DAY_MS, MINUTE_MS, Block, Person, Role
from workbench.errors import NotNow
from workbench.pacing import Day, Decision, Rhythm, decide
from workbench.store import blocks, groups, plans, requests
from workbench.timetable import Agreed, Stretch, day_of, day_plan, free_day, moment, usual_week

FIRST, DAYS = date(2026, 10, 1), 182  # both changes of the clock are in it
LONGEST_MS = 8 * MINUTE_MS  # a microtask, sometimes; most take two or three minutes
SHORT = Agreed(work_ms=25 * MINUTE_MS, break_ms=15 * MINUTE_MS)
AGREED = (Agreed(), Agreed(half="morning"), SHORT, Agreed(start_minute=600, end_minute=930), Agreed(most_blocks=3), Agreed())
WEEKS = (WEEK, usual_week(30, 15), WEEK[:30])


@dataclass(frozen=True)
class Question:
    """One microtask that somebody was handed: when, when it was answered, and whether the network was away."""

    handed_ms: int
    answered_ms: int
    offline: bool = False


@dataclass
class Life:
    """What happened to one person."""

    number: int
    blocks: list[Block] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    plans: dict[date, Day] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)
    refused: int = 0


class Door(Protocol):
    """Where work comes from: the rules alone, or the real doors of a lab."""

    def ask(self, now: int) -> Decision: ...  # what holds; work was handed out where it works
    def answered(self, now: int) -> None: ...
    def pause(self, now: int) -> None: ...
    def longer(self, now: int) -> None: ...


@dataclass
class Rules:
    """The rules alone, with blocks in a list."""

    life: Life
    day: Day
    active_ms: int | None = None

    @property
    def latest(self) -> Block | None:
        return self.life.blocks[-1] if self.life.blocks else None

    def ask(self, now: int) -> Decision:
        found = decide(self.latest, self.day, now, self.active_ms)
        self.turn(found, now)
        return found

    def turn(self, found: Decision, now: int, reason: str | None = None) -> None:
        if self.latest and self.latest.ended_ms is None and found.ended_ms is not None:
            self.life.blocks[-1] = replace(self.life.blocks[-1], ended_ms=found.ended_ms)
        if found.rested:
            self.life.blocks.append(Block(0, 0, "break", found.rested[0], found.rested[1], found.rested[1]))
        if found.starts:
            begin = now if found.from_ms is None else found.from_ms
            self.life.blocks.append(Block(0, 0, found.kind, begin, found.until_ms, None, reason))

    def answered(self, now: int) -> None:
        self.active_ms = now

    def pause(self, now: int) -> None:
        own = Decision("break", pacing.break_until(self.day, now), True, now, now)
        self.turn(own, now, reason="early")

    def longer(self, now: int) -> None:
        last = self.life.blocks[-1]
        until = pacing.longer_until(self.day, last.planned_end_ms or now, now)
        self.life.blocks[-1] = replace(last, planned_end_ms=until, reason="longer")


@dataclass
class RealDoors:
    """The lab itself: `assign`, `submit` and `day`, on its own clock."""

    ctx: Context
    clock: Clock
    who: Person
    held: str = ""

    def ask(self, now: int) -> Decision:
        self.clock.now_ms = now
        try:
            self.held = assign.next_assignments(self.ctx, self.who)[0].public_id
        except NotNow as not_now:
            return Decision(not_now.block or "", not_now.until_ms)
        latest = self.ctx.db.read(lambda connection: blocks.latest(connection, self.who.id))
        assert latest
        return Decision("work", latest.planned_end_ms)

    def answered(self, now: int) -> None:
        self.clock.now_ms = now
        submit.submit(self.ctx, self.who, self.held, {"value": 3}, key=key(), via="page")

    def pause(self, now: int) -> None:
        self.clock.now_ms = now
        day.take_break(self.ctx, self.who)

    def longer(self, now: int) -> None:
        self.clock.now_ms = now
        day.longer_break(self.ctx, self.who)


def live(door: Door, life: Life, today: Day, rng: random.Random, length: Callable[[random.Random], int]) -> None:
    """One day of one person, as it comes."""
    start = today.plan[0].start_ms if not today.free else moment(day_of(today.plan[0].start_ms, ZONE), 9 * 60, ZONE)
    end = start + 8 * 60 * MINUTE_MS
    now = start + rng.choice((-5, 0, 0, 0, 0, 3, 12, 40)) * MINUTE_MS
    leaves = now + rng.randrange(60, 400) * MINUTE_MS if rng.random() < 0.07 else end
    gone = now + rng.randrange(30, 300) * MINUTE_MS if rng.random() < 0.05 else None  # the network, for an hour
    while now < leaves:
        found = door.ask(now)
        if found.kind == "over":
            return
        if not found.works:
            life.refused += 1
            if found.kind == "break" and rng.random() < 0.05:
                door.longer(now)
            asks_again = now + rng.randrange(1, 4) * MINUTE_MS
            now = (
                asks_again
                if rng.random() < 0.3
                else max(asks_again, (found.until_ms or now) + rng.choice((0, 0, 1, 6)) * MINUTE_MS)
            )
            continue
        handed, now = now, now + length(rng)
        if gone is not None and handed <= gone < handed + 60 * MINUTE_MS and found.until_ms:
            now = _offline(life, handed, now, found.until_ms, gone + 60 * MINUTE_MS, length, rng)
        else:
            life.questions.append(Question(handed, now))
        door.answered(now)
        if now % 97 == 0:  # no draw of its own: the real doors live the same day
            life.asked.append(now)
        if rng.random() < 0.01:
            door.pause(now)
            life.refused += 1
            now += rng.randrange(1, 20) * MINUTE_MS


def _offline(life: Life, handed: int, now: int, until_ms: int, back: int, length, rng: random.Random) -> int:
    """Three kept questions at most, none begun after the block's end; they arrive when the network is back."""
    begun = [handed]
    while len(begun) < 3 and now < until_ms:
        begun.append(now)
        now += length(rng)
    arrive = max(now, back)
    life.questions += [Question(each, arrive, offline=True) for each in begun]
    return arrive


def minutes(rng: random.Random) -> int:
    """How long a microtask takes."""
    return rng.choice((1, 2, 2, 3, 3, 4, 8)) * MINUTE_MS + rng.randrange(0, 60_000)


def plan_of(number: int, on: date) -> Day:
    """This person's day: six people in each of three groups, six in none; Wednesday afternoons a training for group 0."""
    agreed = AGREED[number % 6]
    if number % 11 == 0 and on.weekday() == 4:
        agreed = replace(agreed, half="off")
    if number >= 18:
        hours = Agreed(half=agreed.half)
        rhythm = Rhythm(25 * MINUTE_MS, 15 * MINUTE_MS) if agreed.work_ms else Rhythm()
        return Day(ZONE, free_day(on, ZONE, hours) if on.weekday() < 5 else (), rhythm, free=True)
    training = [Stretch("training", moment(on, 13 * 60, ZONE), moment(on, 13 * 60 + 45, ZONE))]
    planned = training if number < 6 and on.weekday() == 2 and agreed.half == "whole" else []
    return Day(ZONE, day_plan(WEEKS[number // 6], on, ZONE, agreed, planned))


@pytest.fixture(scope="module")
def lives() -> list[Life]:
    """Half a year of everybody."""
    found = [Life(number) for number in range(24)]
    for life in found:
        rng = random.Random(life.number)
        rules = Rules(life, plan_of(life.number, FIRST))
        for on in (FIRST + timedelta(days=number) for number in range(DAYS)):
            rules.day = life.plans[on] = plan_of(life.number, on)
            if not rules.day.plan:
                assert rules.ask(moment(on, 600, ZONE)).kind == "over"
            elif rng.random() > 0.04:  # ill, for a day
                live(rules, life, rules.day, rng, minutes)
    return found


def test_a_half_year_was_really_lived(lives: list[Life]) -> None:
    """So that what follows is about something."""
    assert sum(len(each.questions) for each in lives) > 100_000
    assert min(len(each.questions) for each in lives) > 2_000
    assert sum(each.refused for each in lives) > 10_000
    assert sum(question.offline for each in lives for question in each.questions) > 200
    assert {block.kind for each in lives for block in each.blocks} == {"work", "break", "training"}


def test_blocks_follow_one_another_and_hours_add_up(lives: list[Life]) -> None:
    """No minute counts twice: from the first block of a day to its last, work, breaks and trainings are the whole."""
    for life in lives:
        assert all(one.ended_ms is not None and one.ended_ms >= one.started_ms for one in life.blocks[:-1])
        assert all((one.ended_ms or 0) <= other.started_ms for one, other in pairwise(life.blocks))


def test_nobody_got_work_in_a_break(lives: list[Life]) -> None:
    """Not one question was begun in a break of the day as it was lived, nor in one of the group's."""
    wrong = []
    for life in lives:
        pauses = [block for block in life.blocks if block.kind != "work"]
        place = 0
        for question in sorted(life.questions, key=lambda each: each.handed_ms):
            while place < len(pauses) and (pauses[place].ended_ms or 2**62) <= question.handed_ms:
                place += 1
            if place < len(pauses) and pauses[place].started_ms <= question.handed_ms:
                wrong.append((life.number, question))
            plan = life.plans[day_of(question.handed_ms, ZONE)].plan
            if not any(each.kind == "work" and each.start_ms <= question.handed_ms < each.end_ms for each in plan):
                wrong.append((life.number, question))
    assert wrong == []


def test_every_question_was_begun_in_a_block_of_work_that_lasted_until_its_answer(lives: list[Life]) -> None:
    """Nothing is lost, and the minute at the end is counted: the running microtask is finished first."""
    wrong = []
    for life in lives:
        work = [block for block in life.blocks if block.kind == "work"]
        place = 0
        for question in sorted(life.questions, key=lambda each: each.handed_ms):
            while place + 1 < len(work) and work[place + 1].started_ms <= question.handed_ms:
                place += 1
            block = work[place]
            ended = block.ended_ms if block.ended_ms is not None else 2**62
            late = not question.offline and question.answered_ms > ended
            if not block.started_ms <= question.handed_ms or late:
                wrong.append((life.number, question, block))
    assert wrong == []


def test_every_block_of_work_ends_in_time_and_a_break_follows(lives: list[Life]) -> None:
    """At most one microtask later than planned, network or not; and ten minutes of break at least, or as planned."""
    wrong = []
    for life in lives:
        offline = {question.answered_ms for question in life.questions if question.offline}
        for block, following in pairwise(life.blocks):
            if block.kind != "work" or day_of(following.started_ms, ZONE) != day_of(block.started_ms, ZONE):
                continue
            assert block.planned_end_ms
            assert block.ended_ms
            too_late = block.ended_ms - block.planned_end_ms > LONGEST_MS + MINUTE_MS and block.ended_ms not in offline
            no_rest = following.kind == "work" and following.started_ms - block.ended_ms < 10 * MINUTE_MS
            if too_late or no_rest:
                wrong.append((life.number, block, following))
            if following.kind == "break" and following.ended_ms and following.reason is None:
                least = min(10 * MINUTE_MS, _shortest_break(life.plans[day_of(block.started_ms, ZONE)]))
                short = following.ended_ms - block.ended_ms < least - MINUTE_MS  # who was away meanwhile rested then
                if short and following.ended_ms != life.plans[day_of(block.started_ms, ZONE)].plan[-1].end_ms:
                    wrong.append((life.number, block, following))
    assert wrong == []


def _shortest_break(today: Day) -> int:
    return min((each.end_ms - each.start_ms for each in today.plan if each.kind == "break"), default=10 * MINUTE_MS)


def test_the_breaks_of_a_group_are_its_own_at_every_minute(lives: list[Life]) -> None:
    """In every minute of a group's break nobody of the group is handed a question: there is coffee together."""
    for life in lives[:18]:
        handed = {(question.handed_ms // MINUTE_MS) for question in life.questions}
        for today in life.plans.values():
            for each in today.plan:
                if each.kind == "break":
                    assert handed.isdisjoint(range(-(-each.start_ms // MINUTE_MS), each.end_ms // MINUTE_MS))


def test_a_day_through_the_real_doors_is_as_the_rules_say(ctx: Context, clock: Clock) -> None:
    """The Monday after the clock changed, eight people by assign, submit and day: block for block the same."""
    monday = date(2026, 10, 26)
    clock.now_ms = moment(monday, 7 * 60, ZONE)
    rating(ctx, texts=[f"{number:04}" for number in range(400)])
    slow = lambda rng: minutes(rng) + 6 * MINUTE_MS  # noqa: E731  # fewer questions, the same edges
    for number in (0, 1, 2, 3, 8, 14, 18, 20):
        who, today = person(ctx, f"Worker {number}"), plan_of(number, monday)
        _agree(ctx, who, number)
        told, lived = Life(number), Life(number)
        live(Rules(told, today), told, today, random.Random(number), slow)
        live(RealDoors(ctx, clock, who), lived, today, random.Random(number), slow)
        found = ctx.db.read(lambda connection, who=who: blocks.between(connection, who.id, 0, 2**62))
        assert [_shape(block) for block in found] == [_shape(block) for block in told.blocks], number
        assert lived.questions == told.questions


def _shape(block: Block) -> tuple[str, int, int | None]:
    return block.kind, block.started_ms, block.ended_ms


def _agree(ctx: Context, who: Person, number: int) -> None:
    """The same plan as `plan_of`, in the lab's own tables."""
    agreed = AGREED[number % 6]
    changes = {
        "work_minutes": agreed.work_ms and agreed.work_ms // MINUTE_MS,
        "break_minutes": agreed.break_ms and agreed.break_ms // MINUTE_MS,
        "start_minute": agreed.start_minute if number < 18 else None,
        "end_minute": agreed.end_minute if number < 18 else None,
        "most_blocks": agreed.most_blocks,
    }

    def write(connection) -> None:
        if number < 18:
            group = groups.add_group(connection, name=f"Group {number}", now=1)
            groups.set_timetable(connection, group.id, WEEKS[number // 6], from_day="2026-01-01", by=None, now=1)
            groups.put_in(connection, group.id, who.id, now=1)
        plans.set_week(connection, who.id, [agreed.half] * 7, by=None, now=1)
        kept = {name: value for name, value in changes.items() if value}
        plans.add_adjustment(connection, who.id, kept, from_day="2026-01-01", agreed_with=None, now=1)

    ctx.db.write(write)


def test_whoever_asks_is_heard_though_the_coach_is_ill(lives: list[Life], ctx: Context, clock: Clock) -> None:
    """
    The first weeks through the real doors: three coaches, of whom one is often ill, sometimes with a stand-in.

    Whose coach is there is answered at once; everybody else within a quarter of an hour and a minute, by a coach who is there,
    and who saw that they asked and not what.
    """
    clock.now_ms = moment(FIRST, 6 * 60, ZONE)  # before anybody asks, so that each asks on a day of their own
    everybody = [person(ctx, f"Coach {number}", Role.COACH) for number in range(3)]
    people = [person(ctx, f"Worker {life.number}") for life in lives]
    for number, who in enumerate(people):
        coaching.give_coach(ctx, who, everybody[number % 3], by=everybody[0])
    asked = sorted((at_ms, life.number) for life in lives for at_ms in life.asked if at_ms < life.asked[0] + 21 * DAY_MS)
    rng, ill, today, waited = random.Random(5), None, None, []
    for wished_ms, number in asked:
        clock.now_ms = at_ms = max(clock.now_ms, wished_ms)  # one after the other
        if day_of(at_ms, ZONE) != today:
            today, ill = day_of(at_ms, ZONE), rng.choice((None, *everybody, *everybody))
            if ill and rng.random() < 0.3:
                other = everybody[(everybody.index(ill) + 1) % 3]
                coaching.stand_in(ctx, ill, other, from_ms=at_ms, until_ms=at_ms + 60 * MINUTE_MS, by=ill)
        made, _ = day.ask(ctx, people[number], "talk", key=key(), words="geheim")
        here = [coach for coach in everybody if coach != ill]
        if not (hears := [coach for coach in here if _guides(ctx, coach, people[number])]):
            assert _unheard(ctx, here) == set()
            clock.forward(minutes=15)
            assert people[number].public_id in _unheard(ctx, here)
            coaching.step_in(ctx, here[0], people[number].public_id)
            hears = [coach for coach in here if _guides(ctx, coach, people[number])]
        ctx.db.write(
            lambda connection, made=made, by=hears[0]: requests.answer(
                connection, made.public_id, "coming", by=by.id, now=clock.now_ms
            )
        )
        waited.append(clock.now_ms - at_ms)
    assert len(waited) > 100
    assert 0 < sum(each > 0 for each in waited) < len(waited) / 2
    assert max(waited) == 15 * MINUTE_MS


def _guides(ctx: Context, coach: Person, who: Person) -> bool:
    return ctx.db.read(lambda connection: coaching.may_guide(connection, coach, who.id, now=ctx.now()))


def _unheard(ctx: Context, here: list[Person]) -> set[str]:
    return {
        each.person_public_id
        for coach in here
        for each in ctx.db.read(lambda connection, coach=coach: coaching.unheard_by_others(connection, coach, now=ctx.now()))
    }
