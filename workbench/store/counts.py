"""Counting rows per value without sorting them: memory goes with the number of values, not of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

AT_ONCE = 100  # values counted in one pass


def counts_by(connection: Connection, query: sa.Select[Any], keys: Sequence[sa.ColumnElement[Any]]) -> dict[tuple[Any, ...], int]:
    """
    How many rows of `query` there are of each value of `keys`, in the order of the values.

    Does what GROUP BY does. SQLite sorts all rows for that, in memory; here it only keeps the values, of which there are few.
    """
    kinds = sorted(
        tuple(row) for row in connection.execute(query.with_only_columns(*keys, maintain_column_froms=True).distinct())
    )
    found: dict[tuple[Any, ...], int] = {}
    for start in range(0, len(kinds), AT_ONCE):
        part = kinds[start : start + AT_ONCE]
        sums = [_sum(keys, kind) for kind in part]
        row = connection.execute(query.with_only_columns(*sums, maintain_column_froms=True)).one()
        found |= {kind: int(count) for kind, count in zip(part, row, strict=True)}
    return found


def _sum(keys: Sequence[sa.ColumnElement[Any]], kind: tuple[Any, ...]) -> sa.ColumnElement[Any]:
    same = sa.and_(*(key == value for key, value in zip(keys, kind, strict=True)))
    return sa.func.coalesce(sa.func.sum(sa.case((same, 1), else_=0)), 0)
