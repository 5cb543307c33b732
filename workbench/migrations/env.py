"""Alembic's entry."""

from __future__ import annotations

from workbench.migrations.one_transaction import run
from workbench.tables import metadata

run(metadata)
