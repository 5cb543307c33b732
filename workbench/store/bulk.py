"""Many rows at once: ids taken beforehand, JSON written once, random ids that stand together in their index."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench.domain import Json


def take_ids(connection: Connection, table: sa.Table, count: int) -> list[int]:
    """Ids for rows that go in together, so that rows of another table can name them without asking back."""
    if connection.dialect.name == "postgresql":
        numbers = sa.text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
        return [int(value) for value in connection.execute(numbers, {"name": table.name, "count": count}).scalars()]
    # SQLite: this transaction is the only writer, and a rowid is the highest one plus one.
    highest = connection.execute(sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0))).scalar_one()
    return list(range(highest + 1, highest + 1 + count))


def public_ids(count: int) -> Iterator[str]:
    """
    Random public ids for rows that go in together: 32 bits shared, 64 bits each of its own.

    Rows with a common beginning stand together in the index: adding a thousand touches ten pages of it, not a thousand.
    """
    shared = secrets.token_hex(4)
    own = secrets.token_hex(8 * count)
    return (shared + own[start : start + 16] for start in range(0, 16 * count, 16))


def insert_many(connection: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows whose JSON columns are JSON text already: it goes in as it is, without another round of dumps."""
    if rows:
        values = {column.name: _value(connection, column) for column in table.columns if column.name in rows[0]}
        connection.execute(sa.insert(table).values(values), rows)


def _value(connection: Connection, column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    if not isinstance(column.type, sa.JSON):
        return sa.bindparam(column.name)
    text = sa.bindparam(column.name, type_=sa.Text())
    return sa.cast(text, column.type) if connection.dialect.name == "postgresql" else text


def as_json(value: Json) -> str:
    """JSON text as the database keeps it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
