"""Statements that go straight to the database's driver: for the few that every answer needs.

SQLAlchemy writes their SQL, once for each kind of database, and its connections, transactions and errors are used as
everywhere. What is left out is its own work around each execution, which costs more than the driver's.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect

Process = Callable[[Any], Any]


class Direct:
    """
    A statement that is run often.

    Args:
        statement: a SELECT, or an INSERT or UPDATE with or without RETURNING. What differs from run to run is a named
            parameter; none of them is a list.
    """

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._ready: dict[str, _Ready] = {}

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """Run it; gives its rows, as tuples with names. Raises what `connection.execute` raises."""
        dialect = connection.dialect
        ready = self._ready.get(dialect.name)
        if ready is None:
            ready = self._ready[dialect.name] = _made_ready(self._statement, dialect)
        if not connection.in_transaction():
            connection.begin()
        driver: Any = connection.connection.driver_connection
        try:
            cursor = driver.execute(ready.sql, ready.bound(values))
            return ready.named(cursor.fetchall()) if ready.row else []
        except dialect.loaded_dbapi.Error as error:
            # As the kind of error that everybody knows; a connection that was lost is thrown away, and its pool with it.
            connection._handle_dbapi_exception(error, ready.sql, None, None, None)

    def first(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """Run it; gives its first row, or None."""
        rows = self.rows(connection, values)
        return rows[0] if rows else None


class Together:
    """
    Statements about different rows that go to the database at once: one round trip on PostgreSQL instead of one for each.

    Args:
        main: an INSERT; its RETURNING is the result.
        beside: INSERTs and UPDATEs; none sees what another did.
    """

    def __init__(self, main: Any, *beside: Any) -> None:
        self._apart = [Direct(each) for each in (*beside, main)]
        self._joined = Direct(main.add_cte(*(each.cte(f"beside_{number}") for number, each in enumerate(beside))))

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """Run them with these parameters; no name may be that of a column."""
        if connection.dialect.name == "postgresql":
            return self._joined.rows(connection, values)
        # SQLite takes no INSERT or UPDATE in a WITH, and is no network away.
        return [each.rows(connection, values) for each in self._apart][-1]


# --- making ready ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Ready:
    """
    What a driver takes, and how its rows are read.

    order: the names of the parameters where the driver takes them by place. row: makes a row; None: there are none.
    """

    sql: str
    fixed: Mapping[str, Any]
    outward: Mapping[str, Process]
    order: tuple[str, ...] | None
    row: Callable[[Any], Any] | None
    inward: tuple[tuple[int, Process], ...]

    def bound(self, values: Mapping[str, Any]) -> Any:
        found = {**self.fixed, **values}
        for name, process in self.outward.items():
            found[name] = process(found[name])
        return found if self.order is None else tuple([found[name] for name in self.order])

    def named(self, rows: list[Any]) -> list[Any]:
        assert self.row
        for place, process in self.inward:
            rows = [(*row[:place], process(row[place]), *row[place + 1 :]) for row in rows]
        return [self.row(row) for row in rows]


def _made_ready(statement: Any, dialect: Dialect) -> _Ready:
    compiled: Any = statement.compile(dialect=dialect)
    binds = compiled.binds
    columns = compiled._result_columns  # what it gives, RETURNING too: (name, …, type)
    names = tuple(each.keyname for each in columns)
    row: Any = namedtuple("Row", names)  # type: ignore[misc]  # its names are known only here
    return _Ready(
        sql=str(compiled),
        fixed={name: bind.effective_value for name, bind in binds.items() if not bind.required},
        outward={name: process for name, bind in binds.items() if (process := _outward(bind.type, dialect))},
        order=tuple(compiled.positiontup) if compiled.positional else None,
        row=row._make if columns else None,
        inward=tuple((place, process) for place, each in enumerate(columns) if (process := _inward(each.type, dialect))),
    )


def _outward(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> Process | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _inward(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> Process | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
