"""
What comes back: kept, taken in by the one door, approved at once, and paid up to the floor for each person.

Each step is written down and may be repeated: asked again after a crash it goes on where it stopped. Nothing is paid twice:
a reward is approved by its own name, a bonus is sent with a token of its own, and its amount is written down first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import ParseError

from pydantic import BaseModel, ValidationError
from sqlalchemy.engine import Connection

from accessibility.sentences import sentence
from mturk_bridge import fair_pay, money, pricing
from mturk_bridge.fair_pay import Worked
from mturk_bridge.outgoing import forms
from mturk_bridge.outgoing import orders as rules
from mturk_bridge.outgoing.client import Elsewhere, Refused
from mturk_bridge.outgoing.publishing import seconds_of
from mturk_bridge.store import ledger, orders
from mturk_bridge.store.orders import Came, Order, Sent
from task_types import registry
from task_types.protocol import AnswerError
from workbench import submit
from workbench.context import Context
from workbench.domain import DAY_MS, Json, Person, new_public_id
from workbench.errors import WorkbenchError
from workbench.store import people, projects

THANKS = {
    "nl": "Tijd wordt hier per uur betaald: dit vult aan wat het je kostte.",
    "en": "Time is paid by the hour here: this makes up for what it took you.",
}


@dataclass(frozen=True)
class Collected:
    """What was done. Money in US cents; `missing`: differences with the other side's own figures, in words."""

    new: int
    taken_in: int
    problems: int
    rewards_cents: int
    bonuses_cents: int
    fees_cents: int
    missing: tuple[str, ...]


def collect(ctx: Context, order: Order, elsewhere: Elsewhere) -> Collected:
    """
    Fetch what is there, take it in, pay it, and compare the ledger with the other side.

    Raises:
        Unavailable, Refused: the other side; what was done until then stays done.
    """
    out = ctx.db.read(lambda connection: orders.sent(connection, order.id, "open"))
    new = sum(_fetch(ctx, elsewhere, each) for each in out)
    went = _went(ctx, order)
    for came in ctx.db.read(lambda connection: orders.came(connection, order.id)):
        _take_in(ctx, order, went[came.order_hit_id], came)
        _approve(ctx, order, elsewhere, went[came.order_hit_id], came)
    _pay_bonuses(ctx, order, elsewhere)
    for each in out:
        _close(ctx, order, elsewhere, each)
    missing = reconcile(ctx, order, elsewhere)
    return ctx.db.read(lambda connection: _told(connection, order, new, missing))


def end(ctx: Context, order: Order, elsewhere: Elsewhere) -> Collected:
    """Ask for no more: what is out expires, what is there is fetched and paid, and the order ends when nothing is left."""
    for each in ctx.db.read(lambda connection: orders.sent(connection, order.id, "open")):
        elsewhere.ask("update_expiration_for_hit", HITId=each.hit_id, ExpireAt=0)
    found = collect(ctx, order, elsewhere)

    def finish(connection: Connection) -> None:
        if not orders.sent(connection, order.id, "open", "meant"):
            orders.change(connection, order.id, status="ended", ended_ms=ctx.now())

    ctx.db.write(finish)
    return found


def _went(ctx: Context, order: Order) -> dict[int, Sent]:
    """What went out, by its row."""
    return {each.id: each for each in ctx.db.read(lambda connection: orders.sent(connection, order.id))}


# --- fetching --------------------------------------------------------------------------------------------------------


def _fetch(ctx: Context, elsewhere: Elsewhere, sent: Sent) -> int:
    found = list(elsewhere.listed("list_assignments_for_hit", "Assignments", HITId=sent.hit_id))
    return ctx.db.write(lambda connection: sum(orders.keep(connection, _row(sent, each, ctx.now())) for each in found))


def _row(sent: Sent, assignment: Mapping[str, Any], now: int) -> dict[str, Any]:
    answer = str(assignment.get("Answer", ""))
    taken = (assignment["SubmitTime"] - assignment["AcceptTime"]).total_seconds()
    return {
        "order_hit_id": sent.id,
        "assignment_id": assignment["AssignmentId"],
        "worker_id": assignment["WorkerId"],
        "answer": answer,
        # A lab that gives coarse times gives no time at all: then what the person says is all there is.
        "active_seconds": round(taken) if taken > 0 else None,
        "reported_seconds": forms.reported_seconds(_fields(answer)),
        "at_ms": now,
    }


def _fields(xml: str) -> dict[str, str | list[str]]:
    try:
        return forms.fields_of(xml)
    except (ParseError, ValueError):
        return {}


# --- taking in -------------------------------------------------------------------------------------------------------


def _take_in(ctx: Context, order: Order, sent: Sent, came: Came) -> None:
    """Through the one door, as the answer of somebody elsewhere. What does not fit is kept beside, and paid all the same."""
    if came.annotation_id is not None or came.problem is not None:
        return
    try:
        person, assignment = ctx.db.write(lambda connection: _assignment(connection, ctx, order, sent, came))
        answer = _answer(ctx, order, sent, came)
        key = f"mturk-{came.assignment_id}"[:64]
        active_ms = None if came.active_seconds is None else came.active_seconds * 1000
        receipt = submit.submit(ctx, person, assignment, answer, key=key, via="bridge", active_ms=active_ms)
    except (WorkbenchError, AnswerError, ValidationError) as error:
        words = str(getattr(error, "message", error))[:400]
        ctx.db.write(lambda connection: _set_aside(connection, ctx, order, sent, came, words))
        return
    ctx.db.write(lambda c: orders.change_came(c, came.id, annotation_id=orders.annotation_id(c, str(receipt.body["annotation"]))))


def _assignment(connection: Connection, ctx: Context, order: Order, sent: Sent, came: Came) -> tuple[Person, str]:
    person = _person(connection, ctx, order, came)
    known = orders.open_assignment(connection, sent.microtask_id, person.id)
    if known is not None:
        return person, known
    public_id, now = new_public_id(), ctx.now()
    orders.begin_assignment(
        connection,
        microtask_id=sent.microtask_id,
        person_id=person.id,
        step_version_id=projects.step_by_id(connection, order.step_id).version_id,
        public_id=public_id,
        now=now,
        until_ms=now + DAY_MS,
    )
    return person, public_id


def _set_aside(connection: Connection, ctx: Context, order: Order, sent: Sent, came: Came, words: str) -> None:
    orders.drop_assignment(connection, sent.microtask_id, _person(connection, ctx, order, came).id)
    orders.change_came(connection, came.id, problem=words)


def _person(connection: Connection, ctx: Context, order: Order, came: Came) -> Person:
    """Somebody elsewhere: without a role here, so that nothing is offered to them and nobody can sign in as them."""
    name = f"{urlsplit(order.endpoint).hostname} {came.worker_id}"
    known = people.person_by_name(connection, name)
    return known or people.add_person(connection, name=name, roles=(), now=ctx.now())


def _answer(ctx: Context, order: Order, sent: Sent, came: Came) -> dict[str, Json]:
    fields = _fields(came.answer)
    if "dont_know" in fields:
        return dict(submit.DONT_KNOW)
    step = ctx.db.read(lambda connection: projects.step_by_id(connection, order.step_id))
    microtask = ctx.db.read(lambda connection: orders.microtask_of(connection, sent))
    task_type: Any = registry.get(step.task_type)
    parsed: BaseModel = task_type.parse(rules.case_of(step.settings, task_type, microtask), fields)
    answer: dict[str, Json] = parsed.model_dump(mode="json", exclude_none=True)
    return answer


# --- paying ----------------------------------------------------------------------------------------------------------


def _approve(ctx: Context, order: Order, elsewhere: Elsewhere, sent: Sent, came: Came) -> None:
    """At once, whatever the answer says: quality never changes pay."""
    if came.approved_ms is not None:
        return
    try:
        elsewhere.ask("approve_assignment", AssignmentId=came.assignment_id)
    except Refused as refused:
        # Approved before the crash, or by the other side's own clock.
        if not refused.code.endswith("InvalidAssignmentState"):
            raise

    def keep(connection: Connection) -> None:
        _spend(connection, ctx, order, sent, came, "reward", sent.reward_cents)
        orders.change_came(connection, came.id, approved_ms=ctx.now())

    ctx.db.write(keep)


def _pay_bonuses(ctx: Context, order: Order, elsewhere: Elsewhere) -> None:
    """What is short for each person, on their newest answer that has no bonus yet. Written down first, then sent."""
    ctx.db.write(lambda connection: _work_out(connection, ctx, order))
    went = _went(ctx, order)
    language = ctx.db.read(lambda connection: projects.step_by_id(connection, order.step_id)).settings.get("language")
    thanks = THANKS["nl" if language == "nl" else "en"]
    for came in ctx.db.read(lambda connection: orders.came(connection, order.id)):
        if not came.bonus_cents or came.bonus_ms is not None:
            continue
        _send_bonus(elsewhere, order, came, thanks)

        def keep(connection: Connection, came: Came = came) -> None:
            _spend(connection, ctx, order, went[came.order_hit_id], came, "bonus", came.bonus_cents or 0)
            orders.change_came(connection, came.id, bonus_ms=ctx.now())

        ctx.db.write(keep)


def _work_out(connection: Connection, ctx: Context, order: Order) -> None:
    back = [each for each in orders.came(connection, order.id) if each.approved_ms is not None]
    floor = pricing.floor_of(connection, ctx.now())
    work = [Worked(each.worker_id, float(each.active_seconds or 0), each.reported_seconds) for each in back]
    paid = dict(ledger.by_worker(connection, order.account))
    for each in back:
        if each.bonus_cents and each.bonus_ms is None:
            paid[each.worker_id] = paid.get(each.worker_id, 0) + each.bonus_cents  # written down, perhaps sent
    short = fair_pay.bonuses(work, paid, floor)
    for each in reversed(back):
        if each.bonus_cents is None:
            orders.change_came(connection, each.id, bonus_cents=short.pop(each.worker_id, 0))


def _send_bonus(elsewhere: Elsewhere, order: Order, came: Came, thanks: str) -> None:
    given = {
        "WorkerId": came.worker_id,
        "AssignmentId": came.assignment_id,
        "BonusAmount": money.dollars(came.bonus_cents or 0),
        "Reason": thanks,
        "UniqueRequestToken": hashlib.sha256(f"{order.public_id}/{came.assignment_id}".encode()).hexdigest(),
    }
    try:
        elsewhere.ask("send_bonus", **given)
    except Refused:
        # Sent before the crash? The list of bonuses knows; an endpoint's own word for "twice" may be any.
        paid = elsewhere.listed("list_bonus_payments", "BonusPayments", AssignmentId=came.assignment_id)
        if given["BonusAmount"] not in [each["BonusAmount"] for each in paid]:
            raise


def _spend(connection: Connection, ctx: Context, order: Order, sent: Sent, came: Came, kind: str, amount: int) -> None:
    about: dict[str, Any] = {"hit_id": sent.hit_id, "subject": came.assignment_id, "worker_id": came.worker_id, "now": ctx.now()}
    token = f"{kind}/{came.assignment_id}"[:64]
    if ledger.add(connection, order.account, kind, -amount, token=token, **about) and rules.fee_cents(order, amount):
        fee = rules.fee_cents(order, amount)
        ledger.add(connection, order.account, "fee", -fee, token=f"fee/{token}"[:64], **about)


# --- closing and comparing -------------------------------------------------------------------------------------------


def _close(ctx: Context, order: Order, elsewhere: Elsewhere, sent: Sent) -> None:
    """Out of the way there, once all is reviewed; places that nobody took come back to the lab's own people."""
    state = elsewhere.ask("get_hit", HITId=sent.hit_id)["HIT"]["HITStatus"]
    if state not in ("Reviewable", "Reviewing", "Disposed"):
        return
    if state != "Disposed":
        # Between the fetch and now nothing can have come: it takes no answers any more. Unless it did just before.
        if _fetch(ctx, elsewhere, sent):
            return
        elsewhere.ask("delete_hit", HITId=sent.hit_id)

    def done(connection: Connection) -> None:
        taken = sum(each.order_hit_id == sent.id and each.annotation_id is not None for each in orders.came(connection, order.id))
        left = sent.assignments - taken
        orders.take_places(connection, sent.microtask_id, -left)
        orders.change_sent(connection, sent.id, status="done", returned_places=left)

    ctx.db.write(done)


def reconcile(ctx: Context, order: Order, elsewhere: Elsewhere) -> tuple[str, ...]:
    """Compare the ledger with what the other side says it paid, HIT by HIT; returns what differs, in words."""
    entries = ctx.db.read(lambda connection: ledger.entries(connection, order.account))
    wrong = []
    for each in ctx.db.read(lambda connection: orders.sent(connection, order.id)):
        if each.hit_id is None:
            continue
        ours = sum(-entry.amount_cents for entry in entries if entry.hit_id == each.hit_id and entry.kind == "bonus")
        theirs = sum(
            money.cents(paid["BonusAmount"])
            for paid in elsewhere.listed("list_bonus_payments", "BonusPayments", HITId=each.hit_id)
        )
        if ours != theirs:
            here, there = money.dollars(ours), money.dollars(theirs)
            wrong.append(sentence("HIT {hit}: bonuses of ${here} here, ${there} there", hit=each.hit_id, here=here, there=there))
        approved = list(
            elsewhere.listed("list_assignments_for_hit", "Assignments", HITId=each.hit_id, AssignmentStatuses=["Approved"])
        )
        rewards = sum(-entry.amount_cents for entry in entries if entry.hit_id == each.hit_id and entry.kind == "reward")
        if rewards != len(approved) * each.reward_cents:
            here, there = money.dollars(rewards), money.dollars(len(approved) * each.reward_cents)
            wrong.append(sentence("HIT {hit}: rewards of ${here} here, ${there} there", hit=each.hit_id, here=here, there=there))
    return tuple(wrong)


def _told(connection: Connection, order: Order, new: int, missing: tuple[str, ...]) -> Collected:
    back = orders.came(connection, order.id)
    totals = ledger.totals(connection, order.account)
    return Collected(
        new=new,
        taken_in=sum(each.annotation_id is not None for each in back),
        problems=sum(each.problem is not None for each in back),
        rewards_cents=-totals.get("reward", 0),
        bonuses_cents=-totals.get("bonus", 0),
        fees_cents=-totals.get("fee", 0),
        missing=missing,
    )


__all__ = ["Collected", "collect", "end", "reconcile", "seconds_of"]
