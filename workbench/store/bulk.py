"""Many rows at once: ids taken beforehand, JSON written once, random ids that stand together in their index."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from pydantic_core import to_json
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


def insert_many(connection: Connection, table: sa.Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """
    Insert rows of values, in the order of `columns`; JSON columns take JSON text as it is.

    Straight to the driver: SQLAlchemy would bring every row through a dictionary, which costs more than the insert.
    """
    if rows:
        marks = ", ".join(_mark(connection, table.c[name]) for name in columns)
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks})", rows)  # noqa: S608 - our own names


def _mark(connection: Connection, column: sa.Column[Any]) -> str:
    if connection.dialect.name != "postgresql":
        return "?"
    return "%s::jsonb" if isinstance(column.type, sa.JSON) else "%s"


def as_json(value: Json) -> str:
    """JSON text as the database keeps it."""
    return to_json(value).decode()
