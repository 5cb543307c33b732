"""Tables that plug-ins keep beside the workbench's own, so that erasing, taking along, handing over and retention reach them.

A plug-in names a `Holding` by entry point, group `workbench.holdings`. Its tables may be missing from a lab's database: a lab
that never used the plug-in has none of them, which `whole.there` tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from task_types import plug_ins
from workbench import tables as t
from workbench.store.sweeps import Sweep

ENTRY_POINTS = "workbench.holdings"


@dataclass(frozen=True)
class Holding:
    """
    What one plug-in holds.

    Attributes:
        metadata: its tables. An id of the workbench's own tables stands there as `<table>_id`, with or without a foreign key.
        folder: with `*.yaml` files that describe each of their columns, as workbench/privacy has them.
        sweeps: rows that go when their time is over, by rule of workbench/retention.
        blunted: (table, column) of times of day that become the beginning of their day after 90 days; the table has an `id`.
    """

    metadata: sa.MetaData
    folder: Path
    sweeps: Sequence[Sweep] = ()
    blunted: Sequence[tuple[str, str]] = ()


@cache
def holdings() -> tuple[Holding, ...]:
    """What each plug-in that is installed here holds."""
    return tuple(point.load() for point in plug_ins.points(ENTRY_POINTS))


@cache
def tables() -> dict[str, sa.Table]:
    """Every table by name, the workbench's own and those of plug-ins; what others hang on comes first."""
    known = [t.metadata, *(each.metadata for each in holdings())]
    return {table.name: table for metadata in known for table in metadata.sorted_tables}


def points_at(column: sa.Column[int]) -> sa.Column[int]:
    """The column that this one points at: by its foreign key, or by its name where two histories can't promise one."""
    for key in column.foreign_keys:
        return key.column
    return tables()[column.name.removesuffix("_id")].c.id
