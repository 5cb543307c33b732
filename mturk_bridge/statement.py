"""
A statement for a requester, for one project, or for work that went out: what was done, what was paid, what that is by the
hour, and how it stands against the Fairwork principles for cloudwork (pay, conditions, contracts, management,
representation; fair.work), with evidence.

No person is named and no one person's hours are shown: sums only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.engine import Connection

from accessibility.sentences import noted, sentence
from mturk_bridge import fair_pay, money, pricing
from mturk_bridge import tables as b
from mturk_bridge.fair_pay import Floor, Worked
from mturk_bridge.microtasks import SHORTEST_LEASE_MINUTES
from mturk_bridge.outgoing.orders import DURATION_SECONDS
from mturk_bridge.store import assignments, hits, ledger, messages, orders, times, workers
from mturk_bridge.store.hits import HitType
from mturk_bridge.store.orders import Came, Order
from mturk_bridge.store.requesters import Requester
from workbench.domain import Project, Step
from workbench.errors import NotFound
from workbench.store import projects


@dataclass(frozen=True)
class Line:
    """One type of HIT. Money in US cents; `hourly_eur` None: no time measured yet; `short_cents`: under the floor, all people."""

    title: str
    answers: int
    returned: int
    hours: Decimal
    paid_cents: int
    due_cents: int
    short_cents: int
    people_short: int
    hourly_eur: Decimal | None


@dataclass(frozen=True)
class Principle:
    """One Fairwork principle: what is done here, and figures that show it. `holds` None: nothing to go by yet."""

    name: str
    what: str
    evidence: str
    values: dict[str, object]
    holds: bool | None


@dataclass(frozen=True)
class Statement:
    """What `name` (a requester, a project) did, paid, and how that stands."""

    name: str
    floor: Floor
    lines: Sequence[Line]
    principles: Sequence[Principle]


@dataclass(frozen=True)
class _Evidence:
    """Figures for the principles that no line holds. known: names under which requesters know people."""

    rejections: int = 0
    upheld: int = 0
    open: int = 0
    known: int = 0
    asked: int = 0
    waiting: int = 0


def of_requester(connection: Connection, requester: Requester, now: int) -> Statement:
    """
    Each of a requester's types of HITs.

    Raises:
        RequestError: nobody set what a euro is in dollars.
    """
    types = hits.types_of(connection, b.hit_type.c.requester_id == requester.id)
    return _of_types(connection, requester.name, requester.id, types, now)


def of_project(connection: Connection, project: Project, now: int) -> Statement:
    """
    One project: a type of HIT, a batch, or any other whose work goes out.

    Raises:
        RequestError: nobody set what a euro is in dollars. NotFound: nothing of it came through the bridge.
    """
    types = hits.types_of(connection, b.hit_type.c.project_id == project.id)
    if types:
        return _of_types(connection, project.name, types[0].requester_id, types, now)
    floor = pricing.floor_of(connection, now)
    sent = orders.of_this_project(connection, project.id)
    if sent:
        lines = [_of_order(connection, each, floor) for each in sent]
        came = [one for each in sent for one in orders.came(connection, each.id)]
        return Statement(project.name, floor, lines, _principles_elsewhere(lines, came))
    batches = [step for step in projects.steps_of(connection, project.id) if step.settings.get("batch")]
    if not batches:
        raise NotFound(sentence('Nothing of "{name}" came in or went out through the bridge.', name=project.name))
    lines = [_of_batch(connection, step, project.name, floor) for step in batches]
    return Statement(project.name, floor, lines, _principles(lines, _Evidence()))


def _of_types(connection: Connection, name: str, requester_id: int, types: Sequence[HitType], now: int) -> Statement:
    floor = pricing.floor_of(connection, now)
    work = times.worked(connection, requester_id)
    paid = ledger.by_hit_type(connection, requester_id)
    lines = [_line(each.title, [one for row, one in work if row == each.id], paid.get(each.id, 0), floor) for each in types]
    mine = {each.id for each in types}
    disputes = [each for each in assignments.disputes(connection, only_open=False) if each.hit_type_id in mine]
    outcomes = [each.outcome for each in disputes]
    told = _Evidence(
        rejections=len(disputes),
        upheld=outcomes.count("upheld"),
        open=outcomes.count("open"),
        known=workers.count(connection, mine),
        asked=messages.asked(connection, requester_id),
        waiting=messages.waiting(connection, requester_id),
    )
    return Statement(name, floor, lines, _principles(lines, told))


def _of_batch(connection: Connection, step: Step, name: str, floor: Floor) -> Line:
    """A batch pays its reward for each answer, or the floor's price where none was named; its client pays by invoice."""
    settings: Any = step.settings
    reward = money.cents(settings["batch"]["reward"]) or fair_pay.reward_for(settings["facts"]["seconds"], floor)
    work = times.of_step(connection, step.id)
    return _line(name, work, reward * sum(each.ending == "submitted" for each in work), floor)


def _of_order(connection: Connection, order: Order, floor: Floor) -> Line:
    """Work that went out: what each person elsewhere got beside what their own time asks for."""
    came = orders.came(connection, order.id)
    work = [Worked(each.worker_id, float(each.active_seconds or 0), each.reported_seconds) for each in came]
    paid = ledger.by_worker(connection, order.account)
    return _line(urlsplit(order.endpoint).netloc, work, sum(paid.values()), floor, paid)


def _line(title: str, work: Sequence[Worked], paid_cents: int, floor: Floor, paid: Mapping[str, int] | None = None) -> Line:
    """`paid`: what each person got; None: people here are paid by the hour, and what comes in is shared by time."""
    seconds = sum(each.paid_seconds for each in work)
    due = fair_pay.due_cents(work, floor)
    # Whoever took longer has the same right to an hour's pay.
    given = {person: round(paid_cents * _share(work, person, seconds)) for person in due} if paid is None else paid
    short = fair_pay.bonuses(work, given, floor)
    return Line(
        title=title,
        answers=sum(each.ending == "submitted" for each in work),
        returned=sum(each.ending == "returned" for each in work),
        hours=(Decimal(str(seconds)) / 3600).quantize(Decimal("0.01")),
        paid_cents=paid_cents,
        due_cents=sum(due.values()),
        short_cents=sum(short.values()),
        people_short=len(short),
        hourly_eur=fair_pay.hourly_eur(paid_cents, seconds, floor.usd_per_eur) if seconds else None,
    )


def _share(work: Sequence[Worked], person: str, seconds: float) -> float:
    return sum(each.paid_seconds for each in work if each.person == person) / seconds if seconds else 0.0


def _principles(lines: Sequence[Line], told: _Evidence) -> list[Principle]:
    answers, short = sum(line.answers for line in lines), sum(line.people_short for line in lines)
    returned = sum(line.returned for line in lines)
    return [
        Principle(
            noted("Fair pay"),
            noted("People here are paid for their hours. A HIT under the floor is refused; time on returned work counts."),
            noted("Answers: %(answers)s. People under the floor: %(short)s."),
            {"answers": answers, "short": short},
            None if not answers else short == 0,
        ),
        Principle(
            noted("Fair conditions"),
            noted("Work keeps to blocks and breaks, has no hurry in it, and can be given back without harm."),
            noted(
                "Questions given back: %(returned)s. None had a consequence. Time for one question: at least %(minutes)s minutes."
            ),
            {"returned": returned, "minutes": SHORTEST_LEASE_MINUTES},
            True,
        ),
        Principle(
            noted("Fair contracts"),
            noted(
                "People have their contract with the lab. A requester has none with them, and sees no name, face or exact time."
            ),
            noted("Each person has another name for each type of HIT. Names given out: %(known)s."),
            {"known": told.known},
            True,
        ),
        Principle(
            noted("Fair management"),
            noted("No machine rejects or blocks. A rejection is looked at by a person, and pay stands whatever comes of it."),
            noted("Rejections: %(rejections)s. Upheld by a person of the lab: %(upheld)s. Nobody looked yet: %(open)s."),
            {"rejections": told.rejections, "upheld": told.upheld, "open": told.open},
            told.open == 0,
        ),
        Principle(
            noted("Fair representation"),
            noted("Words of a requester pass the coach; workers and their council can speak about the work itself."),
            noted("Questions from workers: %(asked)s. Without an answer yet: %(waiting)s."),
            {"asked": told.asked, "waiting": told.waiting},
            told.waiting == 0 if told.asked else None,
        ),
    ]


def _principles_elsewhere(lines: Sequence[Line], came: Sequence[Came]) -> list[Principle]:
    """Of work that went out: what this lab sees to. How the other lab treats its people is for that lab to state."""
    answers, short = sum(line.answers for line in lines), sum(line.people_short for line in lines)
    approved, beside = sum(each.approved_ms is not None for each in came), sum(each.problem is not None for each in came)
    return [
        Principle(
            noted("Fair pay"),
            noted("A pilot measures the time, the price follows it, and each person is paid up to the floor."),
            noted("Answers: %(answers)s. People under the floor: %(short)s."),
            {"answers": answers, "short": short},
            None if not answers else short == 0,
        ),
        Principle(
            noted("Fair conditions"),
            noted("A time limit hurries nobody. An answer that does not fit is paid like any other."),
            noted("Time for one question: at least %(minutes)s minutes. Answers that did not fit: %(beside)s."),
            {"minutes": DURATION_SECONDS // 60, "beside": beside},
            True,
        ),
        Principle(
            noted("Fair contracts"),
            noted("People elsewhere have their contract with their own lab. Nothing about a person goes there."),
            noted("What their contract says is for that lab to state."),
            {},
            None,
        ),
        Principle(
            noted("Fair management"),
            noted("Every answer is approved at once, whatever it says. Nobody is rejected or blocked."),
            noted("Answers approved: %(approved)s of %(came)s."),
            {"approved": approved, "came": len(came)},
            None if not came else approved == len(came),
        ),
        Principle(
            noted("Fair representation"),
            noted("People elsewhere speak with their own lab."),
            noted("How they are heard is for that lab to state."),
            {},
            None,
        ),
    ]
