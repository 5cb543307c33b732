"""One row in every table there is, all of it about one person: to see what erasing leaves."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench.store import holdings

MARK = "~about them~"


def fill(connection: Connection, tables: list[sa.Table], person_id: int) -> None:
    """Whoever a row can be about, by or for is this person; every text in it has MARK. Lab and person are there already."""
    ids: dict[str, Any] = {"person": person_id, "lab": 1}
    for table in tables:
        if table.name in ids:
            continue
        row = {column.name: _value(column, ids) for column in table.columns if _is_told(column)}
        made = connection.execute(sa.insert(table).values(row)).inserted_primary_key
        assert made is not None
        ids[table.name] = made[0]
    person = holdings.tables()["person"]
    told = {"name": MARK, "profile": {MARK: MARK}, "preferences": {MARK: MARK}}
    connection.execute(sa.update(person).where(person.c.id == person_id).values(told))


def points(column: sa.Column[Any]) -> str | None:
    """The table whose rows this column names, if it does."""
    if column.foreign_keys:
        return next(iter(column.foreign_keys)).column.table.name
    other = column.name.removesuffix("_id")
    return other if column.name.endswith("_id") and other in holdings.tables() and isinstance(column.type, sa.Integer) else None


def marked(connection: Connection, table: sa.Table) -> set[str]:
    """Columns of a table in which something of the person still stands."""
    rows = connection.execute(sa.select(table)).mappings().all()
    return {name for row in rows for name, value in row.items() if "about" in str(value)}


def _is_told(column: sa.Column[Any]) -> bool:
    counted = column.primary_key and isinstance(column.type, sa.Integer) and not points(column)
    own = points(column) == column.table.name
    return not counted and not own and not (column.nullable and column.name.endswith("_ms"))


def _value(column: sa.Column[Any], ids: dict[str, Any]) -> Any:
    other = points(column)
    if other:
        return ids.get(other, 1)
    if isinstance(column.type, sa.JSON):
        return {MARK: MARK}
    if isinstance(column.type, sa.LargeBinary):
        return MARK.encode()
    if isinstance(column.type, sa.Boolean):
        return False
    if isinstance(column.type, sa.String):
        return MARK[: column.type.length or None]
    return 1
