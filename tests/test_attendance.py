"""A group at a training: the coach says who was there, and it counts to the minute, once."""

from __future__ import annotations

from tests.builders import key, person, rating
from tests.conftest import Clock
from workbench import assign, attendance, hours, submit
from workbench.context import Context
from workbench.domain import MINUTE_MS, Block
from workbench.store import blocks, groups, lab, plans
from workbench.timetable import Stretch

ZONE = "Europe/Amsterdam"


def blocks_of(ctx: Context, person_id: int) -> list[Block]:
    """All blocks of today so far."""
    return ctx.db.read(lambda connection: blocks.between(connection, person_id, 0, 2**62))


def minutes(ctx: Context, person_id: int, kind: str) -> int:
    """What counts."""
    return sum(hours.minutes_of(each, ctx.now()) for each in blocks_of(ctx, person_id) if each.kind == kind)


def test_a_whole_group_is_at_a_training_and_no_minute_counts_twice(each_db_ctx: Context, clock: Clock) -> None:
    """One worked until it began, one had not come yet, one is marked when it is over, one was not there."""
    ctx = each_db_ctx
    rating(ctx)
    worked, came, later, away = (person(ctx, name) for name in ("Noor", "Ben", "Sem", "Kim"))
    now = ctx.now()

    def plan(connection) -> int:
        lab.set_up(connection, name="Lab", time_zone=ZONE, now=now)
        group = groups.add_group(connection, name="Blauw", now=now)
        groups.set_members(connection, group.id, [each.id for each in (worked, came, later, away)], now=now)
        start = now + 30 * MINUTE_MS
        whole = {"kind": "training", "title": "Ondertitels", "start_ms": start, "end_ms": start + 60 * MINUTE_MS}
        plans.plan_block(connection, **whole, person_id=None, group_id=group.id, by=None, now=now)
        return group.id

    group = ctx.db.write(plan)
    assign.next_assignments(ctx, worked)
    assert ctx.db.read(lambda connection: attendance.of_today(connection, group, ctx.now())) == []
    clock.forward(minutes=40)

    def mark(*people_ids: int) -> list[bool]:
        [occasion] = ctx.db.read(lambda connection: attendance.of_today(connection, group, ctx.now()))
        return [
            ctx.db.write(lambda connection, each=each: attendance.mark(connection, each, occasion.stretch, ctx.now()))
            for each in people_ids
        ]

    assert mark(worked.id, came.id) == [True, True]
    assert mark(worked.id) == [False]
    clock.forward(minutes=60)
    assert mark(later.id) == [True]
    assert [minutes(ctx, each.id, "training") for each in (worked, came, later, away)] == [60, 60, 60, 0]
    assert minutes(ctx, worked.id, "work") == 30
    [occasion] = ctx.db.read(lambda connection: attendance.of_today(connection, group, ctx.now()))
    assert (occasion.stretch.title, occasion.here) == ("Ondertitels", {worked.id, came.id, later.id})


def test_not_for_me_holds_after_a_training_that_is_marked_when_it_is_over(ctx: Context, clock: Clock) -> None:
    """What somebody had enough of today, they have enough of still."""
    rating(ctx, texts=["v1", "v2"], name="News", topic="violence")
    noor = person(ctx)
    held = assign.next_assignments(ctx, noor)[0]
    submit.give_back(ctx, noor, held.public_id, reason="not_for_me", key=key())
    start = clock.forward(minutes=20)
    clock.forward(minutes=70)
    training = Stretch("training", start, start + 60 * MINUTE_MS)
    assert ctx.db.write(lambda connection: attendance.mark(connection, noor.id, training, ctx.now()))
    assert assign.next_assignments(ctx, noor) == []
    assert [each.topics_off for each in blocks_of(ctx, noor.id)] == [["violence"], ["violence"]]


def test_a_block_that_is_ended_from_outside_is_that_one(ctx: Context, clock: Clock) -> None:
    """Who comes back while their old block is tidied away works on in the new one."""
    rating(ctx)
    noor = person(ctx)
    assign.next_assignments(ctx, noor)
    old = blocks_of(ctx, noor.id)[0]
    clock.forward(minutes=70)
    assign.next_assignments(ctx, noor)
    ctx.db.write(lambda connection: blocks.end(connection, person_id=noor.id, now=1, reason="away", block_id=old.id))
    assert [each.ended_ms is None for each in blocks_of(ctx, noor.id)] == [False, False, True]
