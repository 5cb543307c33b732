"""
A statement for each requester: what was done, what was paid, what that is by the hour, and how it stands against the
Fairwork principles for cloudwork (pay, conditions, contracts, management, representation; fair.work), with evidence.

No person is named and no one person's hours are shown: sums only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.engine import Connection

from accessibility.sentences import noted
from mturk_bridge import fair_pay, pricing
from mturk_bridge import tables as b
from mturk_bridge.fair_pay import Floor, Worked
from mturk_bridge.store import assignments, hits, ledger, messages, times
from mturk_bridge.store.requesters import Requester


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
    """A requester's statement."""

    requester: Requester
    floor: Floor
    lines: Sequence[Line]
    principles: Sequence[Principle]
    balance: ledger.Balance
    rejections: int
    upheld: int


def statement(connection: Connection, requester: Requester, now: int) -> Statement:
    """
    The statement as things stand.

    Raises:
        RequestError: nobody set what a euro is in dollars.
    """
    floor = pricing.floor_of(connection, now)
    work = times.worked(connection, requester.id)
    paid = ledger.by_hit_type(connection, requester.id)
    types = hits.types_of(connection, b.hit_type.c.requester_id == requester.id)
    lines = [_line(each.title, [one for row, one in work if row == each.id], paid.get(each.id, 0), floor) for each in types]
    disputes = [each for each in assignments.disputes(connection, only_open=False) if each.requester_id == requester.id]
    waiting = messages.waiting(connection, requester.id)
    return Statement(
        requester=requester,
        floor=floor,
        lines=lines,
        principles=_principles(lines, len(disputes), sum(each.outcome == "upheld" for each in disputes), waiting),
        balance=ledger.balance(connection, requester.id),
        rejections=len(disputes),
        upheld=sum(each.outcome == "upheld" for each in disputes),
    )


def _line(title: str, work: Sequence[Worked], paid_cents: int, floor: Floor) -> Line:
    seconds = sum(each.paid_seconds for each in work)
    due = fair_pay.due_cents(work, floor)
    # What a type of HIT pays is shared by time: whoever took longer has the same right to an hour's pay.
    given = {person: round(paid_cents * _share(work, person, seconds)) for person in due}
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


def _principles(lines: Sequence[Line], rejections: int, upheld: int, waiting: int) -> list[Principle]:
    answers, short = sum(line.answers for line in lines), sum(line.short_cents for line in lines)
    returned = sum(line.returned for line in lines)
    return [
        Principle(
            noted("Fair pay"),
            noted("People here are paid for their hours. A HIT under the floor is refused; time on returned work counts."),
            noted("Answers: %(answers)s. Dollars under the floor: %(short)s."),
            {"answers": answers, "short": f"{short / 100:.2f}"},
            None if not answers else short == 0,
        ),
        Principle(
            noted("Fair conditions"),
            noted("Work keeps to blocks and breaks, has no hurry in it, and can be given back without harm."),
            noted("Questions given back: %(returned)s. None had a consequence."),
            {"returned": returned},
            True,
        ),
        Principle(
            noted("Fair contracts"),
            noted(
                "People have their contract with the lab. A requester has none with them, and sees no name, face or exact time."
            ),
            noted("Each person has another name for each type of HIT."),
            {},
            True,
        ),
        Principle(
            noted("Fair management"),
            noted("No machine rejects or blocks. A rejection is looked at by a person, and pay stands whatever comes of it."),
            noted("Rejections: %(rejections)s. Upheld by a person of the lab: %(upheld)s."),
            {"rejections": rejections, "upheld": upheld},
            True,
        ),
        Principle(
            noted("Fair representation"),
            noted("Words of a requester pass the coach; workers and their council can speak about the work itself."),
            noted("Messages of workers that wait for this requester: %(waiting)s."),
            {"waiting": waiting},
            None,
        ),
    ]
