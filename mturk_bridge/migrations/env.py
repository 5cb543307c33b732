"""Alembic's entry for the bridge's own history."""

from __future__ import annotations

from mturk_bridge.migrations import VERSION_TABLE
from mturk_bridge.tables import metadata
from workbench.migrations.one_transaction import run

run(metadata, VERSION_TABLE)
