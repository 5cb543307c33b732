"""The lab itself: one row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Json
from workbench.errors import Conflict


@dataclass(frozen=True)
class Lab:
    """Name, time zone (IANA) and settings of this lab."""

    name: str
    time_zone: str
    settings: Mapping[str, Json]


def the_lab(connection: Connection) -> Lab | None:
    """The lab, or None before its first set-up."""
    row = connection.execute(sa.select(t.lab)).first()
    return Lab(row.name, row.time_zone, row.settings or {}) if row else None


_zone = sa.select(t.lab.c.time_zone).limit(1)
_zones: dict[object, tuple[str, int]] = {}  # by database: (zone, when it was read)
KEEP_MS = 60_000


def time_zone(connection: Connection, now: int) -> str:
    """Where the lab's clock stands (IANA), read once a minute; before the set-up, where the first lab is."""
    zone, read_ms = _zones.get(connection.engine.url, ("", 0))
    if not zone or not 0 <= now - read_ms < KEEP_MS:
        zone = connection.scalar(_zone) or "Europe/Amsterdam"
        _zones[connection.engine.url] = zone, now
    return zone


def set_up(connection: Connection, *, name: str, time_zone: str, now: int) -> None:
    """Name the lab; once. Raises Conflict when it has a name."""
    if the_lab(connection):
        raise Conflict("This lab is set up already. Sign in instead.")
    row = {"name": name, "time_zone": time_zone, "settings": {}, "created_ms": now}
    connection.execute(sa.insert(t.lab).values(row))


def change_settings(connection: Connection, name: str, value: Json) -> None:
    """Replace one part of the lab's settings; the other parts stay."""
    row = connection.execute(sa.select(t.lab.c.id, t.lab.c.settings)).one()
    settings = {**(row.settings or {}), name: value}
    connection.execute(sa.update(t.lab).where(t.lab.c.id == row.id).values(settings=settings))


def lock(connection: Connection) -> bool:
    """Let nobody else decide about the lab until this write is over (PostgreSQL; SQLite has one writer). False: no lab."""
    return connection.execute(sa.select(t.lab.c.id).with_for_update()).first() is not None
