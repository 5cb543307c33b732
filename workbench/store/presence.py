"""Who is here now and who asked for somebody: what the coach's screen is told. Cheap to ask every half second."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.store import requests
from workbench.store.requests import Request

_asked = t.request.c.answered_ms.is_(None)
_running = t.block.c.ended_ms.is_(None)
_mark = sa.select(
    # Each changes whenever something in the snapshot does; both go by a partial index.
    sa.select(sa.func.count()).select_from(t.request).where(_asked).scalar_subquery(),
    sa.select(sa.func.max(t.request.c.id)).where(_asked).scalar_subquery(),
    sa.select(sa.func.count()).select_from(t.block).where(_running).scalar_subquery(),
    sa.select(sa.func.max(t.block.c.id)).where(_running).scalar_subquery(),
    sa.select(sa.func.sum(t.block.c.planned_end_ms)).where(_running).scalar_subquery(),
)
Mark = tuple[int | None, ...]


@dataclass(frozen=True)
class Here:
    """Somebody and the block they are in. Times are UTC ms."""

    person_id: int
    person: str
    block: str
    since_ms: int
    until_ms: int | None


@dataclass(frozen=True)
class Snapshot:
    """Everything that waits and everybody who is here, at one moment."""

    requests: Sequence[Request]
    here: Sequence[Here]


def mark(connection: Connection) -> Mark:
    """Something to compare: the same as before means that nothing changed."""
    return tuple(connection.execute(_mark).one())


def snapshot(connection: Connection) -> Snapshot:
    """What waits, longest first, and who is here."""
    columns = (t.block.c.person_id, t.person.c.public_id, t.block.c.kind, t.block.c.started_ms, t.block.c.planned_end_ms)
    query = sa.select(*columns).join(t.person, t.person.c.id == t.block.c.person_id).where(_running)
    return Snapshot(requests.waiting(connection), [Here(*row) for row in connection.execute(query.order_by(t.block.c.person_id))])


def without_coach(connection: Connection, person_ids: Collection[int]) -> frozenset[int]:
    """Those of these people whom nobody coaches: what they ask reaches every coach."""
    has_one = sa.select(t.coaching.c.person_id).where(t.coaching.c.person_id.in_(person_ids), t.coaching.c.until_ms.is_(None))
    return frozenset(person_ids) - frozenset(connection.scalars(has_one))
