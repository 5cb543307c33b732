"""Types of HITs, HITs, pages and layouts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mturk_bridge import tables as b
from mturk_bridge.ids import new_id
from workbench import tables as t
from workbench.domain import Json
from workbench.store.database import for_update, upsert


@dataclass(frozen=True)
class HitType:
    """What HITs of one type share. `held`: "" or allowed: offered; waiting: a manager looks first."""

    id: int
    hit_type_id: str
    requester_id: int
    title: str
    description: str
    keywords: str | None
    reward_cents: int
    duration_seconds: int
    approval_seconds: int
    requirements: Sequence[Mapping[str, Json]]
    opinion: bool
    project_id: int
    held: str
    created_ms: int


@dataclass(frozen=True)
class Hit:
    """A HIT with its type and how its microtask stands. pending: somebody has it now; reviewed: with a verdict."""

    id: int
    hit_id: str
    type: HitType
    microtask_id: int
    question: str
    layout_id: str | None
    annotation: str | None
    first_assignments: int
    max_assignments: int
    created_ms: int
    expires_ms: int
    reviewing: bool
    deleted_ms: int | None
    free: int
    answers: int
    pending: int
    reviewed: int

    def available(self, now: int) -> int:
        """Places that somebody may still take."""
        return 0 if self.is_over(now) or self.deleted_ms else max(0, self.free)

    def is_over(self, now: int) -> bool:
        """Has its lifetime passed?"""
        return self.expires_ms <= now

    def status(self, now: int) -> str:
        """The protocol's HITStatus."""
        if self.deleted_ms is not None:
            return "Disposed"
        if self.reviewing:
            return "Reviewing"
        if self.answers >= self.max_assignments or (self.is_over(now) and not self.pending):
            return "Reviewable"
        return "Assignable" if self.available(now) else "Unassignable"


# --- types -----------------------------------------------------------------------------------------------------------


def add_type(connection: Connection, values: Mapping[str, Any]) -> HitType:
    """A new type of HIT."""
    row = {"hit_type_id": new_id(), **values}
    connection.execute(sa.insert(b.hit_type).values(row))
    found = type_by(connection, b.hit_type.c.hit_type_id == row["hit_type_id"])
    assert found
    return found


def type_by(connection: Connection, *where: sa.ColumnElement[bool]) -> HitType | None:
    """The one type that fits."""
    row = connection.execute(sa.select(b.hit_type).where(*where)).first()
    return _hit_type(row) if row else None


def type_of(connection: Connection, requester_id: int, hit_type_id: str) -> HitType | None:
    """This requester's type of this id."""
    return type_by(connection, b.hit_type.c.requester_id == requester_id, b.hit_type.c.hit_type_id == hit_type_id)


def types_of(connection: Connection, *where: sa.ColumnElement[bool]) -> list[HitType]:
    """Types, newest first."""
    return [_hit_type(row) for row in connection.execute(sa.select(b.hit_type).where(*where).order_by(b.hit_type.c.id.desc()))]


def hold(connection: Connection, type_id: int, held: str) -> None:
    """waiting: not offered until a manager says yes; allowed: a manager did."""
    connection.execute(sa.update(b.hit_type).where(b.hit_type.c.id == type_id).values(held=held))


# --- HITs ------------------------------------------------------------------------------------------------------------

_pending = (
    sa.select(sa.func.count())
    .select_from(t.assignment)
    .where(t.assignment.c.microtask_id == b.hit.c.microtask_id, t.assignment.c.status == "open")
    .scalar_subquery()
)
_reviewed = (
    sa.select(sa.func.count(b.verdict.c.assignment_id.distinct())).where(b.verdict.c.hit_id == b.hit.c.id).scalar_subquery()
)
_TYPE = [column.label(f"type_{column.name}") for column in b.hit_type.c]
_hits = (
    sa.select(b.hit, *_TYPE, t.microtask.c.free, t.microtask.c.answers, _pending.label("pending"), _reviewed.label("reviewed"))
    .join_from(b.hit, b.hit_type, b.hit_type.c.id == b.hit.c.hit_type_id)
    .join(t.microtask, t.microtask.c.id == b.hit.c.microtask_id)
)


def add(connection: Connection, values: Mapping[str, Any]) -> Hit:
    """A new HIT."""
    row = {"hit_id": new_id(), **values}
    connection.execute(sa.insert(b.hit).values(row))
    found = hit_by(connection, b.hit.c.hit_id == row["hit_id"])
    assert found
    return found


def hit_by(connection: Connection, *where: sa.ColumnElement[bool]) -> Hit | None:
    """The one HIT that fits."""
    row = connection.execute(_hits.where(*where)).first()
    return _hit(row) if row else None


def hit_of(connection: Connection, requester_id: int, hit_id: str) -> Hit | None:
    """This requester's HIT of this id."""
    return hit_by(connection, b.hit.c.requester_id == requester_id, b.hit.c.hit_id == hit_id)


def of_microtask(connection: Connection, microtask_id: int) -> Hit | None:
    """The HIT that this microtask is."""
    return hit_by(connection, b.hit.c.microtask_id == microtask_id)


def of_requester(
    connection: Connection, requester_id: int, *where: sa.ColumnElement[bool], before: int | None, most: int
) -> list[Hit]:
    """A requester's HITs that are not deleted, newest first, before this row."""
    query = _hits.where(b.hit.c.requester_id == requester_id, b.hit.c.deleted_ms.is_(None), *where)
    query = query.where(b.hit.c.id < before) if before is not None else query
    return [_hit(row) for row in connection.execute(query.order_by(b.hit.c.id.desc()).limit(most))]


def is_reviewable(now: int) -> sa.ColumnElement[bool]:
    """All its answers are there, or its time is over and nobody has it any more."""
    return sa.or_(
        t.microtask.c.answers >= b.hit.c.max_assignments, sa.and_(b.hit.c.expires_ms <= now, _pending == 0)
    ) & b.hit.c.reviewing.is_(False)


def change(connection: Connection, hit_id: int, **values: Any) -> None:
    """Other values for a HIT's own columns."""
    connection.execute(sa.update(b.hit).where(b.hit.c.id == hit_id).values(values))


def wanted(connection: Connection, microtask_id: int) -> int:
    """How many answers are wanted of a HIT, as things stand."""
    return int(connection.scalar(sa.select(t.microtask.c.wanted).where(t.microtask.c.id == microtask_id)) or 0)


def want_what_came(connection: Connection, microtask_id: int) -> int:
    """Where late answers came on top of those that were wanted, want them too; returns how many more that are."""
    table = t.microtask.c
    query = sa.select(table.answers - table.wanted).where(table.id == microtask_id)
    beyond = int(connection.scalar(for_update(query)) or 0)
    if beyond <= 0:
        return 0
    more = {"wanted": table.wanted + beyond, "free": table.free + beyond}
    connection.execute(sa.update(t.microtask).where(table.id == microtask_id).values(more))
    return beyond


def expired(connection: Connection, now: int, most: int = 500) -> list[int]:
    """Microtasks of HITs whose time is over, while a place is still open. A deleted HIT has none."""
    query = (
        sa.select(b.hit.c.microtask_id)
        .join(t.microtask, t.microtask.c.id == b.hit.c.microtask_id)
        .where(b.hit.c.expires_ms <= now, b.hit.c.deleted_ms.is_(None), t.microtask.c.free > 0)
        .limit(most)
    )
    return list(connection.scalars(query))


# --- pages and layouts -----------------------------------------------------------------------------------------------


def keep_page(connection: Connection, html: str, now: int) -> str:
    """Keep a page once; returns its SHA-256."""
    sha256 = hashlib.sha256(html.encode()).hexdigest()
    row = {"sha256": sha256, "html": html, "created_ms": now}
    connection.execute(upsert(b.page).values(row).on_conflict_do_nothing(index_elements=["sha256"]))
    return sha256


def page(connection: Connection, sha256: str) -> str | None:
    """The HTML of a page."""
    found: str | None = connection.scalar(sa.select(b.page.c.html).where(b.page.c.sha256 == sha256))
    return found


def add_layout(connection: Connection, requester_id: int, name: str, html: str, now: int) -> str:
    """A page with ${places} that HITs fill in; returns its HITLayoutId."""
    row = {"layout_id": new_id(), "requester_id": requester_id, "name": name, "created_ms": now}
    connection.execute(sa.insert(b.layout).values(row | {"page_sha256": keep_page(connection, html, now)}))
    return str(row["layout_id"])


def layout_page(connection: Connection, requester_id: int, layout_id: str) -> tuple[str, str] | None:
    """SHA-256 and HTML of a requester's layout."""
    query = (
        sa.select(b.page.c.sha256, b.page.c.html)
        .join_from(b.layout, b.page, b.page.c.sha256 == b.layout.c.page_sha256)
        .where(b.layout.c.requester_id == requester_id, b.layout.c.layout_id == layout_id)
    )
    row = connection.execute(query).first()
    return (row.sha256, row.html) if row else None


def layouts(connection: Connection, requester_id: int) -> list[tuple[str, str]]:
    """(HITLayoutId, name) of a requester's layouts."""
    query = sa.select(b.layout.c.layout_id, b.layout.c.name).where(b.layout.c.requester_id == requester_id)
    return [(row.layout_id, row.name) for row in connection.execute(query.order_by(b.layout.c.id))]


def _hit_type(row: Any, prefix: str = "") -> HitType:
    names = HitType.__dataclass_fields__
    return HitType(**{name: row._mapping[prefix + name] for name in names})


def _hit(row: Any) -> Hit:
    own = {name: row._mapping[name] for name in Hit.__dataclass_fields__ if name != "type"}
    return Hit(**own, type=_hit_type(row, "type_"))


def row_is(hit_row: int) -> sa.ColumnElement[bool]:
    """The HIT of this row."""
    return b.hit.c.id == hit_row
