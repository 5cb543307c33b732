"""What comes in: datasets, the uploads they were made of, media, and what was wrong with some of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from accessibility.sentences import kept, made_of
from workbench import tables as t
from workbench.domain import Json, new_public_id
from workbench.errors import NotFound
from workbench.store.database import upsert

MOST_PROBLEMS = 1_000  # kept per dataset; a file that is wrong on every line needs no million rows to say so


@dataclass(frozen=True)
class Dataset:
    """What a client uploads in one go. status: receiving, ready, refused, deleted."""

    id: int
    public_id: str
    project_id: int
    name: str
    status: str
    counts: Mapping[str, Json]
    created_ms: int


@dataclass(frozen=True)
class MediaFile:
    """A file that questions may show. `probe` as workbench.media.probe.Probe.to_json gives it."""

    id: int
    public_id: str
    project_id: int
    sha256: str
    kind: str
    mime: str
    name: str
    probe: Mapping[str, Json]


@dataclass(frozen=True)
class Problem:
    """Something that did not come in: the file and, where there are lines, the line (1-based)."""

    file: str | None
    line: int | None
    message: str

    def __str__(self) -> str:
        return self.message


# --- datasets --------------------------------------------------------------------------------------------------------


def create_dataset(connection: Connection, *, project_id: int, name: str, created_by: int | None, now: int) -> Dataset:
    """A dataset that is being received."""
    row = {
        "public_id": new_public_id(),
        "project_id": project_id,
        "name": name[:200],
        "status": "receiving",
        "counts": {},
        "created_ms": now,
        "created_by": created_by,
    }
    added = connection.execute(sa.insert(t.dataset).values(row).returning(t.dataset.c.id)).scalar_one()
    return dataset_by_id(connection, added)


def dataset_by_id(connection: Connection, dataset_id: int) -> Dataset:
    """The dataset with this id inside. Raises NotFound."""
    row = connection.execute(sa.select(t.dataset).where(t.dataset.c.id == dataset_id)).first()
    if row is None:
        raise NotFound("There is no such dataset here.")
    return _dataset(row)


def datasets_of(connection: Connection, project_id: int) -> list[Dataset]:
    """The datasets of a project, newest first; deleted ones are left out."""
    query = sa.select(t.dataset).where(t.dataset.c.project_id == project_id, t.dataset.c.status != "deleted")
    return [_dataset(row) for row in connection.execute(query.order_by(t.dataset.c.id.desc()))]


def receiving(connection: Connection, project_id: int, name: str) -> list[Dataset]:
    """Datasets of this name that were being received when their program stopped, newest first."""
    found = sa.select(t.dataset).where(
        t.dataset.c.project_id == project_id, t.dataset.c.name == name[:200], t.dataset.c.status == "receiving"
    )
    return [_dataset(row) for row in connection.execute(found.order_by(t.dataset.c.id.desc()))]


def update_dataset(connection: Connection, dataset_id: int, *, counts: Mapping[str, Json], status: str | None = None) -> None:
    """How far it is; and its new status, where it changed."""
    values: dict[str, Any] = {"counts": dict(counts)}
    if status:
        values["status"] = status
    connection.execute(sa.update(t.dataset).where(t.dataset.c.id == dataset_id).values(values))


def add_problems(connection: Connection, dataset_id: int, problems: Iterable[Problem], *, now: int) -> None:
    """Keep what was wrong, up to MOST_PROBLEMS for a dataset."""
    known = connection.execute(sa.select(sa.func.count()).where(t.ingest_problem.c.dataset_id == dataset_id)).scalar_one()
    rows = [
        {
            "dataset_id": dataset_id,
            "file": (each.file or "")[:1000] or None,
            "line": each.line,
            "message": each.message,
            "made_of": made_of(each.message),
            "at_ms": now,
        }
        for each in problems
    ][: max(0, MOST_PROBLEMS - known)]
    if rows:
        connection.execute(sa.insert(t.ingest_problem), rows)


def problems_of(connection: Connection, dataset_id: int) -> list[Problem]:
    """What was wrong, in the order in which it was found."""
    query = sa.select(t.ingest_problem).where(t.ingest_problem.c.dataset_id == dataset_id).order_by(t.ingest_problem.c.id)
    return [Problem(row.file, row.line, kept(row.message, row.made_of)) for row in connection.execute(query)]


def _dataset(row: sa.Row[Any]) -> Dataset:
    return Dataset(row.id, row.public_id, row.project_id, row.name, row.status, row.counts or {}, row.created_ms)


# --- files -----------------------------------------------------------------------------------------------------------


def add_upload(connection: Connection, *, dataset_id: int, name: str, sha256: str, size: int, now: int) -> None:
    """A file as it came; once per dataset, however often it is said."""
    add_blob(connection, sha256=sha256, size=size, now=now)
    same = (t.upload.c.dataset_id == dataset_id, t.upload.c.name == name, t.upload.c.sha256 == sha256)
    if connection.execute(sa.select(t.upload.c.id).where(*same)).first() is None:
        row = {"dataset_id": dataset_id, "name": name, "sha256": sha256, "size": size, "at_ms": now}
        connection.execute(sa.insert(t.upload).values(row))


def add_blob(connection: Connection, *, sha256: str, size: int, now: int) -> None:
    """The store has this file; a file that was deleted and came again is there again."""
    row = {"sha256": sha256, "size": size, "created_ms": now, "deleted_ms": None, "proof": None}
    statement = upsert(t.blob).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=["sha256"], set_={"deleted_ms": None}))


def add_media(
    connection: Connection, *, project_id: int, sha256: str, kind: str, mime: str, name: str, probe: Mapping[str, Json], now: int
) -> MediaFile:
    """A file of this project that questions may show; the same file twice is one row, which keeps its id."""
    row = {
        "public_id": new_public_id(),
        "project_id": project_id,
        "sha256": sha256,
        "kind": kind,
        "mime": mime[:120],
        "name": name[:1000],
        "probe": dict(probe),
        "created_ms": now,
    }
    statement = upsert(t.media).values(row).on_conflict_do_nothing(index_elements=["project_id", "sha256"])
    connection.execute(statement)
    found = media_by_content(connection, project_id, sha256)
    if found is None:
        raise NotFound("The file was stored and is gone again. Ingest it once more.")
    return found


def media_by_content(connection: Connection, project_id: int, sha256: str) -> MediaFile | None:
    """The project's file with this content, unless it was deleted."""
    where = (t.media.c.project_id == project_id, t.media.c.sha256 == sha256, t.media.c.deleted_ms.is_(None))
    row = connection.execute(sa.select(t.media).where(*where)).first()
    return _media(row) if row else None


def media_by_public_id(connection: Connection, public_id: str) -> MediaFile:
    """The file with this id. Raises NotFound."""
    row = connection.execute(sa.select(t.media).where(t.media.c.public_id == public_id, t.media.c.deleted_ms.is_(None))).first()
    if row is None:
        raise NotFound("There is no such file here, or it was deleted.")
    return _media(row)


def derivative(connection: Connection, media_id: int, kind: str, parameters: str) -> str | None:
    """SHA-256 of what was made from a file before, if it was."""
    where = (t.derivative.c.media_id == media_id, t.derivative.c.kind == kind, t.derivative.c.parameters == parameters)
    return connection.execute(sa.select(t.derivative.c.sha256).where(*where)).scalar()


def add_derivative(
    connection: Connection, *, media_id: int, kind: str, parameters: str, sha256: str, size: int, mime: str, now: int
) -> None:
    """Something was made from a file: kept, so that it is made once."""
    add_blob(connection, sha256=sha256, size=size, now=now)
    row = {"media_id": media_id, "kind": kind, "parameters": parameters, "sha256": sha256, "mime": mime, "created_ms": now}
    statement = upsert(t.derivative).values(row)
    connection.execute(statement.on_conflict_do_nothing(index_elements=["media_id", "kind", "parameters"]))


def _media(row: sa.Row[Any]) -> MediaFile:
    return MediaFile(row.id, row.public_id, row.project_id, row.sha256, row.kind, row.mime, row.name, row.probe or {})
