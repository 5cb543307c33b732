"""Orders: work that goes out, what was made of it elsewhere, and what came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mturk_bridge import tables as b
from workbench import tables as t
from workbench.domain import Json, Microtask, new_public_id
from workbench.store.database import upsert
from workbench.store.microtasks import MICROTASK, microtask


@dataclass(frozen=True)
class Order:
    """Work of one step that goes out, after a manager's yes. Money in US cents; `fee_rate`: what the endpoint adds."""

    id: int
    public_id: str
    project_id: int
    step_id: int
    endpoint: str
    profile: str | None
    status: str
    budget_cents: int
    reward_cents: int
    assignments: int
    pilot: int
    fee_rate: str
    settings: Mapping[str, Json]
    remote_hit_type: str | None
    person_id: int | None
    approved_by: int | None
    created_ms: int

    @property
    def account(self) -> str:
        """Its side of the ledger."""
        return f"out:{self.id}"


@dataclass(frozen=True)
class Sent:
    """One microtask that went out. status: meant (perhaps there, not known here yet), open, done."""

    id: int
    order_id: int
    microtask_id: int
    token: str
    hit_id: str | None
    status: str
    assignments: int
    reward_cents: int
    returned_places: int


@dataclass(frozen=True)
class Came:
    """One answer that came back. bonus_cents None: not worked out yet; bonus_ms None: not sent yet."""

    id: int
    order_hit_id: int
    assignment_id: str
    worker_id: str
    answer: str
    active_seconds: int | None
    reported_seconds: int | None
    annotation_id: int | None
    problem: str | None
    approved_ms: int | None
    bonus_cents: int | None
    bonus_ms: int | None


def add(connection: Connection, values: Mapping[str, Any]) -> Order:
    """A new order."""
    row = {"public_id": new_public_id(), **values}
    connection.execute(sa.insert(b.order).values(row))
    found = by_public_id(connection, row["public_id"])
    assert found
    return found


def by_public_id(connection: Connection, public_id: str) -> Order | None:
    """The order of this id."""
    return _one(connection, b.order.c.public_id == public_id)


def of_project(connection: Connection, project_id: int) -> Order | None:
    """The project's order that has not ended."""
    return _one(connection, b.order.c.project_id == project_id, b.order.c.status != "ended")


def of_this_project(connection: Connection, project_id: int) -> list[Order]:
    """All orders of a project, oldest first."""
    query = sa.select(b.order).where(b.order.c.project_id == project_id).order_by(b.order.c.id)
    return [_order(row) for row in connection.execute(query)]


def everything(connection: Connection) -> list[Order]:
    """All orders, newest first."""
    return [_order(row) for row in connection.execute(sa.select(b.order).order_by(b.order.c.id.desc()))]


def change(connection: Connection, order_id: int, **values: Any) -> None:
    """Other values."""
    connection.execute(sa.update(b.order).where(b.order.c.id == order_id).values(values))


# --- what goes out ---------------------------------------------------------------------------------------------------


def candidates(connection: Connection, order: Order, most: int) -> list[Microtask]:
    """Microtasks of the order's step that have a free place and did not go out yet, last of the queue first."""
    gone = sa.exists().where(b.order_hit.c.microtask_id == t.microtask.c.id, b.order_hit.c.order_id == order.id)
    query = (
        sa.select(*MICROTASK)
        .where(t.microtask.c.step_id == order.step_id, t.microtask.c.status == "open", t.microtask.c.free > 0, ~gone)
        .order_by(t.microtask.c.rank.desc())
        .limit(most)
    )
    return [microtask(row) for row in connection.execute(query)]


def free_places(connection: Connection, microtask_id: int) -> int:
    """Places of a microtask that nobody holds."""
    return int(connection.scalar(sa.select(t.microtask.c.free).where(t.microtask.c.id == microtask_id)) or 0)


def take_places(connection: Connection, microtask_id: int, count: int) -> None:
    """Hold so many places for people elsewhere; a negative count gives them back."""
    change_ = sa.update(t.microtask).where(t.microtask.c.id == microtask_id).values(free=t.microtask.c.free - count)
    connection.execute(change_)


def mean(connection: Connection, values: Mapping[str, Any]) -> None:
    """This microtask is meant to go out: written down before anybody is asked."""
    connection.execute(sa.insert(b.order_hit).values(values))


def sent(connection: Connection, order_id: int, *statuses: str) -> list[Sent]:
    """What went out, oldest first; only with these statuses, where named."""
    query = sa.select(b.order_hit).where(b.order_hit.c.order_id == order_id).order_by(b.order_hit.c.id)
    query = query.where(b.order_hit.c.status.in_(statuses)) if statuses else query
    return [Sent(**{name: row._mapping[name] for name in Sent.__dataclass_fields__}) for row in connection.execute(query)]


def change_sent(connection: Connection, sent_id: int, **values: Any) -> None:
    """What is known of it now."""
    connection.execute(sa.update(b.order_hit).where(b.order_hit.c.id == sent_id).values(values))


# --- what comes back -------------------------------------------------------------------------------------------------


def keep(connection: Connection, values: Mapping[str, Any]) -> bool:
    """An answer that came back, once; False: it is here already."""
    statement = upsert(b.order_answer).values(values)
    once = statement.on_conflict_do_nothing(index_elements=["assignment_id", "order_hit_id"])
    return connection.execute(once.returning(b.order_answer.c.id)).first() is not None


def came(connection: Connection, order_id: int) -> list[Came]:
    """All that came back, oldest first."""
    query = (
        sa.select(b.order_answer)
        .join(b.order_hit, b.order_hit.c.id == b.order_answer.c.order_hit_id)
        .where(b.order_hit.c.order_id == order_id)
        .order_by(b.order_answer.c.id)
    )
    return [Came(**{name: row._mapping[name] for name in Came.__dataclass_fields__}) for row in connection.execute(query)]


def change_came(connection: Connection, came_id: int, **values: Any) -> None:
    """What was done with it."""
    connection.execute(sa.update(b.order_answer).where(b.order_answer.c.id == came_id).values(values))


def microtask_of(connection: Connection, sent: Sent) -> Microtask:
    """The microtask that went out."""
    return microtask(connection.execute(sa.select(*MICROTASK).where(t.microtask.c.id == sent.microtask_id)).one())


def drop_assignment(connection: Connection, microtask_id: int, person_id: int) -> None:
    """An answer that the kind of work does not take: its place stays held until all that went out is done."""
    same = (t.assignment.c.microtask_id == microtask_id, t.assignment.c.person_id == person_id, t.assignment.c.status == "open")
    connection.execute(sa.update(t.assignment).where(*same).values(status="returned"))


def open_assignment(connection: Connection, microtask_id: int, person_id: int) -> str | None:
    """The public id of this person's assignment of a microtask, from a try that was broken off."""
    query = sa.select(t.assignment.c.public_id).where(
        t.assignment.c.microtask_id == microtask_id, t.assignment.c.person_id == person_id
    )
    found: str | None = connection.scalar(query)
    return found


def annotation_id(connection: Connection, public_id: str) -> int:
    """The row of an annotation."""
    return int(connection.scalar(sa.select(t.annotation.c.id).where(t.annotation.c.public_id == public_id)) or 0)


def measured(connection: Connection, step_id: int, most: int = 500) -> Sequence[float]:
    """Active seconds of this step's answers where a page measured them, the newest so many."""
    query = (
        sa.select(sa.func.sum(t.annotation.c.active_ms))
        .where(t.annotation.c.step_id == step_id, t.annotation.c.active_ms.is_not(None))
        .group_by(t.annotation.c.assignment_id)
        .order_by(t.annotation.c.assignment_id.desc())
        .limit(most)
    )
    return [int(active_ms) / 1000 for active_ms in connection.scalars(query)]


def _one(connection: Connection, *where: sa.ColumnElement[bool]) -> Order | None:
    row = connection.execute(sa.select(b.order).where(*where).order_by(b.order.c.id.desc())).first()
    return _order(row) if row else None


def _order(row: Any) -> Order:
    return Order(**{name: row._mapping[name] for name in Order.__dataclass_fields__})


def begin_assignment(
    connection: Connection, *, microtask_id: int, person_id: int, step_version_id: int, public_id: str, now: int, until_ms: int
) -> None:
    """An assignment for somebody elsewhere. Its place was held when the microtask went out."""
    row = {
        "public_id": public_id,
        "microtask_id": microtask_id,
        "person_id": person_id,
        "step_version_id": step_version_id,
        "together": False,
        "status": "open",
        "leased_ms": now,
        "expires_ms": until_ms,
    }
    connection.execute(sa.insert(t.assignment).values(row))
