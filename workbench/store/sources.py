"""Sources: what questions are about. Added in batches, found by their key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Json
from workbench.store.bulk import insert_many, public_ids, take_ids
from workbench.store.database import for_update


class SourceRow(NamedTuple):
    """A source on its way into the database. `parts`: JSON text, a list of parts."""

    key: str
    parts: str
    external_ref: str | None = None


@dataclass(frozen=True)
class StoredSource:
    """A source as it stands."""

    id: int
    public_id: str
    key: str
    parts: Sequence[Mapping[str, Json]] = field(default_factory=list)
    external_ref: str | None = None


def hold_project(connection: Connection, project_id: int) -> None:
    """One ingest at a time adds to a project, or two could add the same source. SQLite has one writer anyway."""
    connection.execute(for_update(sa.select(t.project.c.id).where(t.project.c.id == project_id)))


def known_sources(connection: Connection, project_id: int, keys: Sequence[str]) -> dict[str, StoredSource]:
    """Those of these keys that the project has, with their parts."""
    columns = (t.source.c.id, t.source.c.public_id, t.source.c.key, t.source.c.parts, t.source.c.external_ref)
    query = sa.select(*columns).where(t.source.c.project_id == project_id, t.source.c.key.in_(keys))
    return {
        row.key: StoredSource(row.id, row.public_id, row.key, row.parts, row.external_ref) for row in connection.execute(query)
    }


def newest_id(connection: Connection) -> int:
    """The highest id of all sources: when it has not changed, nobody added any."""
    return int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(t.source.c.id), 0))).scalar_one())


def known_keys(connection: Connection, project_id: int, keys: Sequence[str]) -> frozenset[str]:
    """Those of these keys that the project has."""
    query = sa.select(t.source.c.key).where(t.source.c.project_id == project_id, t.source.c.key.in_(keys))
    return frozenset(connection.execute(query).scalars())


def sources_named(connection: Connection, project_id: int, name: str) -> list[StoredSource]:
    """
    Sources that somebody may mean by a name: a file in some folder, the client's own id, a recording without its
    ending. At most 2, to see whether it is one. Reads all keys of the project.
    """
    columns = (t.source.c.id, t.source.c.public_id, t.source.c.key, t.source.c.parts, t.source.c.external_ref)
    key = t.source.c.key
    meant = (
        (t.source.c.external_ref == name)
        | key.endswith("/" + name, autoescape=True)
        | key.startswith(name + ".", autoescape=True)
        | key.contains("/" + name + ".", autoescape=True)
    )
    query = sa.select(*columns).where(t.source.c.project_id == project_id, t.source.c.deleted_ms.is_(None), meant).limit(2)
    return [StoredSource(*row) for row in connection.execute(query)]


def add_sources(
    connection: Connection, *, project_id: int, dataset_id: int, rows: Sequence[SourceRow], position: int, now: int
) -> list[int]:
    """
    New sources, in order; returns their ids. `position` is that of the first one in its dataset.

    Raises:
        IntegrityError: a key is there already; look with `known_sources` in the same transaction.
    """
    ids = take_ids(connection, t.source, len(rows))
    columns = ("id", "public_id", "project_id", "dataset_id", "key", "external_ref", "position", "parts", "created_ms")
    values = [
        (source_id, public_id, project_id, dataset_id, row.key, row.external_ref, place, row.parts, now)
        for source_id, public_id, place, row in zip(ids, public_ids(len(rows)), count(position), rows, strict=False)
    ]
    insert_many(connection, t.source, columns, values)
    return ids
