"""Types of qualifications, who has them, and who asks for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mturk_bridge import tables as b
from mturk_bridge.ids import new_id


@dataclass(frozen=True)
class QualificationType:
    """A requester's qualification. Its test, where it has one, is a question like any other (`microtask_id`)."""

    id: int
    qualification_type_id: str
    requester_id: int
    name: str
    keywords: str | None
    description: str
    status: str
    test: str | None
    answer_key: str | None
    test_seconds: int | None
    retry_seconds: int | None
    auto_granted: bool
    auto_value: int | None
    microtask_id: int | None
    created_ms: int
    deleted_ms: int | None


@dataclass(frozen=True)
class Request:
    """Somebody asks for a qualification. status: waiting, granted, rejected."""

    id: int
    request_id: str
    type_id: int
    person_id: int
    worker_id: str
    test: str | None
    answer: str | None
    status: str
    at_ms: int


# --- types -----------------------------------------------------------------------------------------------------------


def add_type(connection: Connection, values: Mapping[str, Any]) -> QualificationType:
    """A new type."""
    row = {"qualification_type_id": new_id(), **values}
    connection.execute(sa.insert(b.qualification_type).values(row))
    return _type(
        connection.execute(_types().where(b.qualification_type.c.qualification_type_id == row["qualification_type_id"])).one()
    )


def type_of(connection: Connection, requester_id: int, type_id: str, *, deleted: bool = False) -> QualificationType | None:
    """This requester's type of this id; deleted ones only where asked."""
    table = b.qualification_type.c
    query = _types().where(table.requester_id == requester_id, table.qualification_type_id == type_id)
    row = connection.execute(query if deleted else query.where(table.deleted_ms.is_(None))).first()
    return _type(row) if row else None


def type_by_id(connection: Connection, type_id: int) -> QualificationType:
    """A type that is there."""
    return _type(connection.execute(_types().where(b.qualification_type.c.id == type_id)).one())


def name_is_taken(connection: Connection, requester_id: int, name: str) -> bool:
    """Has this requester a type of this name?"""
    table = b.qualification_type.c
    query = sa.select(table.id).where(table.requester_id == requester_id, table.name == name, table.deleted_ms.is_(None))
    return connection.execute(query).first() is not None


def types(
    connection: Connection, requester_id: int, *, words: str | None, requestable: bool, before: int | None, most: int
) -> list[QualificationType]:
    """A requester's types, newest first."""
    table = b.qualification_type.c
    query = _types().where(table.requester_id == requester_id, table.deleted_ms.is_(None))
    if words:
        texts = (table.name, table.description, table.keywords)
        query = query.where(sa.or_(*(sa.func.lower(each).contains(words.lower(), autoescape=True) for each in texts)))
    if requestable:
        query = query.where(table.status == "Active")
    query = query.where(table.id < before) if before is not None else query
    return [_type(row) for row in connection.execute(query.order_by(table.id.desc()).limit(most))]


def change_type(connection: Connection, type_id: int, **values: Any) -> None:
    """Other values for a type."""
    connection.execute(sa.update(b.qualification_type).where(b.qualification_type.c.id == type_id).values(values))


# --- who has them ----------------------------------------------------------------------------------------------------


def give(
    connection: Connection,
    type_id: int,
    person_id: int,
    worker_id: str,
    *,
    value: int | None,
    status: str = "Granted",
    reason: str | None = None,
    now: int,
) -> None:
    """Give (or take back, with status Revoked): a new row."""
    row = {"type_id": type_id, "person_id": person_id, "worker_id": worker_id, "value": value, "status": status}
    connection.execute(sa.insert(b.qualification).values(row | {"reason": reason, "at_ms": now}))


def newest(
    connection: Connection, type_id: int, *, after: int = 0, most: int | None = None, status: str | None = None
) -> list[Any]:
    """The newest row of each person, oldest first."""
    table, later = b.qualification.c, b.qualification.alias("later").c
    superseded = sa.exists().where(later.type_id == table.type_id, later.person_id == table.person_id, later.id > table.id)
    query = sa.select(b.qualification).where(table.type_id == type_id, ~superseded, table.id > after).order_by(table.id)
    query = query.where(table.status == status) if status else query
    return list(connection.execute(query.limit(most) if most else query))


def held(connection: Connection, type_id: int) -> dict[int, int | None]:
    """Who has it now, with the value."""
    return {row.person_id: row.value for row in newest(connection, type_id, status="Granted")}


# --- who asks --------------------------------------------------------------------------------------------------------


def ask(connection: Connection, values: Mapping[str, Any]) -> str:
    """A new request; returns its id."""
    row = {"request_id": new_id(), **values}
    connection.execute(sa.insert(b.qualification_request).values(row))
    return str(row["request_id"])


def request_of(connection: Connection, requester_id: int, request_id: str) -> Request | None:
    """This requester's request of this id."""
    query = _requests().where(b.qualification_type.c.requester_id == requester_id)
    row = connection.execute(query.where(b.qualification_request.c.request_id == request_id)).first()
    return _request(row) if row else None


def waiting(connection: Connection, requester_id: int, type_id: int | None, *, after: int, most: int) -> list[Request]:
    """Requests that wait, oldest first."""
    table = b.qualification_request.c
    query = _requests().where(b.qualification_type.c.requester_id == requester_id, table.status == "waiting", table.id > after)
    query = query.where(table.type_id == type_id) if type_id is not None else query
    return [_request(row) for row in connection.execute(query.order_by(table.id).limit(most))]


def decide(connection: Connection, request_id: int, status: str, reason: str | None, now: int) -> None:
    """granted or rejected."""
    values = {"status": status, "reason": reason, "decided_ms": now}
    connection.execute(sa.update(b.qualification_request).where(b.qualification_request.c.id == request_id).values(values))


def _types() -> sa.Select[Any]:
    return sa.select(b.qualification_type)


def _requests() -> sa.Select[Any]:
    return sa.select(b.qualification_request).join_from(
        b.qualification_request, b.qualification_type, b.qualification_type.c.id == b.qualification_request.c.type_id
    )


def _type(row: Any) -> QualificationType:
    return QualificationType(**{name: row._mapping[name] for name in QualificationType.__dataclass_fields__})


def _request(row: Any) -> Request:
    return Request(**{name: row._mapping[name] for name in Request.__dataclass_fields__})
