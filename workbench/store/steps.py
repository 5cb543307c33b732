"""Steps and the versions of their settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Json

_settings = sa.select(t.step_version.c.settings).where(t.step_version.c.id == sa.bindparam("version"))
# A version never changes, so each process may keep what it has read. One dialect object is one database: tests open many.
_kept: WeakKeyDictionary[Any, dict[int, Mapping[str, Json]]] = WeakKeyDictionary()
MOST_KEPT = 5000


def settings_of(connection: Connection, version_id: int) -> Mapping[str, Json]:
    """The settings of one version of a step."""
    kept = _kept.setdefault(connection.dialect, {})
    found = kept.get(version_id)
    if found is None:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        found = kept[version_id] = connection.execute(_settings, {"version": version_id}).scalar_one()
    return found
