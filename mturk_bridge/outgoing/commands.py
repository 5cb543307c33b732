"""`workbench mturk quote`, `publish`, `collect` and `end`: work that goes out to another endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from accessibility.sentences import noted, sentence
from mturk_bridge.command_line import bridge, cents, decimal
from workbench.commands import progress
from workbench.commands.telling import tell
from workbench.errors import Invalid, NotFound

if TYPE_CHECKING:
    from mturk_bridge.outgoing.collecting import Collected
    from workbench.context import Context
    from workbench.domain import Person

PHASES = {"pilot": noted("pilot"), "rest": noted("rest"), "nothing": noted("nothing left")}
PUBLISH = "Example: workbench mturk publish boats --endpoint https://lab.example/mturk/requester --budget 25"


def register(parent: typer.Typer) -> None:
    """Hang these commands on."""
    parent.command("quote", epilog="Example: workbench mturk quote boats")(quote)
    parent.command("publish", epilog=PUBLISH)(publish)
    parent.command("collect", epilog="Example: workbench mturk collect boats")(collect)
    parent.command("end", epilog="Example: workbench mturk end boats")(end)


def quote(project: str) -> None:
    """What a question of this project takes, from measured times, and what it must pay elsewhere."""
    from mturk_bridge import fair_pay, pricing
    from mturk_bridge.money import dollars
    from mturk_bridge.store import orders
    from workbench import projects
    from workbench.store import projects as store

    with bridge() as ctx:
        found = projects.named(ctx, project)
        step = ctx.db.read(lambda connection: store.steps_of(connection, found.id))[0]
        times = ctx.db.read(lambda connection: orders.measured(connection, step.id))
        floor = ctx.db.read(lambda connection: pricing.floor_of(connection, ctx.now()))
    if len(times) < fair_pay.ENOUGH_TIMES:
        raise NotFound(
            sentence(
                '"{name}" has {count} measured times; a quote needs {enough_times}. Do a pilot first.',
                name=found.name,
                count=len(times),
                enough_times=fair_pay.ENOUGH_TIMES,
            )
        )
    told = fair_pay.quote(times, floor)
    tell(
        "{mean:.0f} seconds ({low:.0f}–{high:.0f}, 95%), measured {count} times",
        mean=told.mean_seconds,
        low=told.low_seconds,
        high=told.high_seconds,
        count=told.count,
    )
    tell(
        "${reward} each, at the floor of €{floor} an hour and ${rate} a euro",
        reward=dollars(told.reward_cents),
        floor=floor.hourly_eur,
        rate=floor.usd_per_eur,
    )


def publish(
    project: str,
    endpoint: Annotated[str | None, typer.Option(help="address of a lab that speaks the protocol; for a new order")] = None,
    budget: Annotated[str | None, typer.Option(help="most dollars that it may cost, for a new order")] = None,
    assignments: Annotated[int, typer.Option(help="answers wanted for each question")] = 1,
    pilot: Annotated[int, typer.Option(help="questions that go first, to measure the time")] = 5,
    reward: Annotated[str | None, typer.Option(help="dollars for each answer; the floor's price when left out")] = None,
    fee: Annotated[str, typer.Option(help="what the endpoint adds to each payment, 0.2 for 20%")] = "0",
    profile: Annotated[str | None, typer.Option(help="whose key pair, in boto3's own credentials file")] = None,
    yes_by: Annotated[str | None, typer.Option(help="the lab manager who says yes: nothing leaves without it")] = None,
) -> None:
    """Send overflow to another lab: first a proposal, after a manager's yes a pilot, then the rest at the measured price."""
    from mturk_bridge.money import dollars
    from mturk_bridge.outgoing import orders, publishing
    from mturk_bridge.outgoing.client import connect
    from mturk_bridge.store import orders as store
    from workbench import projects

    with bridge() as ctx, progress("Sending") as moved:
        found = projects.named(ctx, project)
        order = ctx.db.read(lambda connection: store.of_project(connection, found.id))
        if order is None:
            if endpoint is None or budget is None:
                raise Invalid("A new order needs --endpoint URL and --budget DOLLARS.")
            order = orders.propose(
                ctx,
                found,
                endpoint,
                assignments=assignments,
                budget_cents=cents(budget),
                pilot=pilot,
                reward_cents=None if reward is None else cents(reward),
                fee_rate=decimal(fee, noted("fee")),
                profile=profile,
            ).order
        if yes_by is not None and order.status == "proposed":
            order = orders.say_yes(ctx, order, _manager(ctx, yes_by))
        if order.status == "proposed":
            told = orders.proposal(ctx, order)
            tell(
                "Proposed: {count} questions to {endpoint} at ${reward}, ${total} in all, budget ${budget}. {staying} stay here.",
                count=told.microtasks,
                endpoint=order.endpoint,
                reward=dollars(order.reward_cents),
                total=dollars(told.total_cents),
                budget=dollars(order.budget_cents),
                staying=told.staying,
            )
            tell("Nothing is sent. A lab manager says yes on the MTurk page, or with --yes-by NAME.")
            return
        done = publishing.publish(ctx, order, connect(order.endpoint, order.profile), moved)
    if done.phase == "waiting":
        tell("The pilot is out; its answers make the price of the rest. Collect first: workbench mturk collect PROJECT")
        return
    tell(
        "{count} questions sent ({phase}) at ${reward}; {staying} stay here.",
        count=done.sent,
        phase=sentence(PHASES[done.phase]),
        reward=dollars(done.reward_cents),
        staying=done.staying,
    )
    if done.out_of_budget:
        tell("The budget is used up: the rest stays here.")


def collect(project: str) -> None:
    """Fetch answers from elsewhere, approve and pay them up to the floor, and compare the money. Safe to repeat."""
    from mturk_bridge.outgoing import collecting, orders
    from mturk_bridge.outgoing.client import connect
    from workbench import projects

    with bridge() as ctx:
        order = orders.named(ctx, projects.named(ctx, project))
        _tell(collecting.collect(ctx, order, connect(order.endpoint, order.profile)))


def end(project: str) -> None:
    """Ask for no more elsewhere; what is there is fetched and paid, the rest comes back to the lab's own people."""
    from mturk_bridge.outgoing import collecting, orders
    from mturk_bridge.outgoing.client import connect
    from workbench import projects

    with bridge() as ctx:
        order = orders.named(ctx, projects.named(ctx, project))
        if order.status == "proposed":
            orders.withdraw(ctx, order)
            tell("The proposal is withdrawn; nothing was sent.")
            return
        _tell(collecting.end(ctx, order, connect(order.endpoint, order.profile)))


def _tell(found: Collected) -> None:
    from mturk_bridge.money import dollars

    tell("{new} new answers; {taken} taken in, {beside} kept beside.", new=found.new, taken=found.taken_in, beside=found.problems)
    tell(
        "Cost so far: ${rewards} rewards, ${bonuses} bonuses, ${fees} fees.",
        rewards=dollars(found.rewards_cents),
        bonuses=dollars(found.bonuses_cents),
        fees=dollars(found.fees_cents),
    )
    for each in found.missing:
        tell("Does not add up: {what}", what=each, error=True)


def _manager(ctx: Context, name: str) -> Person:
    from workbench.store import people

    found = ctx.db.read(lambda connection: people.person_by_name(connection, name))
    if found is None:
        raise NotFound(sentence('There is nobody called "{name}" here, or more than one.', name=name))
    return found
