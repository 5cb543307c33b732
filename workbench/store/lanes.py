"""Microtasks on their way into the lanes, and gold among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Json
from workbench.store.bulk import insert_many, public_ids, take_ids
from workbench.store.database import for_update, upsert

NEVER_FULL = 1_000_000  # places of a gold microtask: everybody may get it


class LaneKey(NamedTuple):
    """What microtasks of one lane share. needs: bits of domain.NEED_BITS."""

    step_id: int
    needs: int
    topic: str = ""
    gold: bool = False


class MicrotaskRow(NamedTuple):
    """A microtask on its way into the database. `payload`: JSON text; `wanted`: answers wanted."""

    source_id: int
    lane: LaneKey
    key: str
    payload: str
    task_type_version: int
    wanted: int
    parent_id: int | None = None


@dataclass(frozen=True)
class Splinter:
    """A microtask as gold needs to see it."""

    id: int
    source_id: int
    key: str
    payload: Mapping[str, Json]
    status: str
    lane_id: int
    gold_id: int | None


def add_microtasks(
    connection: Connection, rows: Sequence[MicrotaskRow], *, now: int, source_ids: Sequence[int] | None = None
) -> int:
    """
    New microtasks at the end of their lanes, in this order; returns how many.

    Args:
        source_ids: where given, a row's source_id is the place of its source in this list.

    Raises:
        IntegrityError: this step has a microtask of this source and key.
    """
    counts = Counter(row.lane for row in rows)
    taken = {lane: take_ranks(connection, lane, count) for lane, count in counts.items()}
    ids = take_ids(connection, t.microtask, len(rows))
    values = []
    for microtask_id, public_id, row in zip(ids, public_ids(len(rows)), rows, strict=True):
        lane_id, ranks = taken[row.lane]
        source_id = row.source_id if source_ids is None else source_ids[row.source_id]
        place = (row.lane.step_id, source_id, lane_id, row.parent_id, ranks.pop())
        wanted = row.wanted
        values.append((microtask_id, public_id, *place, row.key, row.payload, row.task_type_version, wanted, wanted, now))
    insert_many(connection, t.microtask, _COLUMNS, values)
    return len(rows)


_COLUMNS = (
    *("id", "public_id", "step_id", "source_id", "lane_id", "parent_id", "rank"),
    *("key", "payload", "task_type_version", "wanted", "free", "created_ms"),
)


def take_ranks(connection: Connection, lane: LaneKey, count: int) -> tuple[int, list[int]]:
    """The lane's id and its next ranks, last one first."""
    same = {"step_id": lane.step_id, "needs": lane.needs, "topic": lane.topic, "gold": lane.gold}
    connection.execute(upsert(t.lane).values(same).on_conflict_do_nothing(index_elements=list(same)))
    query = sa.select(t.lane.c.id, t.lane.c.next_rank).where(*(t.lane.c[name] == value for name, value in same.items()))
    row = connection.execute(for_update(query)).one()
    connection.execute(sa.update(t.lane).where(t.lane.c.id == row.id).values(next_rank=row.next_rank + count))
    return row.id, list(range(row.next_rank + count - 1, row.next_rank - 1, -1))


def microtasks_of(connection: Connection, step_id: int, source_ids: Sequence[int]) -> dict[int, list[Splinter]]:
    """The microtasks of these sources in a step, by source, without those of follow-ups."""
    table = t.microtask.c
    query = (
        sa.select(table.id, table.source_id, table.key, table.payload, table.status, table.lane_id, t.gold.c.id.label("gold_id"))
        .outerjoin_from(t.microtask, t.gold, t.gold.c.microtask_id == table.id)
        .where(table.step_id == step_id, table.source_id.in_(source_ids), table.parent_id.is_(None))
        .order_by(table.id)
    )
    found: dict[int, list[Splinter]] = {}
    for row in connection.execute(query):
        found.setdefault(row.source_id, []).append(Splinter(**row._mapping))
    return found


def splinter(connection: Connection, microtask_id: int) -> Splinter:
    """One microtask as gold needs to see it."""
    table = t.microtask.c
    columns = (table.id, table.source_id, table.key, table.payload, table.status, table.lane_id)
    query = sa.select(*columns, t.gold.c.id.label("gold_id")).outerjoin_from(
        t.microtask, t.gold, t.gold.c.microtask_id == table.id
    )
    return Splinter(**connection.execute(query.where(table.id == microtask_id)).one()._mapping)


@dataclass(frozen=True)
class Earlier:
    """A microtask as a later step's question needs to see it."""

    source_id: int
    key: str
    payload: Mapping[str, Json]
    task_type: str
    task_type_version: int


def piece_of(connection: Connection, microtask_id: int) -> Earlier | None:
    """What a microtask asked about."""
    table = t.microtask.c
    query = (
        sa.select(table.source_id, table.key, table.payload, t.step.c.task_type, table.task_type_version)
        .join_from(t.microtask, t.step, t.step.c.id == table.step_id)
        .where(table.id == microtask_id)
    )
    row = connection.execute(query).first()
    return Earlier(*row) if row else None


def has_microtask(connection: Connection, step_id: int, source_id: int, key: str) -> bool:
    """Was this asked before?"""
    table = t.microtask.c
    same = (table.step_id == step_id, table.source_id == source_id, table.key == key)
    return connection.execute(sa.select(table.id).where(*same).limit(1)).first() is not None


def is_taken(connection: Connection, step_id: int, source_id: int, key: str) -> bool:
    """`has_microtask`, for a key that two outcomes may ask for at the same moment: the second waits for the first."""
    connection.execute(for_update(sa.select(t.source.c.id).where(t.source.c.id == source_id)))
    return has_microtask(connection, step_id, source_id, key)


def make_gold(
    connection: Connection, microtask: Splinter, accepted: Sequence[Json], *, origin: str, created_by: int | None, now: int
) -> bool:
    """
    This microtask's accepted answers are known from now on: it leaves its lane for the gold one, and everybody may get
    it. Returns False when it was gold already, which is left as it is (`store.gold.give_again`).
    """
    if microtask.gold_id is not None:
        return False
    row = {
        "microtask_id": microtask.id,
        "accepted": list(accepted),
        "kind": "hidden",
        "origin": origin,
        "status": "active",
        "created_ms": now,
        "created_by": created_by,
    }
    gold_id = connection.execute(sa.insert(t.gold).values(row).returning(t.gold.c.id)).scalar_one()
    made = {"gold_id": gold_id, "what": "made", "accepted": list(accepted), "person_id": created_by, "at_ms": now}
    connection.execute(sa.insert(t.gold_event).values(made))
    old = connection.execute(sa.select(t.lane).where(t.lane.c.id == microtask.lane_id)).one()
    lane_id, ranks = take_ranks(connection, LaneKey(old.step_id, old.needs, old.topic, gold=True), 1)
    values = {"status": "gold", "lane_id": lane_id, "rank": ranks[0], "free": NEVER_FULL}
    connection.execute(sa.update(t.microtask).where(t.microtask.c.id == microtask.id).values(values))
    return True
