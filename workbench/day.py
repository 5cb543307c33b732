"""What a worker does with the day: a break now, a longer one, stop for today, ask the coach, choose other work.

Every door (page, API, voice) calls these; each is one write.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from workbench import assign, pacing, planning
from workbench.context import Context
from workbench.domain import DAY_MS, MINUTE_MS, Block, Person
from workbench.errors import NotFound
from workbench.pacing import Decision
from workbench.store import answers, blocks, microtasks, offering, plans, requests
from workbench.store.requests import Request

UNDO_MS = 2 * MINUTE_MS  # a break that was pressed by mistake can be undone for so long


# --- breaks ----------------------------------------------------------------------------------------------------------


def take_break(ctx: Context, person: Person) -> int:
    """
    A break from now on; one that runs already stays as it is. Before the day and after it there is none: it would count as
    hours, and take back a stop.

    Returns:
        Until when it is planned, UTC ms; where there is none, when the day begins, or now.
    """
    now = ctx.now()
    return ctx.db.write(lambda connection: _take_break(connection, person.id, now))


def longer_break(ctx: Context, person: Person) -> int:
    """The break lasts longer, or begins now; returns until when (UTC ms)."""
    now = ctx.now()
    return ctx.db.write(lambda connection: _longer_break(connection, person.id, now))


def stop_today(ctx: Context, person: Person) -> None:
    """The day is over for this person. What is open stays open, with its draft."""
    now = ctx.now()
    ctx.db.write(lambda connection: _stop_today(connection, person.id, now))


def go_on(ctx: Context, person: Person) -> None:
    """Not a break after all, or not the end of the day: takes back what was just pressed."""
    now = ctx.now()
    ctx.db.write(lambda connection: _go_on(connection, person.id, now))


def _take_break(connection: Connection, person_id: int, now: int) -> int:
    latest = blocks.latest(connection, person_id, lock=True)
    decision = planning.holds_now(connection, person_id, latest, now)
    if decision.kind in ("break", "over", "early"):
        planning.turn(connection, person_id, latest, decision, now)
        return now if decision.until_ms is None else decision.until_ms
    until = pacing.break_until(planning.day_of(connection, person_id, now), now)
    own = Decision("break", until, starts=True, from_ms=now, ended_ms=decision.ended_ms or now, rested=decision.rested)
    # In the last two minutes of a block there is nothing to undo: what it would go back to is over.
    early = "early" if decision.until_ms is None or decision.until_ms > now + UNDO_MS else None
    planning.turn(connection, person_id, latest, own, now, reason=early, step_id=latest.step_id if latest else None)
    return until


def _longer_break(connection: Connection, person_id: int, now: int) -> int:
    latest = blocks.latest(connection, person_id, lock=True)
    planned = latest.planned_end_ms if latest and latest.kind == "break" and latest.ended_ms is None else None
    stays = planned is not None and now < planned + pacing.AWAY_MS  # longer ago: they were away since, and this is a new one
    if latest is None or planned is None or not stays or planning.holds_now(connection, person_id, latest, now).kind == "over":
        return _take_break(connection, person_id, now)
    until = pacing.longer_until(planning.day_of(connection, person_id, now), planned, now)
    blocks.change(connection, latest.id, planned_end_ms=until, reason="longer")
    return until


def _stop_today(connection: Connection, person_id: int, now: int) -> None:
    latest = blocks.latest(connection, person_id, lock=True)
    decision = planning.holds_now(connection, person_id, latest, now)
    if latest is not None and latest.ended_ms is None and decision.ended_ms is None:
        blocks.end(connection, person_id=person_id, now=now, reason=pacing.STOPPED)
        return
    if latest is not None and latest.reason == pacing.STOPPED and decision.kind == "over":
        return  # pressed twice: what is taken back is the block that was broken off
    # Nothing of today runs: the break that begins, or else a block of no length, says that the day is over.
    none = Decision("break", now, starts=True, from_ms=now, ended_ms=decision.ended_ms, rested=decision.rested)
    planning.turn(connection, person_id, latest, decision if decision.kind == "break" else none, now)
    blocks.end(connection, person_id=person_id, now=now, reason=pacing.STOPPED)


def _go_on(connection: Connection, person_id: int, now: int) -> None:
    latest = blocks.latest(connection, person_id, lock=True)
    if latest is None:
        return
    if latest.reason == pacing.STOPPED and latest.ended_ms is not None:
        blocks.change(connection, latest.id, reason="went on")
        _to_its_end(connection, latest, latest, now)
    elif may_undo(latest, now):
        blocks.end(connection, person_id=person_id, now=now, reason=pacing.UNDONE)
        if before := _interrupted(connection, latest):
            _to_its_end(connection, before, latest, now)


def _interrupted(connection: Connection, pause: Block) -> Block | None:
    """The block that this break broke off."""
    found = blocks.between(connection, pause.person_id, pause.started_ms - DAY_MS, pause.started_ms + 1)
    return next((each for each in found if each.kind != "break" and each.ended_ms == pause.started_ms), None)


def _to_its_end(connection: Connection, block: Block, latest: Block, now: int) -> None:
    """A block that was broken off goes on until its own end: pressing, and taking it back, makes no block longer."""
    if block.planned_end_ms is None or block.planned_end_ms <= now:
        return
    blocks.start(
        connection,
        person_id=block.person_id,
        kind=block.kind,
        now=now,
        planned_end_ms=block.planned_end_ms,
        step_id=block.step_id,
        topics_off=latest.topics_off,
        distressing=latest.distressing,
    )


def may_undo(latest: Block | None, now: int) -> bool:
    """Was this break taken a moment ago, out of the plan?"""
    return (
        latest is not None
        and latest.kind == "break"
        and latest.reason == "early"
        and latest.ended_ms is None
        and now < latest.started_ms + UNDO_MS
    )


# --- asking the coach ------------------------------------------------------------------------------------------------


def ask(
    ctx: Context, person: Person, kind: str, *, key: str, words: str | None = None, via: str = "page"
) -> tuple[Request, bool]:
    """
    Ask the coach something. A longer break and the end of the day begin at once: nobody has to wait for leave.

    Returns:
        (request, created): the same key again gives the same request and False.

    Raises:
        Invalid: an unknown kind, or too many words.
    """
    now = ctx.now()

    def keep(connection: Connection) -> tuple[Request, bool]:
        asked, created = requests.ask(connection, person.id, kind, key=key, words=words, via=via, now=now)
        if created and kind == "longer_break":
            _longer_break(connection, person.id, now)
        if created and kind == "stop_today":
            _stop_today(connection, person.id, now)
        return asked, created

    return ctx.db.write(keep)


# --- what to work on -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Offer:
    """Work that fits somebody. `now` marks the work of this block; `chosen` what this person chose."""

    step_id: int
    step: str
    name: str
    task_type: str
    now: bool
    chosen: bool


def offers(connection: Connection, person: Person, now: int) -> list[Offer]:
    """The work that fits this person and has a question for them, in the order in which it is offered."""
    latest, chosen = blocks.latest(connection, person.id), plans.chosen_step(connection, person.id)
    busy = latest.step_id if latest and latest.kind == "work" and latest.ended_ms is None else None
    found: dict[int, Offer] = {}
    for lane in assign.fitting(connection, person, now):
        if lane.gold or lane.step_id in found:
            continue
        if offering.next_in_lane(connection, lane_id=lane.id, person_id=person.id, after=lane.after):
            step = offering.step_names(connection, lane.step_id)
            found[lane.step_id] = Offer(
                lane.step_id, step.public_id, step.name, lane.task_type, lane.step_id == busy, lane.step_id == chosen
            )
    return list(found.values())


def choose(ctx: Context, person: Person, step: str | None, *, by: Person | None = None, words: str | None = None) -> None:
    """
    From now on this work first; None: whatever fits. A question that was begun (it has a draft) is finished first.

    Args:
        step: public id of one of `offers`.
        by: who chose with them; None: they did so alone.
        words: why.

    Raises:
        NotFound: not work that fits this person now.
    """
    now = ctx.now()

    def keep(connection: Connection) -> None:
        found = next((each.step_id for each in offers(connection, person, now) if each.step == step), None)
        if step is not None and found is None:
            raise NotFound("This work is not there any more. Choose something else.")
        plans.choose(connection, person.id, found, by=(by or person).id, words=words, now=now)
        latest = blocks.latest(connection, person.id, lock=True)
        if latest and latest.kind == "work" and latest.ended_ms is None:
            blocks.change(connection, latest.id, step_id=found)
            _put_aside(connection, person, found, now)

    ctx.db.write(keep)


def _put_aside(connection: Connection, person: Person, step_id: int | None, now: int) -> None:
    """Questions of other work that nobody wrote on yet go back; they may come again."""
    for each in offering.open_assignments(connection, person.id):
        if each.microtask.step_id != step_id and answers.draft(connection, each.id) is None:
            offering.end_assignment(connection, each.id, "returned")
            answers.add_return(
                connection, assignment_id=each.id, microtask_id=each.microtask.id, person_id=person.id, reason="later", now=now
            )
            microtasks.free_place(connection, each.microtask.id)


# --- the day so far --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SoFar:
    """A day until now: its blocks in order, as long as they lasted, and how many questions were answered."""

    blocks: Sequence[Block]
    answered: int
    worked_ms: int


def so_far(connection: Connection, person: Person, now: int) -> SoFar:
    """The day so far, for the person's own eyes."""
    day = planning.day_of(connection, person.id, now)
    start = planning.midnight(day.zone, now)
    found = blocks.between(connection, person.id, start, now + 1)
    worked = sum(_length(each, now) for each in found if each.kind != "break")
    told = [each for each in found if each.ended_ms is None or _length(each, now)]
    return SoFar(told, answers.count_since(connection, person.id, start), worked)


def _length(block: Block, now: int) -> int:
    end = block.ended_ms if block.ended_ms is not None else min(now, block.planned_end_ms or now)
    return max(0, end - block.started_ms)
