"""Who may guide whom, and what reaches a worker: rules for the coach's pages and for those that send feedback.

A coach sees their own people and those they stand in for, nobody else. Each look at a person's page is kept, and the
person can read who looked. Words of clients and returned work reach the coach first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy.engine import Connection

from workbench.context import Context
from workbench.domain import DAY_MS, MINUTE_MS, Person, Role
from workbench.errors import Invalid, NotFound
from workbench.local_days import day_of, end_of, start_of
from workbench.store import audit, coaches, lab, requests
from workbench.store import feedback as feedback_store
from workbench.store import people as people_store
from workbench.store.requests import Unheard

ORIGINS = ("review", "returned", "supervisor")
LONGEST_WORDS = 4000
LONGEST_STAND_IN_MS = 366 * DAY_MS
UNHEARD_MS = 15 * MINUTE_MS  # who was not answered for so long is shown to every coach
DECISIONS = {"pass_on": "passed_on", "hold": "held", "discuss": "discuss", "close": "closed"}


# --- who coaches whom ------------------------------------------------------------------------------------------------


def person_for(ctx: Context, coach: Person, public_id: str) -> Person:
    """Somebody whom this person coaches or stands in for. Raises NotFound for everybody else: the two look the same."""

    def find(connection: Connection) -> Person:
        person = people_store.person_by_public_id(connection, public_id)
        if not may_guide(connection, coach, person.id, now=ctx.now()):
            raise NotFound("There is no such person here, or somebody else coaches them.")
        return person

    return ctx.db.read(find)


def may_guide(connection: Connection, coach: Person, person_id: int, *, now: int) -> bool:
    """Does this coach have this person now?"""
    return coach.has(Role.COACH) and coach.id in coaches.coaches_of(connection, person_id, now=now)


def people_of(connection: Connection, coach: Person, *, now: int) -> list[int]:
    """Ids of everybody whom this coach has now, by themselves or as a stand-in."""
    return coaches.of_coaches(connection, {coach.id, *coaches.stands_in_for(connection, coach.id, now=now)})


def give_coach(ctx: Context, person: Person, coach: Person | None, *, by: Person) -> None:
    """
    This worker has this coach from now on.

    Raises:
        Invalid: not a worker, or not a coach.
    """
    if not person.has(Role.WORKER):
        raise Invalid("Only workers have a coach.")
    if coach is not None and not coach.has(Role.COACH):
        raise Invalid("Choose somebody with the role of jobcoach.", field="coach")

    def give(connection: Connection) -> None:
        if coaches.give_coach(connection, person.id, coach.id if coach else None, by=by.id, now=ctx.now()):
            _record(connection, ctx, by, "coaching.give", person.public_id, coach=coach.public_id if coach else None)

    ctx.db.write(give)


def take_on(ctx: Context, coach: Person, public_id: str) -> None:
    """A coach takes on a worker whom nobody coaches yet. Raises Invalid when somebody does."""

    def take(connection: Connection) -> None:
        person = people_store.person_by_public_id(connection, public_id)
        if person.id not in {each.id for each in coaches.without_coach(connection)}:
            raise Invalid("Somebody coaches this person already. Ask the lab manager.")
        coaches.give_coach(connection, person.id, coach.id, by=coach.id, now=ctx.now())
        _record(connection, ctx, coach, "coaching.give", person.public_id, coach=coach.public_id)

    ctx.db.write(take)


def stand_in(ctx: Context, coach: Person, other: Person, *, from_ms: int, until_ms: int, by: Person) -> None:
    """
    `other` has all people of `coach` as well, from and until (UTC ms).

    Raises:
        Invalid: the same person, not two coaches, or a time that is over, turned round or longer than a year.
    """
    if coach.id == other.id or not (coach.has(Role.COACH) and other.has(Role.COACH)):
        raise Invalid("Choose two different people with the role of jobcoach.", field="stand_in")
    if until_ms <= from_ms or until_ms <= ctx.now():
        raise Invalid("The last day must be today or later, and not before the first day.", field="until")
    if until_ms - from_ms > LONGEST_STAND_IN_MS:
        raise Invalid("Somebody stands in for a year at most. After that, give the people another coach.", field="until")

    def add(connection: Connection) -> None:
        coaches.add_stand_in(
            connection, coach_id=coach.id, stand_in_id=other.id, from_ms=from_ms, until_ms=until_ms, by=by.id, now=ctx.now()
        )
        _record(connection, ctx, by, "coaching.stand_in", coach.public_id, stand_in=other.public_id)

    ctx.db.write(add)


def unheard(connection: Connection, *, now: int) -> list[Unheard]:
    """People who asked for their coach today and were not answered for a quarter of an hour: the coach may be ill."""
    zone = lab.time_zone(connection, now)
    return requests.unheard(connection, since_ms=start_of(day_of(now, zone), zone), before_ms=now - UNHEARD_MS)


def unheard_by_others(connection: Connection, coach: Person, *, now: int) -> list[Unheard]:
    """Those of other coaches: this one may step in."""
    mine = {coach.id, *coaches.stands_in_for(connection, coach.id, now=now)}
    return [each for each in unheard(connection, now=now) if each.coach_id not in mine]


def step_in(ctx: Context, coach: Person, public_id: str) -> None:
    """
    Stand in today for the coach of somebody who asked and was not answered. Worker and coach can both read who did.

    Raises:
        NotFound: nobody of another coach waits by this name (any more).
    """
    now = ctx.now()

    def add(connection: Connection) -> None:
        found = [each for each in unheard_by_others(connection, coach, now=now) if each.person_public_id == public_id]
        if not found:
            raise NotFound("Somebody answered this already.")
        absent, zone = people_store.person_by_id(connection, found[0].coach_id), lab.time_zone(connection, now)
        until_ms = end_of(day_of(now, zone), zone)
        coaches.add_stand_in(
            connection, coach_id=absent.id, stand_in_id=coach.id, from_ms=now, until_ms=until_ms, by=coach.id, now=now
        )
        _record(connection, ctx, coach, "coaching.step_in", absent.public_id, stand_in=coach.public_id, person=public_id)

    ctx.db.write(add)


def end_stand_in(ctx: Context, public_id: str, *, by: Person) -> None:
    """The coach is back, or it was a mistake."""

    def end(connection: Connection) -> None:
        coaches.withdraw_stand_in(connection, public_id, now=ctx.now())
        _record(connection, ctx, by, "coaching.stand_in_end", public_id)

    ctx.db.write(end)


# --- feedback --------------------------------------------------------------------------------------------------------


def queue_feedback(
    connection: Connection,
    *,
    person_id: int,
    project_id: int,
    batch: str,
    origin: str,
    words: str,
    now: int,
    microtasks: Sequence[str] = (),
    key: str | None = None,
) -> bool:
    """
    Words about somebody's answers, from a review of a sample or with returned work: they wait for this person's coach.

    Args:
        batch: names what belongs together, e.g. the review's public id; the coach decides about a batch at once.
        origin: review, returned, supervisor.
        microtasks: public ids that the words are about.
        key: names this write; the same key again adds nothing. None: the same words about the same microtasks of the
            same batch are one.

    Returns:
        Whether it was new. Empty words are nothing.
    """
    words = words.strip()[:LONGEST_WORDS]
    if not words:
        return False
    if origin not in ORIGINS:
        raise ValueError(f"origin is one of {ORIGINS}, not {origin!r}")
    named = key or hashlib.sha256("\0".join([batch, str(person_id), words, *sorted(microtasks)]).encode()).hexdigest()
    return feedback_store.add(
        connection,
        person_id=person_id,
        project_id=project_id,
        batch=batch[:60],
        origin=origin,
        words=words,
        microtasks=microtasks,
        key=named,
        now=now,
    )


def moderate(ctx: Context, coach: Person, person: Person, batch: str, decision: str, words: str) -> int:
    """
    Decide about a batch: pass on (in the coach's own words), hold, discuss with the worker first, or close.

    Returns:
        How many pieces it was about.

    Raises:
        Invalid: an unknown decision, or nothing to pass on.
        NotFound: nothing of this batch is open any more.
    """
    state = DECISIONS.get(decision)
    if state is None:
        raise Invalid("Choose what to do: pass on, hold, discuss or close.", field="decision")
    words = words.strip()[:LONGEST_WORDS]
    if state == "passed_on" and not words:
        raise Invalid("Write what the worker may read. You can use your own words.", field="words")

    def decide(connection: Connection) -> int:
        open_now = [each.id for each in feedback_store.not_done(connection, [person.id]) if each.batch == batch]
        if not open_now:
            raise NotFound("This feedback was handled already.")
        passed = words if state == "passed_on" else None
        done = feedback_store.moderate(connection, open_now, state=state, words=passed, by=coach.id, now=ctx.now())
        _record(connection, ctx, coach, f"feedback.{decision}", person.public_id, pieces=done)
        return done

    return ctx.db.write(decide)


def _record(connection: Connection, ctx: Context, by: Person, action: str, subject: str, **detail: object) -> None:
    audit.record(connection, now=ctx.now(), person_id=by.id, action=action, subject=subject, detail=detail)
