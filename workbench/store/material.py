"""Client material: which files a project rests on, and what goes when it is deleted for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Json
from workbench.store.database import upsert


@dataclass(frozen=True)
class Original:
    """An uploaded file that is still there."""

    project: str
    dataset: str
    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Held:
    """A stored file of a project. what: original, or the kind of derivative."""

    sha256: str
    what: str


def originals(connection: Connection) -> list[Original]:
    """Every upload whose file is there."""
    query = (
        sa.select(
            t.project.c.name.label("project"),
            t.dataset.c.name.label("dataset"),
            t.upload.c.name,
            t.upload.c.size,
            t.upload.c.sha256,
        )
        .join(t.dataset, t.dataset.c.id == t.upload.c.dataset_id)
        .join(t.project, t.project.c.id == t.dataset.c.project_id)
        .join(t.blob, t.blob.c.sha256 == t.upload.c.sha256)
        .where(t.blob.c.deleted_ms.is_(None))
        .order_by(t.upload.c.id)
    )
    return [Original(row.project, row.dataset, row.name, row.size, row.sha256) for row in connection.execute(query)]


def held_by(connection: Connection, project_id: int) -> list[Held]:
    """
    Files that rest on this project alone: originals, parts of archives, and everything made from them.

    What another project uploaded as well (the same bytes) stays for that project.
    """
    mine = _hashes(connection, t.project.c.id == project_id)
    others = {each.sha256 for each in _hashes(connection, t.project.c.id != project_id)}
    others |= set(connection.scalars(sa.select(t.blob.c.sha256).where(t.blob.c.deleted_ms.is_not(None))))
    seen: dict[str, Held] = {}
    for each in mine:
        if each.sha256 not in others:
            seen.setdefault(each.sha256, each)
    return sorted(seen.values(), key=lambda each: (each.what != "original", each.sha256))


def _hashes(connection: Connection, which: sa.ColumnElement[bool]) -> list[Held]:
    uploads = sa.select(t.upload.c.sha256).join(t.dataset, t.dataset.c.id == t.upload.c.dataset_id).join(t.project)
    media = sa.select(t.media.c.sha256).join(t.project, t.project.c.id == t.media.c.project_id)
    media = media.where(t.media.c.deleted_ms.is_(None))
    made = sa.select(t.derivative.c.sha256, t.derivative.c.kind).join(t.media, t.media.c.id == t.derivative.c.media_id)
    made = made.join(t.project, t.project.c.id == t.media.c.project_id)
    found = [Held(row.sha256, "original") for row in connection.execute(uploads.where(which))]
    found += [Held(row.sha256, "original") for row in connection.execute(media.where(which))]
    return found + [Held(row.sha256, row.kind) for row in connection.execute(made.where(which))]


def stop(connection: Connection, project_id: int, *, now: int) -> None:
    """The project asks nothing more. What was answered settles with the answers it has: `is_settling` until that is done."""
    mine = t.microtask.c.step_id.in_(_steps_of(project_id))
    begun = (mine, t.microtask.c.status == "open", t.microtask.c.answers > 0)
    left = sa.select(t.microtask.c.id, sa.literal(now), sa.literal(1), sa.literal(0)).where(*begun)
    waiting = upsert(t.to_settle).from_select(["microtask_id", "since_ms", "asked", "tries"], left)
    connection.execute(waiting.on_conflict_do_nothing())
    connection.execute(sa.update(t.microtask).where(*begun).values(wanted=t.microtask.c.answers, free=0))
    unanswered = (mine, t.microtask.c.status == "open", t.microtask.c.answers == 0)
    connection.execute(sa.update(t.microtask).where(*unanswered).values(status="withdrawn", free=0))
    connection.execute(sa.update(t.project).where(t.project.c.id == project_id).values(status="closed"))


def is_settling(connection: Connection, project_id: int) -> bool:
    """Do answers of this project wait to be settled? What could not be settled once waits for nothing here."""
    waiting = sa.select(t.to_settle.c.microtask_id).join(t.microtask, t.microtask.c.id == t.to_settle.c.microtask_id)
    mine = (t.microtask.c.step_id.in_(_steps_of(project_id)), t.to_settle.c.tries == 0)
    return connection.execute(waiting.where(*mine).limit(1)).first() is not None


def is_forgotten(connection: Connection, step_id: int) -> bool:
    """Was the material that this step asks about deleted?"""
    query = sa.select(t.material_deletion.c.id).join(t.step, t.step.c.project_id == t.material_deletion.c.project_id)
    return connection.execute(query.where(t.step.c.id == step_id).limit(1)).first() is not None


def _steps_of(project_id: int) -> sa.Select[tuple[int]]:
    return sa.select(t.step.c.id).where(t.step.c.project_id == project_id)


def forget(connection: Connection, project_id: int, *, now: int) -> None:
    """
    The material of a project that asks nothing more is gone: nothing shows it. Labels stay, and can be exported.

    Names of files are material too: they are emptied. Texts of questions: see `texts`.
    """
    of_project = t.media.c.project_id == project_id
    media = sa.select(t.media.c.id).where(of_project)
    connection.execute(sa.delete(t.derivative).where(t.derivative.c.media_id.in_(media)))
    connection.execute(sa.update(t.media).where(of_project).values(deleted_ms=now, name="", probe={}))
    mine = sa.select(t.microtask.c.id).where(t.microtask.c.step_id.in_(_steps_of(project_id)))
    connection.execute(sa.update(t.gold).where(t.gold.c.microtask_id.in_(mine)).values(status="retired"))
    datasets = sa.select(t.dataset.c.id).where(t.dataset.c.project_id == project_id)
    connection.execute(sa.update(t.dataset).where(t.dataset.c.project_id == project_id).values(status="deleted"))
    connection.execute(sa.update(t.upload).where(t.upload.c.dataset_id.in_(datasets)).values(name=""))
    connection.execute(
        sa.update(t.ingest_problem).where(t.ingest_problem.c.dataset_id.in_(datasets)).values(file=None, message="", made_of=None)
    )
    connection.execute(sa.delete(t.project_term).where(t.project_term.c.project_id == project_id))


WITH_TEXTS = ("source", "microtask")
DELETED = "[deleted]"
# Names in parts and payloads whose texts are no material: kinds, ids, and what an answer names (a key, a field, a value).
KEPT = frozenset({"kind", "media", "mime", "name", "key", "value", "ask", "about", "names", "rules", "page", "hourly_eur"})
PAGE = 1_000


def texts(connection: Connection, table: str, project_id: int, after: int) -> list[tuple[int, Json]]:
    """(id, parts or payload) of a project's sources or microtasks after this id."""
    found = t.metadata.tables[table]
    mine = found.c.project_id == project_id if table == "source" else found.c.step_id.in_(_steps_of(project_id))
    query = sa.select(found.c.id, _with_text(table)).where(mine, found.c.id > after).order_by(found.c.id).limit(PAGE)
    return [(row[0], row[1]) for row in connection.execute(query)]


def put_texts(connection: Connection, table: str, rows: Sequence[tuple[int, Json]]) -> None:
    """Put these in their place."""
    found, column = t.metadata.tables[table], _with_text(table)
    value = sa.bindparam("value", type_=column.type)
    change = sa.update(found).where(found.c.id == sa.bindparam("number")).values({column.name: value})
    connection.execute(change, [{"number": number, "value": each} for number, each in rows])


def _with_text(table: str) -> sa.Column[Any]:
    return t.source.c.parts if table == "source" else t.microtask.c.payload


def emptied(value: Json, name: str = "") -> Json:
    """The same without a word of the material: of texts only what holds the answers together stays (KEPT)."""
    if name in KEPT:
        return value
    if isinstance(value, dict):
        return {inside: emptied(each, inside) for inside, each in value.items()}
    if isinstance(value, list):
        return [emptied(each, name) for each in value]
    return DELETED if isinstance(value, str) and value else value


def record(connection: Connection, project_id: int, *, by: int | None, reason: str, proof: Sequence[Json], now: int) -> None:
    """Keep the proof, and say of each file that it is gone."""
    row = {"project_id": project_id, "deleted_by": by, "at_ms": now, "reason": reason, "proof": list(proof)}
    connection.execute(sa.insert(t.material_deletion).values(row))
    for each in proof:
        gone = sa.update(t.blob).where(t.blob.c.sha256 == each["sha256"])
        connection.execute(gone.values(deleted_ms=each["deleted_ms"], proof={"location": each["location"], "size": each["size"]}))


def deletions(connection: Connection, project_id: int) -> list[sa.Row[tuple[object, ...]]]:
    """Deletions of a project's material with their proof, newest first."""
    query = sa.select(t.material_deletion).where(t.material_deletion.c.project_id == project_id)
    return list(connection.execute(query.order_by(t.material_deletion.c.id.desc())))
