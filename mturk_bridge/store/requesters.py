"""Requesters, their keys, and what a euro is in dollars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from accessibility.sentences import sentence
from mturk_bridge import tables as b
from workbench.domain import new_public_id
from workbench.errors import Conflict
from workbench.store import people


@dataclass(frozen=True)
class Requester:
    """Somebody outside who publishes work here. `client_id` is the company that its projects belong to."""

    id: int
    public_id: str
    name: str
    client_id: int
    needs_yes: bool
    created_ms: int

    @property
    def account(self) -> str:
        """Its side of the ledger."""
        return f"in:{self.id}"


@dataclass(frozen=True)
class Key:
    """A key pair, without its secret."""

    access_key_id: str
    salt: str
    label: str | None
    created_ms: int
    ended_ms: int | None


@dataclass(frozen=True)
class Rate:
    """What a euro is in dollars, as a manager set it."""

    usd_per_eur: Decimal
    source: str
    at_ms: int


def add(connection: Connection, *, name: str, needs_yes: bool, now: int) -> Requester:
    """A new requester. Raises Conflict when there is one of this name."""
    if by_name(connection, name):
        raise Conflict(sentence('There is already a requester called "{name}". Choose another name.', name=name), field="name")
    company = people.client_by_name(connection, name) or people.add_client(connection, name=name, now=now)
    row = {"public_id": new_public_id(), "name": name, "client_id": company.id, "needs_yes": needs_yes, "created_ms": now}
    connection.execute(sa.insert(b.requester).values(row))
    found = by_name(connection, name)
    assert found
    return found


def by_name(connection: Connection, name: str) -> Requester | None:
    """The requester with this name or public id."""
    return _one(connection, (b.requester.c.name == name) | (b.requester.c.public_id == name))


def by_id(connection: Connection, requester_id: int) -> Requester:
    """A requester that is there."""
    found = _one(connection, b.requester.c.id == requester_id)
    assert found
    return found


def everybody(connection: Connection) -> list[Requester]:
    """All requesters, by name."""
    return [_requester(row) for row in connection.execute(sa.select(b.requester).order_by(b.requester.c.name))]


# --- keys ------------------------------------------------------------------------------------------------------------


def add_key(connection: Connection, requester_id: int, access_key_id: str, salt: str, label: str | None, now: int) -> None:
    """A new key pair."""
    row = {"requester_id": requester_id, "access_key_id": access_key_id, "salt": salt, "label": label, "created_ms": now}
    connection.execute(sa.insert(b.key_pair).values(row))


def end_key(connection: Connection, access_key_id: str, now: int) -> bool:
    """End a key; False when there is none in use."""
    same = (b.key_pair.c.access_key_id == access_key_id) & b.key_pair.c.ended_ms.is_(None)
    return connection.execute(sa.update(b.key_pair).where(same).values(ended_ms=now)).rowcount == 1


def keys_of(connection: Connection, requester_id: int) -> Sequence[Key]:
    """All keys of a requester, oldest first."""
    query = sa.select(b.key_pair).where(b.key_pair.c.requester_id == requester_id).order_by(b.key_pair.c.id)
    return [Key(row.access_key_id, row.salt, row.label, row.created_ms, row.ended_ms) for row in connection.execute(query)]


def of_key(connection: Connection, access_key_id: str) -> tuple[Requester, str] | None:
    """Whose key this is, and its salt; None: no such key in use."""
    query = (
        sa.select(b.requester, b.key_pair.c.salt)
        .join_from(b.key_pair, b.requester, b.requester.c.id == b.key_pair.c.requester_id)
        .where(b.key_pair.c.access_key_id == access_key_id, b.key_pair.c.ended_ms.is_(None), b.requester.c.ended_ms.is_(None))
    )
    row = connection.execute(query).first()
    return (_requester(row), row.salt) if row else None


# --- the rate --------------------------------------------------------------------------------------------------------


def set_rate(connection: Connection, usd_per_eur: Decimal, source: str, person_id: int | None, now: int) -> None:
    """From now on a euro is so many dollars."""
    row = {"usd_per_eur": str(usd_per_eur), "source": source, "person_id": person_id, "at_ms": now}
    connection.execute(sa.insert(b.rate).values(row))


def rate(connection: Connection, at_ms: int | None = None) -> Rate | None:
    """What holds (at this moment, UTC ms); None: nobody set it."""
    query = sa.select(b.rate).order_by(b.rate.c.id.desc()).limit(1)
    row = connection.execute(query.where(b.rate.c.at_ms <= at_ms) if at_ms is not None else query).first()
    return Rate(Decimal(row.usd_per_eur), row.source, row.at_ms) if row else None


def _one(connection: Connection, where: sa.ColumnElement[bool]) -> Requester | None:
    row = connection.execute(sa.select(b.requester).where(where)).first()
    return _requester(row) if row else None


def _requester(row: Any) -> Requester:
    return Requester(row.id, row.public_id, row.name, row.client_id, row.needs_yes, row.created_ms)
