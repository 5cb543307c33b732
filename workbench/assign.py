"""The next microtask for this worker.

Each step's microtasks wait in lanes (same needs, same topic, gold or not), in one stable order. A cursor per person
and lane makes the next one a single index look-up, so the cost does not grow with the project. A microtask that comes
free again goes to the end of its lane, where every cursor meets it once more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.engine import Connection

from quality.gold import wants_gold
from task_types.settings import GoldSchedule
from workbench import gold, growth
from workbench.context import Context
from workbench.domain import MINUTE_MS, Assignment, Block, Json, Microtask, Person, new_public_id
from workbench.errors import Conflict, NotFound, NotNow
from workbench.pacing import Decision
from workbench.planning import holds_now, rests, so_far, turn
from workbench.store import answers, blocks, lab, microtasks, offering, plans, steps
from workbench.store.offering import Lane

MOST_AHEAD = 20
MOST_DISTRESSING = 20  # microtasks of distressing material in a day, where neither lab nor person says otherwise


def next_assignments(ctx: Context, person: Person, *, ahead: int = 1) -> list[Assignment]:
    """What this person does now: the open assignments, else the next microtask that fits.

    Args:
        ahead: how many to hold at once, for work without a connection (1–20).

    Returns:
        Assignments, oldest first; empty when there is no work for this person now.

    Raises:
        NotNow: a break, or the day is over; with `until_ms` where it is known.
    """
    return found_next(ctx, person, next_soon(ctx, person, ahead=ahead).result(), ahead=ahead)


def next_soon(ctx: Context, person: Person, *, ahead: int = 1) -> Future[list[Assignment] | Decision]:
    """The same, once the database has it: what comes is for `found_next`."""
    now = ctx.now()
    return ctx.db.write_soon(lambda connection: _next(connection, person, max(1, min(ahead, MOST_AHEAD)), now))


def found_next(ctx: Context, person: Person, found: list[Assignment] | Decision, *, ahead: int = 1) -> list[Assignment]:
    """
    What came of `next_soon`; where that was nothing, leases that ran out are looked for once more.

    Raises:
        NotNow: a break, or the day is over.
    """
    if isinstance(found, Decision):
        raise not_now(found)
    if not found and ctx.db.write(lambda connection: offering.expire(connection, now=ctx.now())):
        return next_assignments(ctx, person, ahead=ahead)
    return found


def practise(ctx: Context, person: Person, task_type: str) -> Assignment | None:
    """
    A practice question of this kind of work, beside what this person has in hand; None: they had all that there are.

    Raises:
        NotNow: a break, or the day is over.
    """
    now = ctx.now()
    found = ctx.db.write(lambda connection: _practise(connection, person, task_type, now))
    if isinstance(found, Decision):
        raise not_now(found)
    return found


def _practise(connection: Connection, person: Person, task_type: str, now: int) -> Assignment | Decision | None:
    latest = blocks.latest(connection, person.id, lock=True)
    decision = holds_now(connection, person.id, latest, now)
    if not decision.works:
        turn(connection, person.id, latest, decision, now)
        return decision
    today = _today(connection, person, latest, decision, now)
    lanes = _bearable(connection, person, fitting(connection, person, now), today)
    begun = (each for each in _still_shown(connection, person, offering.open_assignments(connection, person.id), now))
    found = next((each for each in begun if each.task_type == task_type and each.microtask.status == "learning"), None)
    found = found or _lease_practice(connection, person, [lane for lane in lanes if lane.task_type == task_type], now)
    if found and decision.starts:
        turn(connection, person.id, latest, decision, now, step_id=today.step_id, distressing=today.distressing)
    return found


def _lease_practice(connection: Connection, person: Person, lanes: Sequence[Lane], now: int) -> Assignment | None:
    golden = {lane.id: lane for lane in lanes if lane.gold}
    for step_id in dict.fromkeys(lane.step_id for lane in golden.values()):
        own = {lane.id: lane for lane in golden.values() if lane.step_id == step_id}
        schedule = _schedule(connection, next(iter(own.values())).version_id)
        if schedule and (found := gold.learning_item(connection, person.id, step_id, list(own), schedule, now)):
            return _lease(connection, person, replace(own[found.lane_id], gold=False), (found, own[found.lane_id].after), now)
    return None


def not_now(decision: Decision) -> NotNow:
    """Why there is no work at this moment, in words and for programs."""
    until = decision.until_ms
    if decision.kind == "over":
        return NotNow("Your work for today is done. Your work is saved.", reason="day over", until_ms=until, block="over")
    if decision.kind == "early":
        return NotNow("Your work has not begun yet. Your start page says when.", reason="break", until_ms=until, block="early")
    if decision.kind == "break":
        return NotNow("It is break time. Your work is saved.", reason="break", until_ms=until, block="break")
    return NotNow("There is something else now. Your start page says what.", reason="break", until_ms=until, block=decision.kind)


def open_assignment(ctx: Context, person: Person, public_id: str) -> Assignment:
    """An assignment of this person, open or not.

    Raises:
        NotFound: no such assignment, or somebody else's.
    """
    found = ctx.db.read(lambda connection: offering.assignment_by_public_id(connection, public_id))
    if found is None or found.person_id != person.id:
        raise not_in_list()
    return found


def not_in_list() -> NotFound:
    """No such assignment, or somebody else's: the two look the same."""
    return NotFound("This question is not in your list. Go to your start page and press Start.")


def _next(connection: Connection, person: Person, ahead: int, now: int) -> list[Assignment] | Decision:
    latest = blocks.latest(connection, person.id, lock=True)
    decision = holds_now(connection, person.id, latest, now)
    if not decision.works:
        turn(connection, person.id, latest, decision, now)
        return decision
    today = _today(connection, person, latest, decision, now)
    held = _still_shown(connection, person, offering.open_assignments(connection, person.id), now)
    if held and today.step_id is None:
        today = replace(today, step_id=held[0].microtask.step_id)
    while len(held) < ahead and (more := _lease_next(connection, person, today, now)):
        held.append(more)
        today = today.after(more)
    if held and decision.starts:
        turn(connection, person.id, latest, decision, now, step_id=today.step_id, distressing=today.distressing)
    elif latest and (today.step_id, today.distressing) != (latest.step_id, latest.distressing):
        blocks.change(connection, latest.id, step_id=today.step_id, distressing=today.distressing)
    return held


@dataclass(frozen=True)
class Today:
    """What decides in this block, next to what fits: its kind of work, and what this person has had enough of."""

    step_id: int | None = None
    topics_off: frozenset[str] = frozenset()
    distressing: int = 0

    def after(self, given: Assignment) -> Today:
        """The same, when this was handed out."""
        more = 1 if given.settings.get("distressing") else 0
        return replace(self, step_id=given.microtask.step_id, distressing=self.distressing + more)


def _today(connection: Connection, person: Person, latest: Block | None, decision: Decision, now: int) -> Today:
    if decision.starts:
        before = so_far(connection, latest, now)
        chosen = plans.chosen_step(connection, person.id)
        return Today(chosen, frozenset(before.get("topics_off", ())), before.get("distressing", 0))
    assert latest
    return Today(latest.step_id, frozenset(latest.topics_off), latest.distressing)


def _still_shown(connection: Connection, person: Person, held: list[Assignment], now: int) -> list[Assignment]:
    """What is held, without what may not be shown any more: its project closed, or came under an embargo."""
    if not held:
        return held
    shown = {lane.project_id for lane in _cleared(connection, person, now)}
    for each in held:
        if each.project_id not in shown:
            offering.end_assignment(connection, each.id, "returned")
            microtask_id = each.microtask.id
            answers.add_return(
                connection, assignment_id=each.id, microtask_id=microtask_id, person_id=person.id, reason="withdrawn", now=now
            )
            microtasks.free_place(connection, microtask_id)
    return [each for each in held if each.project_id in shown]


def shown_assignment(ctx: Context, person: Person, public_id: str) -> Assignment:
    """An assignment to show: like `open_assignment`, but only while its project is open and this person is cleared.

    Raises:
        NotFound: no such assignment, or somebody else's.
        NotNow: a break, or this person stopped for today.
        Conflict: its material may not be shown now. An answer that was on its way is still taken.
    """
    found = open_assignment(ctx, person, public_id)
    now = ctx.now()
    pause = ctx.db.read(lambda connection: rests(connection, person.id, now)) if found.status == "open" else None
    if pause:
        raise not_now(pause)
    shown = ctx.db.read(lambda connection: {lane.project_id for lane in _cleared(connection, person, now)})
    if found.project_id not in shown:
        raise Conflict("This question is not open any more. Go to your start page and press Start.")
    return found


def _lease_next(connection: Connection, person: Person, today: Today, now: int) -> Assignment | None:
    lanes = _one_kind(_bearable(connection, person, fitting(connection, person, now), today), today.step_id)
    if again := _reopened(connection, person, lanes, now):
        return again
    for lane in lanes:
        if lane.gold:
            continue  # gold alone is no work
        found = offering.next_in_lane(connection, lane_id=lane.id, person_id=person.id, after=lane.after)
        if found:
            chosen = _gold_instead(connection, person, lane, lanes, now) or (lane, found)
            return _lease(connection, person, *chosen, now)
    return None


def _reopened(connection: Connection, person: Person, lanes: Sequence[Lane], now: int) -> Assignment | None:
    """This person's own question whose time ran out, with its draft, when nobody else took the place."""
    if not any(lane.ran_out for lane in lanes):
        return None
    by_id = {lane.id: lane for lane in lanes}
    for assignment_id, microtask_id, lane_id in offering.expired_of(connection, person.id):
        if lane_id in by_id:
            expires_ms = now + _lease_ms(connection, by_id[lane_id])
            return offering.reopen(connection, assignment_id, microtask_id, expires_ms)
    return None


def fitting(connection: Connection, person: Person, now: int) -> list[Lane]:
    """The open lanes that fit this person's needs, topics and levels, and that this person is cleared for."""
    cannot, off = person.cannot_use, person.topics_off
    lanes = [lane for lane in _cleared(connection, person, now) if not lane.needs & cannot and lane.topic not in off]
    if not growth.levels_of(person):
        return lanes
    return [lane for lane in lanes if growth.fits(person, lane.task_type, level_of(connection, lane))]


def level_of(connection: Connection, lane: Lane) -> int:
    """How much somebody must have done of this kind of work."""
    return int(steps.settings_of(connection, lane.version_id).get("level", 1))


def _bearable(connection: Connection, person: Person, lanes: list[Lane], today: Today) -> list[Lane]:
    """Without the topics that were "not for me" today, and without distressing material once there was enough of it."""
    lanes = [lane for lane in lanes if lane.topic not in today.topics_off] if today.topics_off else lanes
    most = person.profile.get("most_distressing")
    if most is None and today.distressing:
        found = lab.the_lab(connection)
        most = found.settings.get("most_distressing", MOST_DISTRESSING) if found else MOST_DISTRESSING
    if most is None or today.distressing < most:
        return lanes
    return [lane for lane in lanes if not steps.settings_of(connection, lane.version_id).get("distressing")]


def _one_kind(lanes: list[Lane], step_id: int | None) -> list[Lane]:
    """The work of this block first, then work of its kind: changing over costs attention."""
    if step_id is None:
        return lanes
    kinds = {lane.task_type for lane in lanes if lane.step_id == step_id}
    return sorted(lanes, key=lambda lane: (lane.step_id != step_id, lane.task_type not in kinds))


def _cleared(connection: Connection, person: Person, now: int) -> list[Lane]:
    lanes = offering.open_lanes(connection, person.id)
    cleared = offering.clearances(connection, person.id) if any(lane.embargo_until_ms for lane in lanes) else frozenset()
    return [lane for lane in lanes if not lane.embargo_until_ms or lane.embargo_until_ms <= now or lane.project_id in cleared]


def _gold_instead(
    connection: Connection, person: Person, lane: Lane, lanes: Sequence[Lane], now: int
) -> tuple[Lane, tuple[Microtask, int]] | None:
    """A check question of the same step, when the schedule says it is time: to practise with at first, then hidden."""
    golden = {other.id: other for other in lanes if other.gold and other.step_id == lane.step_id}
    schedule = _schedule(connection, lane.version_id) if golden else None
    if schedule is None:
        return None
    asked = (connection, person.id, lane.step_id, list(golden), schedule, now)
    if lane.given < schedule.learning and (found := gold.learning_item(*asked)):
        # Practice measures nobody: it does not count as a check question given.
        return replace(golden[found.lane_id], gold=False), (found, golden[found.lane_id].after)
    if not wants_gold(
        lane.given,
        lane.gold_given,
        _draw(person.id, lane.step_id, lane.given),
        first=schedule.first,
        first_share=schedule.first_share,
        share=schedule.share,
        floor=schedule.floor,
    ):
        return None
    if found := gold.hidden_item(*asked):
        # What was chosen, and not met in line, moves nobody's cursor.
        return golden[found.lane_id], (found, golden[found.lane_id].after)
    # Where there are more than are kept at hand: the next in line.
    for other in golden.values() if gold.more_than_the_pool(connection, lane.step_id, schedule, now) else ():
        waiting = offering.next_in_lane(connection, lane_id=other.id, person_id=person.id, after=other.after)
        if waiting:
            return other, waiting
    return None


def _draw(person_id: int, step_id: int, given: int) -> float:
    """A number in [0, 1) that is the same whenever the same moment is looked at again: no hidden randomness."""
    digest = hashlib.blake2b(f"{person_id}/{step_id}/{given}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


def _lease(connection: Connection, person: Person, lane: Lane, found: tuple[Microtask, int], now: int) -> Assignment:
    microtask, rank = found
    settings = steps.settings_of(connection, lane.version_id)
    expires_ms = now + _lease_ms(connection, lane)
    public_id = new_public_id()
    assignment_id = offering.lease(
        connection,
        lane,
        microtask_id=microtask.id,
        rank=rank,
        person_id=person.id,
        public_id=public_id,
        now=now,
        expires_ms=expires_ms,
    )
    return Assignment(
        id=assignment_id,
        public_id=public_id,
        person_id=person.id,
        microtask=microtask,
        task_type=lane.task_type,
        step_version_id=lane.version_id,
        settings=settings,
        project_id=lane.project_id,
        status="open",
        leased_ms=now,
        expires_ms=expires_ms,
    )


def _lease_ms(connection: Connection, lane: Lane) -> int:
    return int(steps.settings_of(connection, lane.version_id).get("lease_minutes", 60)) * MINUTE_MS


def _schedule(connection: Connection, version_id: int) -> GoldSchedule | None:
    settings: Mapping[str, Any] = steps.settings_of(connection, version_id)
    raw: Json = settings.get("gold", {})
    if settings.get("opinion") or raw is None or raw is False or raw == "off":
        return None
    return GoldSchedule.model_validate(raw if isinstance(raw, dict) else {})
