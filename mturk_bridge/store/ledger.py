"""The ledger: money that goes to and fro, in rows that are only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mturk_bridge import tables as b
from workbench import tables as t
from workbench.store.database import for_update, upsert


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


@dataclass(frozen=True)
class _Sums:
    amount_cents: int
    reward_cents: int
    promised: int


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
    if connection.execute(statement.returning(b.entry.c.id)).first() is None:
        return False
    _change(connection, account, amount=amount_cents, reward=amount_cents if kind == "reward" else 0)
    return True


def balance(connection: Connection, requester_id: int) -> Balance:
    """
    What a requester may still spend, exactly.

    Each HIT holds its reward times the answers that are wanted; when it expires, fewer are wanted, and the rest comes free.
    HITs that are deleted are added up already: this costs as much as there are others.
    """
    row = _row(connection, requester_id, _promised(requester_id))
    held = row.promised + row.reward_cents  # rewards stand there as negative numbers
    return Balance(row.amount_cents - held, held)


def spendable(connection: Connection, requester_id: int, cents: int) -> int:
    """
    What a requester may still spend: at least so much where that is sure without counting all HITs, else exactly.

    Nobody else spends of it until the transaction ends.
    """
    table = b.balance.c
    row = _row(connection, requester_id, table.promised_cents, lock=True)
    left = row.amount_cents - row.reward_cents - row.promised
    if left >= cents:
        return left
    same = table.account == f"in:{requester_id}"
    promised = int(connection.scalar(sa.select(_promised(requester_id)).where(same)) or 0)
    connection.execute(sa.update(b.balance).where(same).values(promised_cents=promised))
    return row.amount_cents - row.reward_cents - promised


def promise(connection: Connection, requester_id: int, cents: int) -> None:
    """So much more is promised, to answers that are now wanted."""
    _change(connection, f"in:{requester_id}", promised=cents)


def put_away(connection: Connection, requester_id: int, cents: int) -> None:
    """A HIT is deleted, and this is what its answers came to: nobody counts it again."""
    _change(connection, f"in:{requester_id}", gone=cents)


def _promised(requester_id: int) -> sa.ColumnElement[int]:
    """Of a row of `mturk_balance`: what its HITs promise, the deleted ones as they were added up."""
    live = (
        sa.select(sa.func.coalesce(sa.func.sum(b.hit_type.c.reward_cents * t.microtask.c.wanted), 0))
        .select_from(b.hit)
        .join(b.hit_type, b.hit_type.c.id == b.hit.c.hit_type_id)
        .join(t.microtask, t.microtask.c.id == b.hit.c.microtask_id)
        .where(b.hit.c.requester_id == requester_id, b.hit.c.deleted_ms.is_(None))
        .scalar_subquery()
    )
    return b.balance.c.gone_cents + live


def _row(connection: Connection, requester_id: int, promised: sa.ColumnElement[int], *, lock: bool = False) -> _Sums:
    table = b.balance.c
    query = sa.select(table.amount_cents, table.reward_cents, promised.label("promised"))
    query = query.where(table.account == f"in:{requester_id}")
    row = connection.execute(for_update(query, of=b.balance) if lock else query).first()
    return _Sums(int(row[0]), int(row[1]), int(row[2])) if row else _Sums(0, 0, 0)


def _change(connection: Connection, account: str, *, amount: int = 0, reward: int = 0, promised: int = 0, gone: int = 0) -> None:
    more = {"amount_cents": amount, "reward_cents": reward, "promised_cents": promised, "gone_cents": gone}
    row = {"account": account, **more}
    sums = {name: b.balance.c[name] + value for name, value in more.items()}
    connection.execute(upsert(b.balance).values(row).on_conflict_do_update(index_elements=["account"], set_=sums))


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
