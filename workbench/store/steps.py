"""Steps and the versions of their settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Json

_settings = sa.select(t.step_version.c.settings).where(t.step_version.c.id == sa.bindparam("version"))
# A version never changes, so each process may keep what it has read. Keyed by database: tests open many.
_kept: dict[tuple[Any, int], Mapping[str, Json]] = {}
MOST_KEPT = 5000


def settings_of(connection: Connection, version_id: int) -> Mapping[str, Json]:
    """The settings of one version of a step."""
    key = (connection.engine.url, version_id)
    found = _kept.get(key)
    if found is None:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        found = _kept[key] = connection.execute(_settings, {"version": version_id}).scalar_one()
    return found
