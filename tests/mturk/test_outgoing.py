"""Work that goes out: two workbenches, one publishing to the other; nothing twice, nothing forgotten, to the cent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from mturk_bridge import migrations
from mturk_bridge.fair_pay import Floor, reward_for
from mturk_bridge.outgoing import collecting, orders, publishing
from mturk_bridge.outgoing.client import Elsewhere, check_endpoint
from mturk_bridge.store import ledger, requesters
from mturk_bridge.store import orders as store
from mturk_bridge.store.orders import Order
from tests.builders import person, rating, rows, workers
from tests.conftest import Clock, lab
from tests.mturk.endpoint import Desk, work
from tests.mturk.proxy import a_bad_wire
from workbench import review
from workbench import tables as t
from workbench.context import Context, wall_clock
from workbench.domain import Person, Project, Role
from workbench.errors import Conflict, Invalid, NotAllowed

TEXTS = [f"Een kort bericht over boot {number}." for number in range(8)]
FLOOR = Floor(Decimal("14.99"), Decimal("1.15"))


@dataclass
class Publisher:
    """A second lab, which has more work than people."""

    ctx: Context
    project: Project
    manager: Person
    clock: Clock

    def order(self, desk: Desk, **more: Any) -> Order:
        """An order that a manager said yes to."""
        given = {"assignments": 1, "budget_cents": 1_000, "pilot": 5, **more}
        made = orders.propose(self.ctx, self.project, f"{desk.url}/mturk/requester", **given)
        return orders.say_yes(self.ctx, made.order, self.manager)

    def totals(self, order: Order) -> dict[str, int]:
        """Its side of the ledger."""
        return dict(self.ctx.db.read(lambda connection: ledger.totals(connection, order.account)))


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Publisher]:
    """A lab with eight texts to rate, and a manager."""
    clock = Clock(wall_clock())
    ctx = lab(tmp_path / "publisher", clock)
    migrations.ready(ctx)
    ctx.db.write(lambda connection: requesters.set_rate(connection, Decimal("1.15"), "ECB, a test", None, ctx.now()))
    project = rating(ctx, TEXTS, question="How clear is this text?", language="en")
    yield Publisher(ctx, project, person(ctx, "Mia", Role.MANAGER), clock)
    ctx.close()


def elsewhere(desk: Desk, url: str | None = None) -> Elsewhere:
    """The other lab, asked by a boto3 whose every request and answer is held against the model."""
    address = url or f"{desk.url}/mturk/requester"
    return Elsewhere(address, desk.client(url=address, attempts=8))


def answer_there(desk: Desk, people: list[Person], count: int, *, minutes: float = 1.0) -> None:
    """People of the other lab rate so many texts."""
    for number in range(count):
        work(desk.ctx, people[number % len(people)], {"fields": {"q1": "4", "q2": minutes}})


def test_pilot_then_price_then_the_rest_and_the_money_adds_up(desk: Desk, publisher: Publisher) -> None:
    """Five go first; their times make the price of the rest; both ledgers end on the same cent."""
    there = elsewhere(desk)
    order = publisher.order(desk)
    assert publishing.publish(publisher.ctx, order, there).sent == 5
    assert publishing.publish(publisher.ctx, order, there).phase == "waiting"
    two = workers(desk.ctx, 2)
    answer_there(desk, two, 5, minutes=2)
    first = collecting.collect(publisher.ctx, order, there)
    assert (first.new, first.taken_in, first.problems, first.missing) == (5, 5, 0, ())
    rest = publishing.publish(publisher.ctx, order, there)
    assert (rest.phase, rest.sent, rest.reward_cents) == ("rest", 3, reward_for(120, FLOOR))
    answer_there(desk, two, 3, minutes=2)
    last = collecting.collect(publisher.ctx, order, there)
    assert (last.taken_in, last.missing) == (8, ())
    here = publisher.totals(order)
    theirs = desk.ctx.db.read(lambda connection: ledger.totals(connection, desk.requester.account))
    assert {kind: theirs[kind] for kind in here} == here
    assert here["reward"] + here.get("bonus", 0) <= -8 * reward_for(120, FLOOR) + 8
    assert desk.client().list_hits()["NumResults"] == 0
    review.drain(publisher.ctx)
    assert {row.status for row in rows(publisher.ctx, t.microtask)} == {"settled"}
    assert {row.via for row in rows(publisher.ctx, t.annotation)} == {"bridge"}


def test_each_person_is_paid_up_to_the_floor(desk: Desk, publisher: Publisher) -> None:
    """The slower worker gets a bonus, the faster one none; collecting again pays nobody again."""
    there, order = elsewhere(desk), publisher.order(desk, pilot=2)
    publishing.publish(publisher.ctx, order, there)
    fast, slow = workers(desk.ctx, 2)
    answer_there(desk, [fast], 1, minutes=0)
    answer_there(desk, [slow], 1, minutes=3)
    for _ in range(3):
        collected = collecting.collect(publisher.ctx, order, there)
    assert collected.bonuses_cents == reward_for(180, FLOOR) - order.reward_cents
    assert collected.missing == ()
    assert [row.bonus_cents for row in publisher.ctx.db.read(lambda c: store.came(c, order.id))] == [0, collected.bonuses_cents]


@pytest.mark.parametrize("broken", ["CreateHIT", "ApproveAssignment", "SendBonus", "DeleteHIT", "ListAssignmentsForHIT"])
def test_a_crash_at_any_point_pays_nobody_twice_and_forgets_nobody(desk: Desk, publisher: Publisher, broken: str) -> None:
    """The wire is cut after each kind of call was carried out; a new start goes on, and the money is the same."""
    order, cut = publisher.order(desk, pilot=2), []

    def trouble(operation: str, _number: int) -> str | None:
        # Every try of boto3's own is lost too, as when the program itself falls over; only a new start gets through.
        return "lost" if operation == broken and not cut else None

    with a_bad_wire(f"{desk.url}/mturk/requester", trouble) as (url, _):
        fragile = Elsewhere(url, desk.client(url=url, attempts=0))
        published = _try(cut, lambda: publishing.publish(publisher.ctx, order, fragile))
        if published is None:
            publishing.publish(publisher.ctx, order, fragile)
        answer_there(desk, workers(desk.ctx, 1), 2, minutes=3)
        if _try(cut, lambda: collecting.collect(publisher.ctx, order, fragile)) is None:
            collecting.collect(publisher.ctx, order, fragile)
    assert cut, f"{broken} was never called"
    collected = collecting.collect(publisher.ctx, order, elsewhere(desk))
    assert (collected.taken_in, collected.missing) == (2, ())
    assert collected.rewards_cents + collected.bonuses_cents == reward_for(360, FLOOR)
    theirs = desk.ctx.db.read(lambda connection: ledger.totals(connection, desk.requester.account))
    assert -theirs["reward"] - theirs["bonus"] == reward_for(360, FLOOR)
    assert len(rows(desk.ctx, t.microtask)) == 2


def _try(cut: list[str], step: Any) -> Any:
    try:
        return step()
    except Exception as error:  # whatever a broken wire makes
        cut.append(type(error).__name__)
        return None


def test_nothing_leaves_without_a_managers_yes(desk: Desk, publisher: Publisher) -> None:
    """A proposal is a proposal; a worker's yes is none."""
    made = orders.propose(publisher.ctx, publisher.project, f"{desk.url}/mturk/requester", assignments=1, budget_cents=500)
    with pytest.raises(Conflict, match="manager's yes"):
        publishing.publish(publisher.ctx, made.order, elsewhere(desk))
    with pytest.raises(NotAllowed):
        orders.say_yes(publisher.ctx, made.order, person(publisher.ctx, "Wim"))
    assert desk.client().list_hits()["NumResults"] == 0
    assert (made.microtasks, made.staying) == (8, 0)


def test_the_budget_is_never_passed(desk: Desk, publisher: Publisher) -> None:
    """As many go out as there is money for; the rest stays with the lab's own people."""
    made = orders.propose(publisher.ctx, publisher.project, f"{desk.url}/mturk/requester", assignments=1, budget_cents=1)
    orders.say_yes(publisher.ctx, made.order, publisher.manager)
    order = orders.named(publisher.ctx, publisher.project)
    found = publishing.publish(publisher.ctx, order, elsewhere(desk))
    assert (found.sent, found.out_of_budget) == (0, True)


def test_what_goes_out_is_not_offered_here_and_comes_back_when_nobody_took_it(desk: Desk, publisher: Publisher) -> None:
    """Places are held meanwhile; ending the order gives them back."""
    there, order = elsewhere(desk), publisher.order(desk, pilot=8)
    publishing.publish(publisher.ctx, order, there)
    own = person(publisher.ctx, "Noor")
    with pytest.raises(IndexError):
        work(publisher.ctx, own, {"value": 3})
    answer_there(desk, workers(desk.ctx, 1), 2)
    ended = collecting.end(publisher.ctx, order, there)
    assert ended.taken_in == 2
    for _ in range(6):
        work(publisher.ctx, own, {"value": 3})
    with pytest.raises(IndexError):
        work(publisher.ctx, own, {"value": 3})


def test_personal_data_faces_and_secrets_stay(publisher: Publisher, tmp_path: Path) -> None:
    """A text with a mail address, a project with a legal basis, sound and pictures."""
    from tests.builders import add_texts

    add_texts(publisher.ctx, publisher.project, ["Mail aan jan.jansen@example.nl", "Bel 06-12345678 voor Jan"])
    made = orders.propose(publisher.ctx, publisher.project, "https://partner.example/mturk", assignments=1, budget_cents=500)
    assert (made.microtasks, made.staying) == (8, 2)
    from dataclasses import replace

    with pytest.raises(Invalid, match="legal basis"):
        orders.refuse_project(publisher.ctx, replace(publisher.project, legal_basis="public interest"))
    with pytest.raises(Invalid, match="under embargo"):
        orders.refuse_project(publisher.ctx, replace(publisher.project, embargo_until_ms=publisher.ctx.now() + 1))


@pytest.mark.parametrize("said_yes", [False, True], ids=["before the yes", "after the yes"])
def test_what_stays_here_by_now_does_not_go_out(desk: Desk, publisher: Publisher, said_yes: bool) -> None:
    """An embargo or a pause after the proposal counts: for the yes, and for what is sent later."""
    ctx, project = publisher.ctx, publisher.project
    order = orders.propose(ctx, project, f"{desk.url}/mturk/requester", assignments=1, budget_cents=500).order
    order = orders.say_yes(ctx, order, publisher.manager) if said_yes else order

    def go() -> object:
        return publishing.publish(ctx, order, elsewhere(desk)) if said_yes else orders.say_yes(ctx, order, publisher.manager)

    def change(**values: object) -> None:
        ctx.db.write(lambda connection: connection.execute(sa.update(t.project).values(values)))

    change(embargo_until_ms=ctx.now() + 60_000)
    with pytest.raises(Invalid, match="under embargo"):
        go()
    change(embargo_until_ms=None, status="paused")
    with pytest.raises(Conflict, match="not open"):
        go()
    assert desk.client().list_hits()["NumResults"] == 0
    change(status="open")
    assert go()


def test_a_price_under_the_floor_goes_nowhere(publisher: Publisher) -> None:
    """With the price that would do."""
    with pytest.raises(Invalid, match=r"would do"):
        orders.propose(
            publisher.ctx, publisher.project, "https://partner.example/mturk", assignments=1, budget_cents=500, reward_cents=1
        )


@pytest.mark.parametrize(
    ("endpoint", "words"),
    [
        ("https://mturk-requester.us-east-1.amazonaws.com", "closed Mechanical Turk on 30 September 2026"),
        ("https://requester.mturk.com", "closed Mechanical Turk"),
        ("http://partner.example", "must be an https address"),
        ("partner", "must be an https address"),
    ],
)
def test_a_wrong_endpoint_gets_one_clear_sentence(endpoint: str, words: str) -> None:
    """The closed service is named with its day."""
    with pytest.raises(Invalid, match=words):
        check_endpoint(endpoint)
