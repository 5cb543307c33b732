"""Projects, their steps and the versions of a step's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from accessibility.sentences import sentence
from workbench import tables as t
from workbench.domain import Json, Project, Step, new_public_id
from workbench.errors import Conflict, NotFound
from workbench.store import asking
from workbench.store.database import for_update

PIECE = 5000  # SQLite takes a limited number of parameters


@dataclass(frozen=True)
class StepVersion:
    """One version of a step's settings. Answers name the version that they were given under."""

    id: int
    step_id: int
    number: int
    settings: Mapping[str, Json]
    note: str | None
    created_ms: int


def create_project(
    connection: Connection,
    *,
    name: str,
    client_id: int | None,
    language: str,
    settings: Mapping[str, Json],
    created_by: int | None,
    now: int,
) -> Project:
    """A new project, still a draft. Raises Conflict when this client has one of that name; of others nobody learns."""
    if any(name == each.name and client_id == each.client_id for each in projects_by(connection, name)):
        raise Conflict(sentence('There is already a project called "{name}". Choose another name.', name=name), field="name")
    row = {
        "public_id": new_public_id(),
        "client_id": client_id,
        "name": name,
        "status": "draft",
        "language": language,
        "settings": dict(settings),
        "created_ms": now,
        "created_by": created_by,
    }
    added = connection.execute(sa.insert(t.project).values(row).returning(t.project.c.id)).scalar_one()
    return project_by_id(connection, added)


def create_step(
    connection: Connection,
    *,
    project_id: int,
    task_type: str,
    task_type_version: int,
    settings: Mapping[str, Json],
    now: int,
    name: str | None = None,
    depends: Mapping[str, Json] | None = None,
    created_by: int | None = None,
) -> Step:
    """The next step of a project, with version 1 of its settings."""
    last = sa.select(sa.func.coalesce(sa.func.max(t.step.c.position), -1)).where(t.step.c.project_id == project_id)
    row = {
        "public_id": new_public_id(),
        "project_id": project_id,
        "position": connection.execute(last).scalar_one() + 1,
        "name": name or task_type,
        "task_type": task_type,
        "task_type_version": task_type_version,
        "depends": None if depends is None else dict(depends),
        "created_ms": now,
    }
    step_id = connection.execute(sa.insert(t.step).values(row).returning(t.step.c.id)).scalar_one()
    _add_version(connection, step_id, settings, number=1, note=None, created_by=created_by, now=now)
    return step_by_id(connection, step_id)


def new_step_version(
    connection: Connection, step_id: int, settings: Mapping[str, Json], note: str | None, created_by: int | None, now: int
) -> Step:
    """Newer settings for a step; the older versions stay, and so do its microtasks."""
    connection.execute(for_update(sa.select(t.step.c.id).where(t.step.c.id == step_id)))
    last = sa.select(sa.func.coalesce(sa.func.max(t.step_version.c.number), 0)).where(t.step_version.c.step_id == step_id)
    number = connection.execute(last).scalar_one() + 1
    _add_version(connection, step_id, settings, number=number, note=note, created_by=created_by, now=now)
    overlap = int(settings.get("overlap", 1))
    _want(connection, step_id, overlap, most_answers(settings), now)
    return step_by_id(connection, step_id)


def most_answers(settings: Mapping[str, Json]) -> int:
    """The answers that a microtask of these settings may get at most."""
    adaptive: Mapping[str, int] = settings.get("adaptive") or {}
    return int(adaptive["most"] if adaptive else settings.get("overlap", 1))


def _want(connection: Connection, step_id: int, overlap: int, most: int, now: int) -> None:
    """Open microtasks want so many answers from now on; those that have them already are settled."""
    table = t.microtask.c
    open_now = sa.and_(table.step_id == step_id, table.status == "open")
    for outside, wanted in ((table.wanted < overlap, overlap), (table.wanted > most, most)):
        free = table.free + wanted - table.wanted
        passed = connection.scalars(
            sa.select(table.id).where(open_now, outside, table.free <= 0, free > 0).order_by(table.id)
        ).all()
        connection.execute(sa.update(t.microtask).where(open_now, outside).values(free=free, wanted=wanted))
        for start in range(0, len(passed), PIECE):
            asking.to_the_end(connection, passed[start : start + PIECE])  # everybody may have come past while it was full
    waiting = sa.select(t.to_settle.c.microtask_id)
    enough = sa.select(table.id, sa.literal(now), sa.literal(1)).where(
        open_now, table.answers >= overlap, table.answers > 0, table.id.not_in(waiting)
    )
    connection.execute(sa.insert(t.to_settle).from_select(["microtask_id", "since_ms", "asked"], enough))


def _add_version(
    connection: Connection,
    step_id: int,
    settings: Mapping[str, Json],
    *,
    number: int,
    note: str | None,
    created_by: int | None,
    now: int,
) -> None:
    row = {
        "step_id": step_id,
        "number": number,
        "settings": dict(settings),
        "note": note,
        "created_ms": now,
        "created_by": created_by,
    }
    connection.execute(sa.insert(t.step_version).values(row))


def versions_of(connection: Connection, step_id: int) -> list[StepVersion]:
    """All versions of a step's settings, oldest first."""
    query = sa.select(t.step_version).where(t.step_version.c.step_id == step_id).order_by(t.step_version.c.number)
    return [
        StepVersion(row.id, row.step_id, row.number, row.settings, row.note, row.created_ms) for row in connection.execute(query)
    ]


def projects_by(connection: Connection, name_or_public_id: str) -> list[Project]:
    """The project with this public id, else those with this name: each client gives its own. Deleted ones are none."""
    table = t.project.c
    query = sa.select(t.project).where(
        (table.name == name_or_public_id) | (table.public_id == name_or_public_id), table.status != "deleted"
    )
    found = [_project(row) for row in connection.execute(query.order_by(table.id))]
    # Somebody may call a project by another one's id: the id wins.
    return [each for each in found if each.public_id == name_or_public_id] or found


def project_by_id(connection: Connection, project_id: int) -> Project:
    """The project with this id inside. Raises NotFound."""
    row = connection.execute(sa.select(t.project).where(t.project.c.id == project_id)).first()
    if row is None:
        raise NotFound("There is no such project here.")
    return _project(row)


def projects_of(connection: Connection, client_id: int | None) -> list[Project]:
    """Projects of one client, or all of them (None), newest first; deleted ones are left out."""
    query = sa.select(t.project).where(t.project.c.status != "deleted").order_by(t.project.c.id.desc())
    if client_id is not None:
        query = query.where(t.project.c.client_id == client_id)
    return [_project(row) for row in connection.execute(query)]


def steps_of(connection: Connection, project_id: int) -> list[Step]:
    """The steps of a project in order, each with the settings that hold now."""
    return _steps(connection, t.step.c.project_id == project_id)


def first_steps_of(connection: Connection, project_id: int) -> list[Step]:
    """The steps that ask about a source at once, and not only after an earlier step settled."""
    # A JSON column keeps an absent value as SQL NULL or as JSON null, depending on who wrote it.
    absent = t.step.c.depends.is_(sa.null()) | (sa.cast(t.step.c.depends, sa.Text) == "null")
    return _steps(connection, t.step.c.project_id == project_id, absent)


def dependents(connection: Connection, step_id: int) -> list[tuple[Step, Mapping[str, Json]]]:
    """The steps that wait for what this one settles, with what each waits for."""
    same = sa.select(t.step.c.project_id).where(t.step.c.id == step_id).scalar_subquery()
    rows = connection.execute(sa.select(t.step.c.id, t.step.c.depends).where(t.step.c.project_id == same, t.step.c.id != step_id))
    waiting = {row.id: row.depends for row in rows if row.depends and row.depends.get("step") == step_id}
    return [(step, waiting[step.id]) for step in _steps(connection, t.step.c.id.in_(waiting))] if waiting else []


def depends_of(connection: Connection, project_id: int) -> dict[int, Mapping[str, Json]]:
    """What each step of a project waits for, by the step's id; those that wait for nothing are left out."""
    rows = connection.execute(sa.select(t.step.c.id, t.step.c.depends).where(t.step.c.project_id == project_id))
    return {row.id: row.depends for row in rows if row.depends}


def settled_count(connection: Connection, step_id: int) -> int:
    """How many microtasks a step has settled on."""
    settled = (t.microtask.c.step_id == step_id, t.microtask.c.status == "settled")
    return int(connection.execute(sa.select(sa.func.count()).select_from(t.microtask).where(*settled)).scalar_one())


def settled_answers(connection: Connection, step_id: int, last: int, limit: int) -> list[tuple[int, Json]]:
    """(microtask, answer) of what a step has settled on, in order, after microtask `last`."""
    query = (
        sa.select(t.microtask.c.id, t.outcome.c.answer)
        .join_from(t.microtask, t.outcome, t.outcome.c.id == t.microtask.c.outcome_id)
        .where(t.microtask.c.step_id == step_id, t.microtask.c.status == "settled", t.microtask.c.id > last)
        .order_by(t.microtask.c.id)
        .limit(limit)
    )
    return [(row.id, row.answer) for row in connection.execute(query)]


def remove_step(connection: Connection, step_id: int) -> None:
    """Take away a step that never asked anything, with its settings."""
    connection.execute(sa.delete(t.step_version).where(t.step_version.c.step_id == step_id))
    connection.execute(sa.delete(t.step).where(t.step.c.id == step_id))


def step_by_id(connection: Connection, step_id: int) -> Step:
    """The step with this id inside. Raises NotFound."""
    found = _steps(connection, t.step.c.id == step_id)
    if not found:
        raise NotFound("There is no such step here.")
    return found[0]


def set_status(connection: Connection, project_id: int, status: str, now: int) -> None:
    """draft, open, paused, closed or deleted; who asked and when goes into the audit."""
    connection.execute(sa.update(t.project).where(t.project.c.id == project_id).values(status=status))
    row = {"at_ms": now, "person_id": None, "action": "project.status", "subject": str(project_id), "detail": {"status": status}}
    connection.execute(sa.insert(t.audit).values(row))


def counts(connection: Connection, project_id: int) -> dict[str, int]:
    """
    How far a project is: `microtasks` (gold included), `settled`, `gold`, `annotations` (a newer revision counts once)
    and `sources`.
    """
    steps = list(connection.execute(sa.select(t.step.c.id).where(t.step.c.project_id == project_id)).scalars())
    statuses = (
        sa.select(t.microtask.c.status, sa.func.count().label("number"))
        .where(t.microtask.c.step_id.in_(steps), t.microtask.c.status != "withdrawn")
        .group_by(t.microtask.c.status)
    )
    by_status = {row.status: int(row.number) for row in connection.execute(statuses)}
    answers = sa.select(sa.func.count()).where(t.annotation.c.step_id.in_(steps), t.annotation.c.revision == 1)
    sources = sa.select(sa.func.count()).where(t.source.c.project_id == project_id, t.source.c.deleted_ms.is_(None))
    return {
        "microtasks": sum(by_status.values()),
        "settled": by_status.get("settled", 0),
        "gold": by_status.get("gold", 0) + by_status.get("learning", 0),
        "annotations": connection.execute(answers).scalar_one(),
        "sources": connection.execute(sources).scalar_one(),
    }


def _project(row: sa.Row[Any]) -> Project:
    return Project(
        id=row.id,
        public_id=row.public_id,
        name=row.name,
        client_id=row.client_id,
        status=row.status,
        language=row.language,
        embargo_until_ms=row.embargo_until_ms,
        settings=row.settings or {},
        created_ms=row.created_ms,
        legal_basis=row.legal_basis,
        thanks=row.thanks,
    )


def _steps(connection: Connection, *where: sa.ColumnElement[bool]) -> list[Step]:
    newest = (
        sa.select(t.step_version.c.step_id, sa.func.max(t.step_version.c.number).label("number"))
        .group_by(t.step_version.c.step_id)
        .subquery()
    )
    version = t.step_version
    query = (
        sa.select(t.step, version.c.id.label("version_id"), version.c.number, version.c.settings)
        .join(newest, newest.c.step_id == t.step.c.id)
        .join(version, (version.c.step_id == newest.c.step_id) & (version.c.number == newest.c.number))
        .where(*where)
        .order_by(t.step.c.position)
    )
    return [_step(row) for row in connection.execute(query)]


def _step(row: sa.Row[Any]) -> Step:
    return Step(
        id=row.id,
        public_id=row.public_id,
        project_id=row.project_id,
        position=row.position,
        name=row.name,
        task_type=row.task_type,
        task_type_version=row.task_type_version,
        version_id=row.version_id,
        version=row.number,
        settings=row.settings,
    )
