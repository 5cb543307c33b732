"""Agreements hold when both said yes, change what they say, and are undone when they end."""

from __future__ import annotations

import pytest

from tests.builders import person, rating, rows, step_id
from tests.coached import history
from tests.conftest import Clock
from workbench import agreements, assign, coaching, drift_watch, fitting
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Person, Role
from workbench.errors import Conflict, Invalid
from workbench.local_days import day_of
from workbench.store import drift_signs, lab, plans
from workbench.store import people as people_store


def two(ctx: Context) -> tuple[Person, Person]:
    """A worker and their coach."""
    worker, coach = person(ctx), person(ctx, "Joke", Role.COACH)
    coaching.give_coach(ctx, worker, coach, by=coach)
    return worker, coach


def changes(ctx: Context, worker: Person) -> dict[str, object]:
    """What differs today in this person's day."""
    return ctx.db.read(lambda connection: plans.changes_on(connection, worker.id, day_of(ctx.now(), "Europe/Amsterdam")))


def test_blocks_differ_from_the_moment_both_agree_until_one_ends_it(each_db_ctx: Context) -> None:
    """A proposal alone changes nothing; whoever proposed cannot agree for the other."""
    ctx = each_db_ctx
    worker, coach = two(ctx)
    proposal = agreements.propose(ctx, coach, worker, "blocks", {"work_minutes": 30}, reason="")
    assert changes(ctx, worker) == {}
    with pytest.raises(Conflict):
        agreements.agree(ctx, coach, worker, proposal.public_id)
    agreements.agree(ctx, worker, worker, proposal.public_id)
    assert changes(ctx, worker) == {"work_minutes": 30}
    agreements.end(ctx, worker, worker, proposal.public_id)
    assert changes(ctx, worker) == {}


def test_a_newer_agreement_takes_the_place_of_the_older(ctx: Context) -> None:
    """There is one agreement about blocks at a time."""
    worker, coach = two(ctx)
    for minutes in (30, 20):
        made = agreements.propose(ctx, worker, worker, "blocks", {"work_minutes": minutes}, reason="")
        agreements.agree(ctx, coach, worker, made.public_id)
    assert changes(ctx, worker) == {"work_minutes": 20}
    assert [bool(row.ended_ms) for row in rows(ctx, t.agreement)] == [True, False]


def test_needs_become_the_profile_and_the_record_does_not_say_which(ctx: Context) -> None:
    """Health data stays out of the audit."""
    worker, coach = two(ctx)
    made = agreements.propose(ctx, coach, worker, "needs", {"cannot_use": ["hearing"]}, reason="")
    agreements.agree(ctx, worker, worker, made.public_id)
    after = ctx.db.read(lambda connection: people_store.person_by_id(connection, worker.id))
    assert after.profile["cannot_use"] == ["hearing"]
    assert "hearing" not in str([(row.detail, row.subject) for row in rows(ctx, t.audit)])


def test_chosen_work_comes_first_and_its_reason_is_kept(ctx: Context) -> None:
    """Two projects are open; the second is chosen together, and is what the next block begins with."""
    worker, coach = two(ctx)
    rating(ctx, ["a"], name="First")
    chosen = rating(ctx, ["b"], name="Second")
    listed = ctx.db.read(lambda connection: fitting.offers(connection, worker, now=ctx.now()))
    step = next(each.step for each in listed if each.project == "Second")
    with pytest.raises(Invalid):
        fitting.propose(ctx, coach, worker, step, reason="  ")
    made = fitting.propose(ctx, coach, worker, step, reason="Wants to learn this")
    agreements.agree(ctx, worker, worker, made.public_id)
    [kept] = rows(ctx, t.work_choice)
    assert (kept.step_id, kept.words, kept.chosen_by) == (step_id(ctx, chosen), "Wants to learn this", coach.id)
    [given] = assign.next_assignments(ctx, worker)
    assert given.project_id == chosen.id


def test_the_list_says_why_work_fits_or_not(ctx: Context) -> None:
    """Needs, topics and what is left, for this person only."""
    worker = person(ctx, "Bram", cannot_use=["sight"], topics_off=[])
    rating(ctx, ["a"], name="Sound", needs=["hearing"])
    rating(ctx, ["b"], name="Pictures", needs=["sight"])
    rating(ctx, [], name="Empty")
    found = ctx.db.read(lambda connection: fitting.offers(connection, worker, now=ctx.now()))
    said = {each.project: (each.fits, [(reason.name, list(reason.what)) for reason in each.reasons]) for each in found}
    assert said == {
        "Sound": (True, [("asks", ["hearing"]), ("new", [])]),
        "Pictures": (False, [("misses", ["sight"])]),
    }


def drift_on(ctx: Context) -> None:
    """Lab and works council agree."""
    ctx.db.write(lambda connection: lab.set_up(connection, name="Lab", time_zone="Europe/Amsterdam", now=ctx.now()))
    ctx.db.write(
        lambda connection: lab.change_settings(connection, drift_watch.KEY, {"on": True, "council_agreed": "2026-11-01"})
    )


def test_pace_is_watched_only_where_lab_council_and_worker_agree(ctx: Context, clock: Clock) -> None:
    """A clear change gives no sign without all three, one sign with them, and no second one in the weeks after."""
    worker, _ = two(ctx)
    history(ctx, worker, rating(ctx), [30, 31, 29, 32] * 6 + [60, 61, 59, 62, 60])
    with pytest.raises(Conflict):
        drift_watch.agree(ctx, worker)
    assert drift_watch.watch(ctx, worker) == 0
    drift_on(ctx)
    assert (drift_watch.watch_all(ctx), drift_watch.watch(ctx, worker)) == (0, 0)
    drift_watch.agree(ctx, worker)
    assert [drift_watch.watch_all(ctx), drift_watch.watch_all(ctx), drift_watch.watch(ctx, worker)] == [1, 0, 0]
    [sign] = ctx.db.read(lambda connection: drift_signs.of_person(connection, worker.id))
    assert (sign.now_seconds, sign.shared_ms) == (60, None)
    assert ctx.db.read(lambda connection: drift_signs.shared(connection, worker.id)) == [], "the worker first"
