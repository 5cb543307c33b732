"""The manager's overview: what waits, and what a new lab still needs."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.builders import key, person, rating
from tests.conftest import Clock
from tests.web.builders import Furnished
from tests.web.conftest import SignIn
from workbench import coaching, day, people
from workbench.attention import Attention, Start, Supply, attention, start
from workbench.context import Context
from workbench.domain import Role


def test_a_new_lab_is_told_what_it_needs_until_work_can_begin(ctx: Context) -> None:
    """A group is not needed; the rest is."""
    assert ctx.db.read(start) == Start(coach=False, worker=False, group=False, project=False)
    person(ctx, "Joke", Role.COACH)
    person(ctx)
    assert not ctx.db.read(start).ready
    rating(ctx, ["Een tekst."])
    found = ctx.db.read(start)
    assert (found.ready, found.group) == (True, False)


def test_what_waits_is_counted_and_nobody_is_named(browser: SignIn, here: Furnished, ctx: Context, clock: Clock) -> None:
    """Somebody asked for their coach a quarter of an hour ago: the manager reads that, and where to choose a stand-in."""
    worker, coach = here.by_role[Role.WORKER].person, here.by_role[Role.COACH].person
    coaching.give_coach(ctx, worker, coach, by=coach)
    day.ask(ctx, worker, "talk", key=key(), words="geheim")
    assert "Is er een coach afwezig?" not in browser(Role.MANAGER).get("/manager").text
    clock.forward(minutes=16)
    page = browser(Role.MANAGER).get("/manager").text
    assert "Is er een coach afwezig?" in page
    assert [word in page for word in ("geheim", ">Wim<")] == [False, False]


def test_another_coach_steps_in_from_the_board(
    app: FastAPI, browser: SignIn, here: Furnished, ctx: Context, clock: Clock
) -> None:
    """The board says who asked whom and not what; after one press it does, and the worker reads who stands in."""
    worker, coach = here.by_role[Role.WORKER].person, here.by_role[Role.COACH].person
    coaching.give_coach(ctx, worker, coach, by=coach)
    day.ask(ctx, worker, "talk", key=key(), words="geheim")
    other = TestClient(app, follow_redirects=False)
    other.get(people.enrol(ctx, "Piet", [Role.COACH]).link_path)
    clock.forward(minutes=16)
    before = other.get("/coach").text
    assert ("Ik neem vandaag waar voor Carla" in before, "geheim" in before) == (True, False)
    token = before.split('name="csrf" value="')[1].split('"')[0]
    other.post(f"/coach/people/{worker.public_id}/step-in", data={"csrf": token})
    assert "geheim" in other.get("/coach").text
    seen = browser(Role.WORKER)
    assert "Piet" in seen.get("/work/more/coach-sees").text
    assert "andere coaches" in seen.get("/work/more/coach").text


@pytest.mark.parametrize("minutes", [30, 61])
def test_how_long_the_work_lasts_is_looked_up_once_an_hour(ctx: Context, clock: Clock, minutes: int) -> None:
    """It adds up everybody's weeks, which is too much for each look at the page."""
    kept = Supply()
    assert attention(ctx, kept) == Attention(wage=True)
    kept.days_left = 2.5
    clock.forward(minutes=minutes)
    assert attention(ctx, kept).days_left == (2.5 if minutes < 60 else None)
