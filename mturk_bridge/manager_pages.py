"""The lab manager's pages of the bridge: requesters, keys, money, what waits for a yes, statements, orders that go out."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.engine import Connection

from mturk_bridge import keys, migrations, pricing
from mturk_bridge import statement as statements
from mturk_bridge import tables as b
from mturk_bridge.errors import ApiError
from mturk_bridge.keys import KeyPair
from mturk_bridge.outgoing import orders as order_rules
from mturk_bridge.store import assignments, hits, ledger, messages, orders, requesters
from mturk_bridge.store.requesters import Requester
from workbench.context import Context
from workbench.domain import Role
from workbench.errors import Conflict, Invalid, NotFound, WorkbenchError
from workbench.store import audit, projects
from workbench.web import pages
from workbench.web.access import Ctx, Signed, require
from workbench.web.forms import Form

router = APIRouter(prefix="/manager/mturk", include_in_schema=False)
Manager = Annotated[Signed, Depends(require(Role.MANAGER))]
NEWEST = 100  # rows of the ledger that a page shows


@router.get("")
def overview(request: Request, ctx: Ctx, signed: Manager) -> Response:
    """
    Requesters, what waits for a person, the exchange rate, and orders that go out.

    Who may: manager.
    """
    return _overview(request, ctx, signed)


def _overview(
    request: Request, ctx: Context, signed: Signed, *, error: WorkbenchError | None = None, typed: Any = None
) -> Response:
    migrations.ready(ctx)

    def read(connection: Connection) -> dict[str, Any]:
        found = requesters.everybody(connection)
        names = {each.id: each.name for each in found}
        waiting = hits.types_of(connection, b.hit_type.c.held == "waiting")
        return {
            "requesters": [(each, ledger.balance(connection, each.id)) for each in found],
            "rate": requesters.rate(connection),
            "disputes": assignments.disputes(connection, only_open=True),
            "waiting": [(each, names[each.requester_id]) for each in waiting],
            "orders": [(each, projects.project_by_id(connection, each.project_id)) for each in orders.everything(connection)],
        }

    status = 422 if error else 200
    typed = typed or {}
    return pages.render(request, "mturk/overview.html", signed, status=status, error=error, typed=typed, **ctx.db.read(read))


@router.post("/rate")
def set_rate(request: Request, ctx: Ctx, signed: Manager, form: Form) -> Response:
    """
    What a euro is in dollars from now on.

    Who may: manager.
    """
    migrations.ready(ctx)
    try:
        value = Decimal(form.text("usd_per_eur").replace(",", "."))
        if not Decimal("0.2") < value < Decimal(5):
            raise InvalidOperation
        if not form.text("source"):
            raise Invalid("Say where this figure comes from.", field="source")
    except InvalidOperation:
        error = Invalid("Give a number of dollars for one euro, such as 1.16.", field="usd_per_eur")
        return _overview(request, ctx, signed, error=error, typed=form.data)
    except Invalid as error:
        return _overview(request, ctx, signed, error=error, typed=form.data)
    ctx.db.write(lambda c: requesters.set_rate(c, value, form.text("source")[:200], signed.person.id, ctx.now()))
    return pages.see_other("/manager/mturk")


@router.post("/requesters")
def add_requester(request: Request, ctx: Ctx, signed: Manager, form: Form) -> Response:
    """
    A new requester.

    Who may: manager.
    """
    migrations.ready(ctx)
    try:
        made = keys.add_requester(ctx, form.text("name"), needs_yes=form.flag("needs_yes"), by=signed.person)
    except WorkbenchError as error:
        return _overview(request, ctx, signed, error=error, typed=form.data)
    return pages.see_other(f"/manager/mturk/requesters/{made.public_id}")


# --- one requester ---------------------------------------------------------------------------------------------------


@router.get("/requesters/{requester_id}")
def one_requester(request: Request, ctx: Ctx, signed: Manager, requester_id: str) -> Response:
    """
    One requester: keys, money, kinds of HITs, what workers asked.

    Who may: manager.
    """
    return _requester_page(request, ctx, signed, _requester(ctx, requester_id))


@router.post("/requesters/{requester_id}/keys")
def add_key(request: Request, ctx: Ctx, signed: Manager, form: Form, requester_id: str) -> Response:
    """
    A new key pair; its secret is shown this once.

    Who may: manager.
    """
    requester = _requester(ctx, requester_id)
    pair = keys.add_key(ctx, requester, label=form.text("label")[:200] or None, by=signed.person)
    return _requester_page(request, ctx, signed, requester, pair=pair)


@router.post("/requesters/{requester_id}/keys/{access_key_id}/end")
def end_key(ctx: Ctx, signed: Manager, requester_id: str, access_key_id: str) -> Response:
    """
    A key opens nothing any more.

    Who may: manager.
    """
    requester = _requester(ctx, requester_id)
    known = ctx.db.read(lambda connection: requesters.keys_of(connection, requester.id))
    if access_key_id not in [each.access_key_id for each in known]:
        raise NotFound("There is no such key here.")
    keys.end_key(ctx, access_key_id, by=signed.person)
    return pages.see_other(f"/manager/mturk/requesters/{requester.public_id}")


@router.post("/requesters/{requester_id}/credit")
def add_credit(request: Request, ctx: Ctx, signed: Manager, form: Form, requester_id: str) -> Response:
    """
    Money that a requester may spend; below zero takes some back.

    Who may: manager.
    """
    requester = _requester(ctx, requester_id)
    try:
        value = Decimal(form.text("dollars").replace(",", "."))
        if not value or not abs(value) < Decimal(10_000_000) or value != value.quantize(Decimal("0.01")):
            raise InvalidOperation
        if not form.text("note"):
            raise Invalid("Say what this rests on, for example an invoice.", field="note")
    except InvalidOperation:
        error = Invalid("Give an amount in dollars, such as 250 or 12.50.", field="dollars")
        return _requester_page(request, ctx, signed, requester, error=error, typed=form.data)
    except Invalid as error:
        return _requester_page(request, ctx, signed, requester, error=error, typed=form.data)

    def write(connection: Connection) -> None:
        note = form.text("note")[:1000]
        amount = int(value * 100)
        ledger.add(connection, requester.account, "credit", amount, note=note, person_id=signed.person.id, now=ctx.now())

    ctx.db.write(write)
    return pages.see_other(f"/manager/mturk/requesters/{requester.public_id}")


@router.get("/requesters/{requester_id}/statement")
def show_statement(request: Request, ctx: Ctx, signed: Manager, requester_id: str) -> Response:
    """
    What was paid by the hour, and the Fairwork principles with evidence. Sums only.

    Who may: manager.
    """
    requester = _requester(ctx, requester_id)
    back = f"/manager/mturk/requesters/{requester.public_id}"
    return statement_page(request, ctx, signed, lambda c: statements.of_requester(c, requester, ctx.now()), back)


def statement_page(
    request: Request, ctx: Context, signed: Signed, read: Callable[[Connection], statements.Statement], back: str
) -> Response:
    """Any statement. Raises Conflict while nobody set the exchange rate."""
    try:
        found = ctx.db.read(read)
    except ApiError as error:
        raise Conflict("Set what a euro is in dollars first: on the MTurk page.") from error
    return pages.render(request, "mturk/statement.html", signed, statement=found, back=back, now_ms=ctx.now())


def _requester_page(
    request: Request,
    ctx: Context,
    signed: Signed,
    requester: Requester,
    *,
    pair: KeyPair | None = None,
    error: WorkbenchError | None = None,
    typed: Any = None,
) -> Response:
    def read(connection: Connection) -> dict[str, Any]:
        return {
            "balance": ledger.balance(connection, requester.id),
            "entries": ledger.entries(connection, requester.account, newest=NEWEST),
            "keys": requesters.keys_of(connection, requester.id),
            "types": hits.types_of(connection, b.hit_type.c.requester_id == requester.id),
            "layouts": hits.layouts(connection, requester.id),
            "messages": messages.to_requester(connection, requester.id),
        }

    data = {"requester": requester, "pair": pair, "error": error, "typed": typed or {}}
    address = f"{str(request.base_url).rstrip('/')}/mturk/requester"
    status = 422 if error else 200
    return pages.render(request, "mturk/one_requester.html", signed, status=status, **data, address=address, **ctx.db.read(read))


# --- decisions -------------------------------------------------------------------------------------------------------


@router.post("/types/{hit_type_id}/yes")
def allow_type(ctx: Ctx, signed: Manager, hit_type_id: str) -> Response:
    """
    This kind of HIT may be offered: somebody has looked at what it asks.

    Who may: manager.
    """
    migrations.ready(ctx)

    def write(connection: Connection) -> None:
        found = hits.type_by(connection, sa.and_(b.hit_type.c.hit_type_id == hit_type_id, b.hit_type.c.held == "waiting"))
        if found is None:
            raise NotFound("Nothing waits for a yes here.")
        hits.hold(connection, found.id, "allowed")
        projects.set_status(connection, found.project_id, "open", ctx.now())
        who = signed.person.id
        audit.record(connection, now=ctx.now(), person_id=who, action="mturk.type.yes", subject=hit_type_id)

    ctx.db.write(write)
    return pages.see_other("/manager/mturk")


@router.post("/disputes/{dispute_id}")
def decide_dispute(ctx: Ctx, signed: Manager, form: Form, dispute_id: str) -> Response:
    """
    About a rejection: the lab gives the money back, or does not. The worker's pay stands either way.

    Who may: manager.
    """
    migrations.ready(ctx)
    outcome = "upheld" if form.text("outcome") == "upheld" else "dismissed"

    def write(connection: Connection) -> None:
        found = [each for each in assignments.disputes(connection, only_open=True) if each.public_id == dispute_id]
        words = form.text("words")[:1000] or None
        if not found or not assignments.decide_dispute(connection, dispute_id, outcome, words, signed.person.id, ctx.now()):
            raise NotFound("This is decided already.")
        if outcome == "upheld":
            account, amount = f"in:{found[0].requester_id}", found[0].reward_cents
            token = f"repaid/{dispute_id}"
            who, hit = signed.person.id, found[0].hit_id
            ledger.add(connection, account, "repaid", amount, token=token, hit_id=hit, note=words, person_id=who, now=ctx.now())

    ctx.db.write(write)
    return pages.see_other("/manager/mturk")


@router.post("/messages/{message_id}")
def answer_message(ctx: Ctx, signed: Manager, form: Form, message_id: str) -> Response:
    """
    What a requester said to a worker's question, as somebody here writes it down.

    Who may: manager.
    """
    migrations.ready(ctx)
    words = form.text("words")[:2000]
    if not words:
        raise Invalid("Write the answer first.", field="words")
    if not ctx.db.write(lambda connection: messages.answer(connection, message_id, words, signed.person.id, ctx.now())):
        raise NotFound("This question has its answer already.")
    return pages.see_other("/manager/mturk")


@router.get("/orders/{order_id}")
def one_order(request: Request, ctx: Ctx, signed: Manager, order_id: str) -> Response:
    """
    Work that goes out: what, where to, for how much; and the button for a yes.

    Who may: manager.
    """
    order = _order(ctx, order_id)
    proposal = order_rules.proposal(ctx, order)

    def read(connection: Connection) -> dict[str, Any]:
        return {
            "project": projects.project_by_id(connection, order.project_id),
            "totals": ledger.totals(connection, order.account),
            "sent": orders.sent(connection, order.id),
            "came": orders.came(connection, order.id),
            "floor": pricing.floor_of(connection, ctx.now()),
        }

    return pages.render(request, "mturk/order.html", signed, order=order, proposal=proposal, **ctx.db.read(read))


@router.get("/orders/{order_id}/statement")
def order_statement(request: Request, ctx: Ctx, signed: Manager, order_id: str) -> Response:
    """
    What was paid by the hour for the work of one project that went out, and the Fairwork principles with evidence.

    Who may: manager.
    """
    order = _order(ctx, order_id)

    def read(connection: Connection) -> statements.Statement:
        return statements.of_project(connection, projects.project_by_id(connection, order.project_id), ctx.now())

    return statement_page(request, ctx, signed, read, f"/manager/mturk/orders/{order_id}")


@router.post("/orders/{order_id}/yes")
def allow_order(ctx: Ctx, signed: Manager, order_id: str) -> Response:
    """
    A manager's yes: this work may leave the lab.

    Who may: manager.
    """
    order_rules.say_yes(ctx, _order(ctx, order_id), signed.person)
    return pages.see_other(f"/manager/mturk/orders/{order_id}")


def _requester(ctx: Context, public_id: str) -> Requester:
    migrations.ready(ctx)
    found = ctx.db.read(lambda connection: requesters.by_name(connection, public_id))
    if found is None:
        raise NotFound("There is no such requester here.")
    return found


def _order(ctx: Context, public_id: str) -> orders.Order:
    migrations.ready(ctx)
    found = ctx.db.read(lambda connection: orders.by_public_id(connection, public_id))
    if found is None:
        raise NotFound("There is no such order here.")
    return found
