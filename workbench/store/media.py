"""Media, who may see them, and what was made from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Json
from workbench.store import recordings
from workbench.store.database import upsert


@dataclass(frozen=True)
class Medium:
    """One uploaded file of one project. `sha256` is of the original."""

    id: int
    public_id: str
    project_id: int
    sha256: str
    kind: str
    mime: str
    name: str
    probe: Mapping[str, Json]


@dataclass(frozen=True)
class Made:
    """Something derived from a medium: where it is in the file store, and what it is."""

    sha256: str
    mime: str


_by_public_id = sa.select(
    t.media.c.id,
    t.media.c.public_id,
    t.media.c.project_id,
    t.media.c.sha256,
    t.media.c.kind,
    t.media.c.mime,
    t.media.c.name,
    t.media.c.probe,
).where(t.media.c.public_id == sa.bindparam("public_id"), t.media.c.deleted_ms.is_(None))

_derivative = sa.select(t.derivative.c.sha256, t.derivative.c.mime).where(
    t.derivative.c.media_id == sa.bindparam("media"),
    t.derivative.c.kind == sa.bindparam("kind"),
    t.derivative.c.parameters == sa.bindparam("parameters"),
)

# Who looks along with a question sees and hears what it is about.
_theirs_or_looked_along = sa.or_(
    t.assignment.c.person_id == sa.bindparam("person"),
    t.assignment.c.id.in_(sa.select(t.joining.c.assignment_id).where(t.joining.c.joined_by == sa.bindparam("person"))),
)

# A person's assignments of one project are few beside its microtasks: the walk starts there.
_parts_given = (
    sa.select(t.source.c.parts)
    .join(t.microtask, t.microtask.c.source_id == t.source.c.id)
    .join(t.assignment, t.assignment.c.microtask_id == t.microtask.c.id)
    .where(_theirs_or_looked_along, t.source.c.project_id == sa.bindparam("project"))
    .order_by(t.assignment.c.id.desc())
)

_questions_given = (
    sa.select(t.assignment.c.public_id, t.source.c.parts)
    .join(t.microtask, t.microtask.c.id == t.assignment.c.microtask_id)
    .join(t.source, t.source.c.id == t.microtask.c.source_id)
    .where(_theirs_or_looked_along, t.source.c.project_id == sa.bindparam("project"))
    .order_by(t.assignment.c.id.desc())
)


def medium(connection: Connection, public_id: str) -> Medium | None:
    """The file of this address, unless it was deleted."""
    row = connection.execute(_by_public_id, {"public_id": public_id}).first()
    return Medium(*row) if row else None


def was_given(connection: Connection, found: Medium, person_id: int) -> bool:
    """Is this file part of a source that this person was ever handed a question about?"""
    rows = connection.execute(_parts_given, {"person": person_id, "project": found.project_id})
    if found.name == "recording.webm" and recordings.made_by(connection, found.id, person_id):
        return True  # their own voice or face
    return any(part.get("media") == found.public_id for row in rows for part in row.parts)


def assignments_with(connection: Connection, found: Medium, person_id: int) -> list[str]:
    """Public ids of this person's assignments about a source with this file, newest first."""
    rows = connection.execute(_questions_given, {"person": person_id, "project": found.project_id})
    return [row.public_id for row in rows if any(part.get("media") == found.public_id for part in row.parts)]


def derivative(connection: Connection, media_id: int, kind: str, parameters: str) -> Made | None:
    """What was made before."""
    row = connection.execute(_derivative, {"media": media_id, "kind": kind, "parameters": parameters}).first()
    return Made(*row) if row else None


def add_derivative(connection: Connection, media_id: int, kind: str, parameters: str, made: Made, *, now: int) -> None:
    """Note what was made. Two requests may make the same thing at once: the first note stands."""
    values = {
        "media_id": media_id,
        "kind": kind,
        "parameters": parameters,
        "sha256": made.sha256,
        "mime": made.mime,
        "created_ms": now,
    }
    connection.execute(upsert(t.derivative).values(**values).on_conflict_do_nothing())
