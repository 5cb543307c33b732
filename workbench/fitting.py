"""All open work with the reasons why it fits somebody or not. People choose; the list only says what it knows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from task_types import registry
from workbench import agreements
from workbench.context import Context
from workbench.domain import Person, needs_of
from workbench.errors import Invalid
from workbench.store import offering, own_words, plans, projects
from workbench.store import people as people_store
from workbench.store.agreements import Agreement
from workbench.store.offering import Lane


@dataclass(frozen=True)
class Reason:
    """
    One reason. name: asks (these needs, which fit), misses (needs that do not fit), topic_off, embargo, chosen, wished,
    known (done before), new (never done), nothing_left. `what`: needs, or topics.
    """

    name: str
    what: Sequence[str] = ()


@dataclass(frozen=True)
class Offer:
    """One step of an open project for one person."""

    step: str
    step_id: int
    project: str
    task_type: str
    fits: bool
    chosen: bool
    reasons: Sequence[Reason]


def offers(connection: Connection, person: Person, *, now: int, secret: bool = True) -> list[Offer]:
    """
    Every open step, what fits first, then by name.

    Args:
        secret: name also what is under an embargo that this person is not cleared for: for the coach, not the worker.
    """
    lanes = [lane for lane in offering.open_lanes(connection, person.id) if not lane.gold]
    cleared = people_store.clearances_of(connection, person.id)
    chosen = plans.chosen_step(connection, person.id)
    wishes = " ".join(wish.words or "" for wish in own_words.wishes(connection, person.id))
    by_step: dict[int, list[Lane]] = {}
    for lane in lanes:
        by_step.setdefault(lane.step_id, []).append(lane)
    found = []
    for step_id, many in by_step.items():
        closed = bool(many[0].embargo_until_ms and many[0].embargo_until_ms > now and many[0].project_id not in cleared)
        if secret or not closed:
            found.append(_offer(connection, person, step_id, many, closed=closed, chosen=chosen, wishes=wishes))
    return sorted(found, key=lambda each: (not each.chosen, not each.fits, each.project.lower()))


def _offer(
    connection: Connection, person: Person, step_id: int, lanes: Sequence[Lane], *, closed: bool, chosen: int | None, wishes: str
) -> Offer:
    step = projects.step_by_id(connection, step_id)
    project = projects.project_by_id(connection, step.project_id)
    fit = [lane for lane in lanes if not lane.needs & person.cannot_use and lane.topic not in person.topics_off]
    against = _against(person, lanes, fit, closed=closed)
    reasons = [*against, *(_for(lanes, fit) if not against else [])]
    if step_id == chosen:
        reasons.insert(0, Reason("chosen"))
    if _shares_a_word(wishes, f"{project.name} {' '.join(registry.get(step.task_type).title.values())}"):
        reasons.append(Reason("wished"))
    if not against and not _left(connection, person, fit):
        reasons.append(Reason("nothing_left"))
    return Offer(step.public_id, step_id, project.name, step.task_type, not against, step_id == chosen, reasons)


def _against(person: Person, lanes: Sequence[Lane], fit: Sequence[Lane], *, closed: bool) -> list[Reason]:
    found = [Reason("embargo")] if closed else []
    if fit:
        return found
    missed = {need for lane in lanes for need in needs_of(lane.needs & person.cannot_use)}
    topics = {lane.topic for lane in lanes if lane.topic in person.topics_off and lane.topic}
    return [*found, *_if_any("misses", missed), *_if_any("topic_off", topics)]


def _for(lanes: Sequence[Lane], fit: Sequence[Lane]) -> list[Reason]:
    asked = {need for lane in fit for need in needs_of(lane.needs)}
    return [*_if_any("asks", asked), Reason("known" if any(lane.given for lane in lanes) else "new")]


def _if_any(name: str, what: set[str]) -> list[Reason]:
    return [Reason(name, sorted(what))] if what else []


def _left(connection: Connection, person: Person, lanes: Sequence[Lane]) -> bool:
    return any(offering.has_more(connection, lane_id=lane.id, person_id=person.id, after=lane.after) for lane in lanes)


def _shares_a_word(left: str, right: str) -> bool:
    """Do two texts share a word of four letters or more?"""
    return bool(_words(left) & _words(right))


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) >= 4}


def propose(ctx: Context, by: Person, person: Person, step: str, *, reason: str) -> Agreement:
    """
    Propose this work first, by worker or coach; it holds when the other agrees. The reason is kept.

    Raises:
        Invalid: work that does not fit this person or is not open, or no reason.
    """
    found = [each for each in ctx.db.read(lambda connection: offers(connection, person, now=ctx.now())) if each.step == step]
    if not found or not found[0].fits:
        raise Invalid("Choose work that is open and fits.", field="step")
    content = {"step": found[0].step_id, "project": found[0].project, "task_type": found[0].task_type}
    return agreements.propose(ctx, by, person, "work", content, reason=reason)
