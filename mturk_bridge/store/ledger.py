"""The ledger: money that goes to and fro, in rows that are only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mturk_bridge import tables as b
from workbench import tables as t
from workbench.store.database import upsert


@dataclass(frozen=True)
class Entry:
    """One row. `amount_cents` is what it does to the balance: spending is negative."""

    id: int
    account: str
    kind: str
    amount_cents: int
    hit_id: str | None
    subject: str | None
    worker_id: str | None
    note: str | None
    at_ms: int


@dataclass(frozen=True)
class Balance:
    """A requester's money, in US cents. `held`: promised to work that is asked for and not paid yet."""

    available_cents: int
    held_cents: int


def add(
    connection: Connection,
    account: str,
    kind: str,
    amount_cents: int,
    *,
    now: int,
    token: str | None = None,
    hit_id: str | None = None,
    subject: str | None = None,
    worker_id: str | None = None,
    note: str | None = None,
    person_id: int | None = None,
) -> bool:
    """Add a row; with a token that is there already nothing is added, and False returned."""
    row = {
        "account": account,
        "kind": kind,
        "amount_cents": amount_cents,
        "token": token,
        "hit_id": hit_id,
        "subject": subject,
        "worker_id": worker_id,
        "note": note,
        "person_id": person_id,
        "at_ms": now,
    }
    statement = upsert(b.entry).values(row).on_conflict_do_nothing(index_elements=["account", "token"])
    # RETURNING, not rowcount: that one says -1 after an INSERT on PostgreSQL.
    return connection.execute(statement.returning(b.entry.c.id)).first() is not None


def balance(connection: Connection, requester_id: int) -> Balance:
    """
    What a requester may still spend.

    Each HIT holds its reward times the answers that are wanted; when it expires, fewer are wanted, and the rest comes free.
    """
    table = b.entry.c
    rewards = sa.func.coalesce(sa.func.sum(sa.case((table.kind == "reward", table.amount_cents), else_=0)), 0)
    everything = sa.func.coalesce(sa.func.sum(table.amount_cents), 0)
    row = connection.execute(sa.select(everything, rewards).where(table.account == f"in:{requester_id}")).one()
    promised = (
        sa.select(sa.func.coalesce(sa.func.sum(b.hit_type.c.reward_cents * t.microtask.c.wanted), 0))
        .select_from(b.hit)
        .join(b.hit_type, b.hit_type.c.id == b.hit.c.hit_type_id)
        .join(t.microtask, t.microtask.c.id == b.hit.c.microtask_id)
        .where(b.hit.c.requester_id == requester_id)
    )
    held = int(connection.scalar(promised) or 0) + int(row[1])  # rewards stand there as negative numbers
    return Balance(int(row[0]) - held, held)


def entries(connection: Connection, account: str, *, newest: int | None = None) -> list[Entry]:
    """The rows of an account: the newest so many, newest first; or all, oldest first."""
    query = sa.select(b.entry).where(b.entry.c.account == account)
    query = query.order_by(b.entry.c.id.desc()).limit(newest) if newest else query.order_by(b.entry.c.id)
    return [_entry(row) for row in connection.execute(query)]


def bonuses(
    connection: Connection, account: str, *, hit_id: str | None, subject: str | None, after: int, most: int
) -> list[Entry]:
    """Bonuses of a HIT or an assignment, oldest first, after this row."""
    table = b.entry.c
    same = table.subject == subject if subject else table.hit_id == hit_id
    query = sa.select(b.entry).where(table.account == account, table.kind == "bonus", same, table.id > after)
    return [_entry(row) for row in connection.execute(query.order_by(table.id).limit(most))]


def totals(connection: Connection, account: str) -> Mapping[str, int]:
    """Sums by kind, US cents."""
    query = sa.select(b.entry.c.kind, sa.func.sum(b.entry.c.amount_cents)).where(b.entry.c.account == account)
    return {kind: int(amount) for kind, amount in connection.execute(query.group_by(b.entry.c.kind))}


def by_worker(connection: Connection, account: str) -> Mapping[str, int]:
    """What was paid to each worker, rewards and bonuses together, US cents."""
    table = b.entry.c
    query = (
        sa.select(table.worker_id, sa.func.sum(-table.amount_cents))
        .where(table.account == account, table.kind.in_(("reward", "bonus")), table.worker_id.is_not(None))
        .group_by(table.worker_id)
    )
    return {worker: int(amount) for worker, amount in connection.execute(query)}


def by_hit_type(connection: Connection, requester_id: int) -> Mapping[int, int]:
    """What a requester paid for each type of HIT (its row), rewards and bonuses together, US cents."""
    table = b.entry.c
    query = (
        sa.select(b.hit.c.hit_type_id, sa.func.sum(-table.amount_cents))
        .join(b.hit, b.hit.c.hit_id == table.hit_id)
        .where(table.account == f"in:{requester_id}", table.kind.in_(("reward", "bonus")))
        .group_by(b.hit.c.hit_type_id)
    )
    return {row: int(amount) for row, amount in connection.execute(query)}


def _entry(row: Any) -> Entry:
    return Entry(row.id, row.account, row.kind, row.amount_cents, row.hit_id, row.subject, row.worker_id, row.note, row.at_ms)
