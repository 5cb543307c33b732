"""Rows that go when their time is over: what a rule of workbench/retention deletes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa


@dataclass(frozen=True)
class Sweep:
    """Rows of a table that are deleted when `moment` is older than their rule allows."""

    rule: str
    table: sa.Table
    moment: Any
    also: Any = None

    @property
    def name(self) -> str:
        """How it is counted."""
        return self.table.name
