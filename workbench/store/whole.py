"""Rows of any table, by how they are described in workbench/privacy: for taking along, handing over and erasing."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import privacy
from workbench import tables as t
from workbench.domain import Json
from workbench.privacy import Activity, Table
from workbench.store import holdings

PAGE = 1_000


def schema() -> dict[str, list[str]]:
    """Table → names of its columns: the workbench's own and those of plug-ins."""
    return {name: [column.name for column in table.columns] for name, table in holdings.tables().items()}


def there(connection: Connection) -> frozenset[str]:
    """Names of the tables that this lab's database has."""
    return frozenset(sa.inspect(connection).get_table_names())


def activities(connection: Connection) -> list[Activity]:
    """Every activity with the tables that this lab has; one without any is left out."""
    present = there(connection)
    kept = [replace(each, tables=[one for one in each.tables if one.name in present]) for each in privacy.activities()]
    return [each for each in kept if each.tables]


def described(connection: Connection) -> dict[str, Table]:
    """Every table that this lab has, as it is described, by name."""
    return {table.name: table for activity in activities(connection) for table in activity.tables}


def rows_of(connection: Connection, described: Table, person_id: int) -> Iterator[dict[str, Json]]:
    """Somebody's rows of one table, without what signs them in."""
    table = holdings.tables()[described.name]
    open_columns = [table.c[name] for name, kind in described.columns.items() if kind != "secret"]
    for row in connection.execute(sa.select(*open_columns).where(_theirs(described, person_id))):
        yield {name: plain(value) for name, value in row._mapping.items()}


def all_rows(connection: Connection, described: Table) -> Iterator[dict[str, Json]]:
    """Every row of one table, without secrets, in the order of its key."""
    table = holdings.tables()[described.name]
    open_columns = [table.c[name] for name, kind in described.columns.items() if kind != "secret"]
    query = sa.select(*open_columns).order_by(*table.primary_key.columns).execution_options(yield_per=PAGE)
    for row in connection.execute(query):
        yield {name: plain(value) for name, value in row._mapping.items()}


def plain(value: Any) -> Json:
    """A value as JSON has it."""
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def erase(connection: Connection, described: Mapping[str, Table], person_id: int, *, now: int) -> dict[str, int]:
    """
    Delete or empty somebody's rows as described; the person's own row stays, empty. Returns how many rows of each table.

    Whose they are goes first from what hangs on others, so that no row points at one that is gone.
    """
    counts: dict[str, int] = {}
    for table in reversed(holdings.tables().values()):
        one = described.get(table.name)
        if one is None or one.of is None or one.erase == "keep":
            continue
        where = _theirs(one, person_id)
        if one.erase == "delete":
            done = connection.execute(sa.delete(table).where(where)).rowcount
        else:
            done = connection.execute(
                sa.update(table).where(where).values({name: _empty(table.c[name]) for name in one.blank})
            ).rowcount
        counts |= {table.name: done} if done else {}
    ended = {"erased_ms": now, "ended_ms": sa.func.coalesce(t.person.c.ended_ms, now)}
    connection.execute(sa.update(t.person).where(t.person.c.id == person_id).values(ended))
    return counts


def _theirs(described: Table, person_id: int) -> sa.ColumnElement[bool]:
    """`person_id`, or a path over one other table: `trajectory_id.person_id`."""
    table = holdings.tables()[described.name]
    first, _, rest = (described.of or "").partition(".")
    if not rest:
        return table.c[first] == person_id
    other = holdings.points_at(table.c[first])
    return table.c[first].in_(sa.select(other).where(other.table.c[rest] == person_id))


def _empty(column: sa.Column[Any]) -> Any:
    if column.nullable:
        return None
    return {} if isinstance(column.type, sa.JSON) else ""
