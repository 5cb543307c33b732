"""Who guides whom, stand-ins, and feedback that reaches the coach first."""

from __future__ import annotations

import pytest

from tests.builders import key, person, rating
from tests.conftest import Clock
from workbench import coaching, day, people
from workbench.context import Context
from workbench.domain import DAY_MS, Person, Role
from workbench.errors import Invalid, NotFound
from workbench.person_view import view_of
from workbench.store import coaches, requests
from workbench.store import feedback as store


def a_coach(ctx: Context, name: str = "Joke") -> Person:
    return person(ctx, name, Role.COACH)


def names_of(ctx: Context, coach: Person) -> set[int]:
    return set(ctx.db.read(lambda connection: coaching.people_of(connection, coach, now=ctx.now())))


def test_a_coach_sees_their_own_people_and_nobody_else(each_db_ctx: Context) -> None:
    """Somebody else's people look as if they did not exist, also after a change of coach."""
    ctx = each_db_ctx
    joke, piet, noor = a_coach(ctx), a_coach(ctx, "Piet"), person(ctx)
    coaching.give_coach(ctx, noor, joke, by=joke)
    assert coaching.person_for(ctx, joke, noor.public_id) == noor
    with pytest.raises(NotFound):
        coaching.person_for(ctx, piet, noor.public_id)
    coaching.give_coach(ctx, noor, piet, by=joke)
    assert (names_of(ctx, joke), names_of(ctx, piet)) == (set(), {noor.id})
    with pytest.raises(NotFound):
        coaching.person_for(ctx, joke, noor.public_id)


def test_a_stand_in_has_the_people_from_and_until(each_db_ctx: Context, clock: Clock) -> None:
    """Not before, not after, and not when it is called off."""
    ctx = each_db_ctx
    joke, piet, noor = a_coach(ctx), a_coach(ctx, "Piet"), person(ctx)
    coaching.give_coach(ctx, noor, joke, by=joke)
    start = ctx.now() + DAY_MS
    coaching.stand_in(ctx, joke, piet, from_ms=start, until_ms=start + DAY_MS, by=joke)
    seen = []
    for _ in range(3):
        seen.append(noor.id in names_of(ctx, piet))
        clock.forward(minutes=24 * 60)
    assert seen == [False, True, False]
    now = ctx.now()
    coaching.stand_in(ctx, joke, piet, from_ms=now, until_ms=now + DAY_MS, by=joke)
    assert names_of(ctx, piet) == {noor.id}
    [planned] = ctx.db.read(lambda connection: coaches.stand_ins(connection, now=ctx.now(), coach_id=piet.id))
    coaching.end_stand_in(ctx, planned.public_id, by=joke)
    assert names_of(ctx, piet) == set()


def test_a_stand_in_must_make_sense(ctx: Context) -> None:
    """Another coach, and days that are still to come."""
    joke, piet, noor = a_coach(ctx), a_coach(ctx, "Piet"), person(ctx)
    now = ctx.now()
    for other, start, end in (
        (joke, now, now + 1),
        (noor, now, now + 1),
        (piet, now, now),
        (piet, 0, now),
        (piet, now, now + 400 * DAY_MS),
    ):
        with pytest.raises(Invalid):
            coaching.stand_in(ctx, joke, other, from_ms=start, until_ms=end, by=joke)


def test_who_is_not_answered_reaches_another_coach_who_may_step_in_for_today(each_db_ctx: Context, clock: Clock) -> None:
    """Joke is ill: after a quarter of an hour Piet reads that Noor asked, not what; he stands in until midnight."""
    ctx = each_db_ctx
    joke, piet, noor = a_coach(ctx), a_coach(ctx, "Piet"), person(ctx)
    coaching.give_coach(ctx, noor, joke, by=joke)
    asked, _ = day.ask(ctx, noor, "talk", key=key(), words="geheim")
    others = lambda coach: ctx.db.read(  # noqa: E731
        lambda connection: [each.person_name for each in coaching.unheard_by_others(connection, coach, now=ctx.now())]
    )
    clock.forward(minutes=14)
    assert others(piet) == []
    with pytest.raises(NotFound):
        coaching.step_in(ctx, piet, noor.public_id)
    clock.forward(minutes=2)
    assert (others(piet), others(joke)) == ([noor.name], [])
    coaching.step_in(ctx, piet, noor.public_id)
    assert (others(piet), names_of(ctx, piet)) == ([], {noor.id})
    clock.forward(minutes=24 * 60)
    assert names_of(ctx, piet) == set(), "for today only"
    assert others(piet) == [], "what was asked on another day is for the coach"
    ctx.db.write(lambda connection: requests.answer(connection, asked.public_id, "coming", by=joke.id, now=ctx.now()))


def test_what_begins_at_once_waits_for_nobody(ctx: Context, clock: Clock) -> None:
    """A longer break and the end of the day need no coach, so no other coach hears of them."""
    joke, piet, noor = a_coach(ctx), a_coach(ctx, "Piet"), person(ctx)
    coaching.give_coach(ctx, noor, joke, by=joke)
    day.ask(ctx, noor, "stop_today", key=key())
    clock.forward(minutes=60)
    assert ctx.db.read(lambda connection: coaching.unheard_by_others(connection, piet, now=ctx.now())) == []


def test_a_worker_without_a_coach_can_be_taken_on_once(ctx: Context) -> None:
    """The first coach who says so; a second hears that it is done."""
    joke, piet, noor = a_coach(ctx), a_coach(ctx, "Piet"), person(ctx)
    coaching.take_on(ctx, joke, noor.public_id)
    with pytest.raises(Invalid):
        coaching.take_on(ctx, piet, noor.public_id)
    assert names_of(ctx, joke) == {noor.id}


def test_the_people_of_a_coach_who_left_can_be_taken_on(ctx: Context) -> None:
    """By another coach, from the board; who stood in for them no longer sees their people, and the worker reads no old name."""
    joke, piet, noor = a_coach(ctx), a_coach(ctx, "Piet"), person(ctx)
    coaching.give_coach(ctx, noor, joke, by=joke)
    coaching.stand_in(ctx, joke, piet, from_ms=ctx.now(), until_ms=ctx.now() + DAY_MS, by=joke)
    assert names_of(ctx, piet) == {noor.id}
    people.end(ctx, joke, by=None)
    assert names_of(ctx, piet) == set()
    assert ctx.db.read(lambda connection: view_of(connection, noor.id, now=ctx.now())).guides.coach is None
    coaching.take_on(ctx, piet, noor.public_id)
    assert names_of(ctx, piet) == {noor.id}


def queued(ctx: Context, who: Person, project_id: int, words: str, batch: str = "review-1") -> bool:
    """One piece of feedback in the queue."""
    return ctx.db.write(
        lambda connection: coaching.queue_feedback(
            connection, person_id=who.id, project_id=project_id, batch=batch, origin="review", words=words, now=ctx.now()
        )
    )


def passed(ctx: Context, who: Person) -> list[str]:
    """What this person reads."""
    return [each.words for each in ctx.db.read(lambda connection: store.passed_to(connection, who.id))]


def test_feedback_waits_for_the_coach_and_comes_through_in_their_words(each_db_ctx: Context) -> None:
    """The worker reads nothing until the coach passes it on, and then reads the coach's words once for the batch."""
    ctx = each_db_ctx
    joke, noor, project = a_coach(ctx), person(ctx), rating(ctx)
    assert queued(ctx, noor, project.id, "Sloppy work!")
    assert queued(ctx, noor, project.id, "Number 3 is wrong.")
    assert not queued(ctx, noor, project.id, "Number 3 is wrong."), "a repeat adds nothing"
    assert not queued(ctx, noor, project.id, "  ")
    assert coaching.moderate(ctx, joke, noor, "review-1", "hold", "") == 2
    assert passed(ctx, noor) == []
    assert coaching.moderate(ctx, joke, noor, "review-1", "discuss", "") == 2
    with pytest.raises(Invalid):
        coaching.moderate(ctx, joke, noor, "review-1", "pass_on", " ")
    coaching.moderate(ctx, joke, noor, "review-1", "pass_on", "Look at number 3 again. The rest is fine.")
    assert passed(ctx, noor) == ["Look at number 3 again. The rest is fine."]
    with pytest.raises(NotFound):
        coaching.moderate(ctx, joke, noor, "review-1", "close", "")


def test_feedback_that_is_closed_reaches_nobody(ctx: Context) -> None:
    """The coach may decide that words are of no use."""
    joke, noor, project = a_coach(ctx), person(ctx), rating(ctx)
    queued(ctx, noor, project.id, "Sloppy work!")
    coaching.moderate(ctx, joke, noor, "review-1", "close", "")
    assert (passed(ctx, noor), ctx.db.read(lambda connection: store.count_not_done(connection, noor.id))) == ([], 0)
