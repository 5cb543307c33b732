"""Long work in the background, as rows that everybody may look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from accessibility.sentences import kept, made_of
from workbench import tables as t
from workbench.domain import Json, new_public_id

UNFINISHED = ("waiting", "running")


@dataclass(frozen=True)
class Job:
    """
    One piece of long work.

    status: waiting, running, done, failed or cancelled; done, total: rows and files, or hundredths of them where
    there are few; total None while nobody knows; message: what went wrong, for a person; result: of a job that is done.
    """

    id: int
    public_id: str
    kind: str
    arguments: Mapping[str, Json]
    status: str
    done: int
    total: int | None
    message: str | None
    result: Mapping[str, Json] | None
    cancel_asked: bool
    project_id: int | None
    person_id: int | None
    created_ms: int
    updated_ms: int

    @property
    def finished(self) -> bool:
        """Nothing more will happen to it."""
        return self.status not in UNFINISHED


def add(
    connection: Connection,
    *,
    kind: str,
    arguments: Mapping[str, Json],
    person_id: int | None,
    project_id: int | None,
    now: int,
) -> str:
    """A job that waits; returns its public id."""
    public_id = new_public_id()
    row = {
        "public_id": public_id,
        "kind": kind,
        "arguments": dict(arguments),
        "status": "waiting",
        "project_id": project_id,
        "person_id": person_id,
        "created_ms": now,
        "updated_ms": now,
    }
    connection.execute(sa.insert(t.job).values(row))
    return public_id


def find(connection: Connection, public_id: str) -> Job | None:
    """The job with this id."""
    row = connection.execute(sa.select(t.job).where(t.job.c.public_id == public_id)).first()
    return _job(row) if row else None


def newest(connection: Connection, *, project_id: int | None = None, person_id: int | None = None, limit: int = 50) -> list[Job]:
    """Jobs of a project, of a person, or all; newest first."""
    query = sa.select(t.job).order_by(t.job.c.id.desc()).limit(limit)
    if project_id is not None:
        query = query.where(t.job.c.project_id == project_id)
    if person_id is not None:
        query = query.where(t.job.c.person_id == person_id)
    return [_job(row) for row in connection.execute(query)]


def of_project(connection: Connection, project_id: int) -> list[str]:
    """Public ids of all jobs of a project."""
    return list(connection.scalars(sa.select(t.job.c.public_id).where(t.job.c.project_id == project_id)))


def unfinished(connection: Connection) -> list[Job]:
    """Jobs that wait or run."""
    return [_job(row) for row in connection.execute(sa.select(t.job).where(t.job.c.status.in_(UNFINISHED)))]


def waiting(connection: Connection, *, limit: int = 100) -> list[str]:
    """Public ids of jobs that nobody has begun, oldest first."""
    query = sa.select(t.job.c.public_id).where(t.job.c.status == "waiting").order_by(t.job.c.id).limit(limit)
    return list(connection.scalars(query))


def begin(connection: Connection, public_id: str, *, now: int) -> bool:
    """It runs from now on, or again. False: it is finished, and nobody should do it once more."""
    return _change(connection, public_id, status="running", updated_ms=now)


def advance(connection: Connection, public_id: str, *, done: int, total: int | None, now: int) -> bool:
    """How far it is; returns whether somebody asked to stop it."""
    _change(connection, public_id, done=done, total=total, updated_ms=now)
    return bool(connection.execute(sa.select(t.job.c.cancel_asked).where(t.job.c.public_id == public_id)).scalar())


def finish(
    connection: Connection,
    public_id: str,
    status: str,
    *,
    now: int,
    message: str | None = None,
    result: Mapping[str, Json] | None = None,
) -> bool:
    """It ends: done, failed or cancelled. False: it had ended before, and stays as it was."""
    values = {"message": message, "made_of": made_of(message), "result": None if result is None else dict(result)}
    return _change(connection, public_id, status=status, updated_ms=now, **values)


def ask_cancel(connection: Connection, public_id: str, *, now: int) -> bool:
    """Stop it at the next batch; one that nobody has begun stops at once. False: it is finished already."""
    stopped = sa.update(t.job).where(t.job.c.public_id == public_id, t.job.c.status == "waiting")
    connection.execute(stopped.values(status="cancelled", cancel_asked=True, updated_ms=now))
    return _change(connection, public_id, cancel_asked=True)


def _change(connection: Connection, public_id: str, **values: Any) -> bool:
    unfinished = (t.job.c.public_id == public_id, t.job.c.status.in_(UNFINISHED))
    return connection.execute(sa.update(t.job).where(*unfinished).values(values)).rowcount > 0


def _job(row: sa.Row[Any]) -> Job:
    columns = dict(row._mapping)
    made = columns.pop("made_of")
    return Job(**columns | {"message": row.message and kept(row.message, made)})
