"""
Sending an order's microtasks out: first a pilot, then the rest at the price that the pilot's times ask for.

What is meant is written down before anybody is asked, with a token. After a crash the same token is sent again: the other
side makes the HIT now, or says which one it made then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from accessibility.sentences import sentence
from mturk_bridge import fair_pay, pricing
from mturk_bridge.money import dollars
from mturk_bridge.outgoing import orders as rules
from mturk_bridge.outgoing.client import Elsewhere, Refused, hit_named_in
from mturk_bridge.store import orders
from mturk_bridge.store.orders import Came, Order, Sent
from workbench.context import Context
from workbench.domain import Microtask, Step
from workbench.errors import Conflict, Invalid
from workbench.store import projects

DESCRIPTION = {
    "nl": "Eén vraag over een korte tekst. Neem de tijd die je nodig hebt.",
    "en": "One question about a short text. Take the time you need.",
}
TOGETHER = 50  # microtasks that are written down at once
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Published:
    """What was done. phase: pilot, waiting (for the pilot's answers), rest, or nothing (left)."""

    phase: str
    sent: int
    staying: int
    reward_cents: int
    out_of_budget: bool


def publish(ctx: Context, order: Order, elsewhere: Elsewhere, progress: Progress = lambda _done, _total: None) -> Published:
    """
    Send what may go now. Asking again goes on where it stopped.

    Raises:
        Conflict: no manager said yes, or the project is not open. Invalid: the project stays here by now.
        Invalid, Unavailable, Refused: what the other side says.
    """
    if order.status != "approved":
        raise Conflict("Nothing leaves this lab without a manager's yes. Ask for it on the MTurk page, or give --yes-by NAME.")
    rules.check_going(ctx, order)
    _finish_meant(ctx, order, elsewhere)
    phase, most, reward = _plan(ctx, order)
    if phase in ("waiting", "nothing"):
        return Published(phase, 0, 0, reward, out_of_budget=False)
    sent, staying, full = 0, 0, False
    while most and not full:
        rules.check_going(ctx, order)  # sending takes its time, and somebody may close the project meanwhile
        made, left, full = _write_down(ctx, order, min(most, TOGETHER), reward)
        staying += left
        if not made:
            break
        _finish_meant(ctx, order, elsewhere)
        sent += made
        most -= made
        progress(sent, None)
    return Published(phase, sent, staying, reward, full)


def _write_down(ctx: Context, order: Order, most: int, reward: int) -> tuple[int, int, bool]:
    return ctx.db.write(lambda connection: _mean(connection, ctx, order, most, reward))


def _plan(ctx: Context, order: Order) -> tuple[str, int, int]:
    """(phase, how many at most, reward in US cents)."""

    def read(connection: Connection) -> tuple[str, int, int]:
        out, back = orders.sent(connection, order.id), orders.came(connection, order.id)
        if len(out) < order.pilot and not back:
            return "pilot", order.pilot - len(out), order.reward_cents
        times = [seconds_of(each) for each in back if seconds_of(each) > 0]
        if len(times) < min(fair_pay.ENOUGH_TIMES, order.pilot * order.assignments):
            over = all(each.status == "done" for each in out)
            return ("rest", 1_000_000, order.reward_cents) if over else ("waiting", 0, order.reward_cents)
        floor = pricing.floor_of(connection, ctx.now())
        return "rest", 1_000_000, max(fair_pay.quote(times, floor).reward_cents, order.reward_cents)

    return ctx.db.read(read)


def seconds_of(came: Came) -> float:
    """How long an answer took: the longer of what was measured and what was said."""
    return float(max(came.active_seconds or 0, came.reported_seconds or 0))


def _mean(connection: Connection, ctx: Context, order: Order, most: int, reward: int) -> tuple[int, int, bool]:
    """Write down what goes out next: (how many, how many stay here, is the budget used up?)."""
    step = projects.step_by_id(connection, order.step_id)
    left = order.budget_cents - rules.spent_cents(connection, order)
    cost, made, staying = rules.cost_cents(order, reward), 0, 0
    for each in orders.candidates(connection, order, 5 * most):
        if made == most:
            break
        if rules.stays(step, each) is not None:
            staying += 1
            continue
        places = min(order.assignments, orders.free_places(connection, each.id))
        if places < 1:
            continue
        if cost > left:
            return made, staying, True
        left -= cost
        row = {
            "order_id": order.id,
            "microtask_id": each.id,
            "token": f"{order.public_id}-{each.public_id}",
            "assignments": places,
            "reward_cents": reward,
            "created_ms": ctx.now(),
        }
        orders.mean(connection, row)
        # The lab's own people do something else meanwhile: a place is held for each answer that is asked elsewhere.
        orders.take_places(connection, each.id, places)
        made += 1
    return made, staying, False


def _finish_meant(ctx: Context, order: Order, elsewhere: Elsewhere) -> None:
    for each in ctx.db.read(lambda connection: orders.sent(connection, order.id, "meant")):
        hit_id = _create(ctx, order, elsewhere, each)
        ctx.db.write(lambda c, s=each, h=hit_id: orders.change_sent(c, s.id, hit_id=h, status="open"))  # type: ignore[misc]


def _create(ctx: Context, order: Order, elsewhere: Elsewhere, sent: Sent) -> str:
    step, microtask = ctx.db.read(lambda connection: _asked(connection, order, sent))
    try:
        found = elsewhere.ask("create_hit", **_hit(step, microtask, sent))
    except Refused as refused:
        known = hit_named_in(refused.message) if refused.code.endswith("HitAlreadyExists") else None
        if known is None:
            raise Invalid(
                sentence("{message} (asked for ${dollars})", message=refused.message, dollars=dollars(sent.reward_cents))
            ) from refused
        return known
    return str(found["HIT"]["HITId"])


def _asked(connection: Connection, order: Order, sent: Sent) -> tuple[Step, Microtask]:
    return projects.step_by_id(connection, order.step_id), orders.microtask_of(connection, sent)


def _hit(step: Step, microtask: Microtask, sent: Sent) -> dict[str, Any]:
    return {
        "Title": _title(step),
        "Description": DESCRIPTION["nl" if step.settings.get("language") == "nl" else "en"],
        "Keywords": "text, reading" + (", opinion" if step.settings.get("opinion") else ""),
        "Reward": dollars(sent.reward_cents),
        "MaxAssignments": sent.assignments,
        "LifetimeInSeconds": rules.LIFETIME_SECONDS,
        "AssignmentDurationInSeconds": rules.DURATION_SECONDS,
        "AutoApprovalDelayInSeconds": 0,  # approved at once: pay waits for nobody's judgement
        "RequesterAnnotation": sent.token,
        "UniqueRequestToken": sent.token,
        "Question": rules.question(step, microtask),
    }


def _title(step: Step) -> str:
    asked = step.settings.get("question")
    words = asked if isinstance(asked, str) else next(iter((asked or {}).values()), "")
    return (words or step.task_type.replace("_", " ").capitalize())[:128]
