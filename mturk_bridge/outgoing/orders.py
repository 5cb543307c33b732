"""Orders: what may go out, what it costs, and a manager's yes. Nothing leaves without that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from sqlalchemy.engine import Connection

from accessibility.sentences import sentence
from mturk_bridge import fair_pay, pricing, questions
from mturk_bridge.fair_pay import Floor, Quote
from mturk_bridge.money import dollars
from mturk_bridge.outgoing.client import check_endpoint
from mturk_bridge.outgoing.forms import CannotGoOut, form
from mturk_bridge.store import ledger, orders
from mturk_bridge.store.orders import Order
from task_types import reading, registry
from task_types.protocol import Case
from workbench.context import Context
from workbench.domain import Json, Microtask, Person, Project, Role, Step
from workbench.errors import Conflict, Invalid, NotAllowed, NotFound
from workbench.store import audit, projects

NEVER = frozenset({"video_faces", "recording", "mturk_form", "mturk_html"})  # faces, voices, and others' work
LIFETIME_SECONDS = 7 * 24 * 3600
DURATION_SECONDS = 2 * 3600  # a time limit must not make anybody hurry


@dataclass(frozen=True)
class Proposal:
    """What an order would be, for the manager who decides. Money in US cents; `total`: with fees, at most."""

    order: Order
    quote: Quote | None
    microtasks: int
    staying: int
    total_cents: int


def propose(
    ctx: Context,
    project: Project,
    endpoint: str,
    *,
    assignments: int,
    budget_cents: int,
    pilot: int = 5,
    reward_cents: int | None = None,
    fee_rate: Decimal = Decimal(0),
    profile: str | None = None,
    by: Person | None = None,
) -> Proposal:
    """
    Write down what would go out. Nothing is sent.

    Raises:
        Invalid: not this project, a price under the floor, a budget that is too small. Conflict: there is an order already.
    """
    endpoint = check_endpoint(endpoint)
    refuse_project(ctx, project)
    if not 1 <= assignments <= 9 or not 1 <= pilot <= 50 or not 0 <= fee_rate <= 1:
        raise Invalid("Choose 1 to 9 assignments for each question, a pilot of 1 to 50, and a fee of 0 to 1.")

    def write(connection: Connection) -> Order:
        if orders.of_project(connection, project.id) is not None:
            raise Conflict("This project has an order already. End it first: workbench mturk end PROJECT")
        step = projects.steps_of(connection, project.id)[0]
        floor = pricing.floor_of(connection, ctx.now())
        least = first_price(connection, step, floor)
        reward = least if reward_cents is None else reward_cents
        if reward < least:
            raise Invalid(
                sentence(
                    "${dollars} is under the floor of €{hourly_eur} an hour; ${least} would do.",
                    dollars=dollars(reward),
                    hourly_eur=floor.hourly_eur,
                    least=dollars(least),
                )
            )
        made = orders.add(
            connection,
            {
                "project_id": project.id,
                "step_id": step.id,
                "endpoint": endpoint,
                "profile": profile,
                "budget_cents": budget_cents,
                "reward_cents": reward,
                "assignments": assignments,
                "pilot": pilot,
                "fee_rate": str(fee_rate),
                "settings": {},
                "person_id": by.id if by else None,
                "created_ms": ctx.now(),
            },
        )
        _log(connection, ctx, by, "mturk.order", made)
        return made

    order = ctx.db.write(write)
    return proposal(ctx, order)


def say_yes(ctx: Context, order: Order, manager: Person) -> Order:
    """
    A manager says yes: from now on this work may leave the lab.

    Raises:
        NotAllowed: not a manager. Conflict: it has ended, somebody said yes before, or the project is not open.
        Invalid: the project stays here by now.
    """
    if not manager.has(Role.MANAGER):
        raise NotAllowed("Only a lab manager can say yes to work that leaves the lab.")
    check_going(ctx, order)

    def write(connection: Connection) -> Order:
        found = orders.by_public_id(connection, order.public_id)
        if found is None or found.status != "proposed":
            raise Conflict("This order is not waiting for a yes any more.")
        orders.change(connection, found.id, status="approved", approved_by=manager.id, approved_ms=ctx.now())
        _log(connection, ctx, manager, "mturk.order.yes", found)
        return _again(connection, found)

    return ctx.db.write(write)


def withdraw(ctx: Context, order: Order) -> None:
    """A proposal that nobody said yes to is off."""
    ctx.db.write(lambda connection: orders.change(connection, order.id, status="ended", ended_ms=ctx.now()))


def named(ctx: Context, project: Project) -> Order:
    """The project's order. Raises NotFound."""
    found = ctx.db.read(lambda connection: orders.of_project(connection, project.id))
    if found is None:
        raise NotFound(
            sentence(
                '"{name}" has no order. Make one with: workbench mturk publish PROJECT --endpoint URL --budget 25',
                name=project.name,
            )
        )
    return found


def proposal(ctx: Context, order: Order) -> Proposal:
    """What an order comes to, as things stand."""

    def read(connection: Connection) -> Proposal:
        step = projects.step_by_id(connection, order.step_id)
        found = orders.candidates(connection, order, 10_000)
        going = sum(stays(step, each) is None for each in found)
        times = orders.measured(connection, step.id)
        enough = len(times) >= fair_pay.ENOUGH_TIMES
        quote = fair_pay.quote(times, pricing.floor_of(connection, ctx.now())) if enough else None
        total = going * cost_cents(order, order.reward_cents)
        return Proposal(order, quote, going, len(found) - going, total)

    return ctx.db.read(read)


# --- rules -----------------------------------------------------------------------------------------------------------


def refuse_project(ctx: Context, project: Project) -> None:
    """
    What never leaves: faces and voices, personal data, material under embargo.

    Raises:
        Invalid: says why this project stays.
    """
    steps = ctx.db.read(lambda connection: projects.steps_of(connection, project.id))
    if not steps or len(steps) > 1:
        raise Invalid("Only a project with one question can go out.")
    if steps[0].task_type in NEVER:
        raise Invalid(sentence("Work of the kind {task_type} never leaves this lab.", task_type=steps[0].task_type))
    if project.legal_basis or steps[0].settings.get("legal_basis"):
        raise Invalid("This project has a legal basis for personal data. Personal data never leaves this lab.")
    if project.embargo_until_ms is not None and project.embargo_until_ms > ctx.now():
        raise Invalid("This project's material is under embargo. It stays here.")


def check_going(ctx: Context, order: Order) -> None:
    """
    May work of this order leave at this moment? A project may have come under embargo, or been paused, after the yes.

    Raises:
        Invalid: what `refuse_project` says. Conflict: the project is not open.
    """
    project = ctx.db.read(lambda connection: projects.project_by_id(connection, order.project_id))
    refuse_project(ctx, project)
    if project.status != "open":
        raise Conflict("This project is not open, so nothing of it goes out.")


def stays(step: Step, microtask: Microtask) -> str | None:
    """Why this microtask can't go out; None: it can."""
    try:
        question(step, microtask)
    except CannotGoOut as refused:
        return refused.message
    return None


def question(step: Step, microtask: Microtask) -> str:
    """The QuestionForm of a microtask. Raises CannotGoOut."""
    task_type = registry.get(step.task_type)
    return form(task_type, case_of(step.settings, task_type, microtask))


def case_of(settings: Mapping[str, Json], task_type: Any, microtask: Microtask) -> Case[Any, Any]:
    """What a microtask asks, in the language of its material."""
    read = reading.settings(task_type, settings)
    payload = reading.payload(task_type, microtask.payload, microtask.task_type_version)
    return Case(settings=read, payload=payload, locale="nl" if read.language == "nl" else "en")


def first_price(connection: Connection, step: Step, floor: Floor) -> int:
    """What must be paid before the pilot has told how long it takes elsewhere: measured here, or estimated. US cents."""
    times = orders.measured(connection, step.id)
    if len(times) >= fair_pay.ENOUGH_TIMES:
        return fair_pay.quote(times, floor).reward_cents
    return fair_pay.reward_for(max(_estimates(connection, step), default=60.0), floor)


def _estimates(connection: Connection, step: Step) -> Sequence[float]:
    wanted = Order(0, "", step.project_id, step.id, "", None, "", 0, 0, 1, 0, "0", {}, None, None, None, 0)
    found = []
    for each in orders.candidates(connection, wanted, 20):
        if stays(step, each) is None:
            found.append(questions.form_of(question(step, each), "Question").seconds)
    return found


def cost_cents(order: Order, reward_cents: int) -> int:
    """What one microtask costs: its answers with the endpoint's fee, which is at least a cent for each where there is one."""
    rate = Decimal(order.fee_rate)
    fee = max(1, int((Decimal(reward_cents) * rate).to_integral_value(rounding=ROUND_CEILING))) if rate else 0
    return order.assignments * (reward_cents + fee)


def fee_cents(order: Order, amount_cents: int) -> int:
    """The endpoint's fee on one payment."""
    rate = Decimal(order.fee_rate)
    return max(1, int((Decimal(amount_cents) * rate).to_integral_value(rounding=ROUND_CEILING))) if rate else 0


def spent_cents(connection: Connection, order: Order) -> int:
    """What was paid so far, and what is promised to questions that are still out."""
    paid = -sum(ledger.totals(connection, order.account).values())
    answered: dict[int, int] = {}
    for each in orders.came(connection, order.id):
        answered[each.order_hit_id] = answered.get(each.order_hit_id, 0) + 1
    out = orders.sent(connection, order.id, "meant", "open")
    waiting = sum(
        (each.assignments - answered.get(each.id, 0)) * (each.reward_cents + fee_cents(order, each.reward_cents)) for each in out
    )
    return paid + waiting


def _again(connection: Connection, order: Order) -> Order:
    found = orders.by_public_id(connection, order.public_id)
    assert found
    return found


def _log(connection: Connection, ctx: Context, by: Person | None, action: str, order: Order) -> None:
    detail = {"endpoint": order.endpoint, "budget_cents": order.budget_cents}
    person_id = by.id if by else None
    audit.record(connection, now=ctx.now(), person_id=person_id, action=action, subject=order.public_id, detail=detail)
