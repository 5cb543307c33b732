"""Lists for people who guide the work: background jobs, who is here, gold, returned microtasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from accessibility.sentences import kept
from workbench import tables as t
from workbench.domain import Json
from workbench.errors import NotFound


@dataclass(frozen=True)
class JobLine:
    """One background job in a list."""

    public_id: str
    kind: str
    status: str
    done: int
    total: int | None
    message: str | None
    project_name: str | None
    created_ms: int
    result: Json = None
    project_public_id: str | None = None

    @property
    def running(self) -> bool:
        """Does it still wait or run?"""
        return self.status in ("waiting", "running")


@dataclass(frozen=True)
class GoldLine:
    """One check question."""

    microtask: str
    key: str
    source: str
    accepted: Json
    kind: str
    status: str


@dataclass(frozen=True)
class ReturnLine:
    """A microtask given back: the reason and the words, without a name."""

    microtask: str
    step: str
    reason: str
    words: str | None
    at_ms: int


def jobs(connection: Connection, *, project_id: int | None = None, limit: int = 50) -> list[JobLine]:
    """The newest jobs, of one project when asked."""
    query = _jobs().order_by(t.job.c.id.desc()).limit(limit)
    if project_id is not None:
        query = query.where(t.job.c.project_id == project_id)
    return [_job(row) for row in connection.execute(query)]


def job(connection: Connection, public_id: str) -> JobLine:
    """One job. Raises NotFound."""
    row = connection.execute(_jobs().where(t.job.c.public_id == public_id)).first()
    if row is None:
        raise NotFound("There is no such work here.")
    return _job(row)


def _jobs() -> sa.Select[Any]:
    columns = (t.project.c.name.label("project_name"), t.project.c.public_id.label("project_public_id"))
    return sa.select(t.job, *columns).outerjoin(t.project, t.project.c.id == t.job.c.project_id)


def _job(row: Any) -> JobLine:
    return JobLine(
        public_id=row.public_id,
        kind=row.kind,
        status=row.status,
        done=row.done,
        total=row.total,
        message=row.message and kept(row.message, row.made_of),
        project_name=row.project_name,
        created_ms=row.created_ms,
        result=row.result,
        project_public_id=row.project_public_id,
    )


def running_jobs(connection: Connection) -> int:
    """How many jobs wait or run."""
    query = sa.select(sa.func.count()).select_from(t.job).where(t.job.c.status.in_(("waiting", "running")))
    return connection.execute(query).scalar_one()


def gold_of(connection: Connection, project_id: int, *, limit: int = 200) -> list[GoldLine]:
    """Check questions of a project."""
    query = (
        sa.select(t.gold, t.microtask.c.public_id, t.microtask.c.key, t.source.c.key.label("source_key"))
        .join(t.microtask, t.microtask.c.id == t.gold.c.microtask_id)
        .join(t.source, t.source.c.id == t.microtask.c.source_id)
        .where(t.source.c.project_id == project_id)
        .order_by(t.gold.c.id)
        .limit(limit)
    )
    return [
        GoldLine(row.public_id, row.key, row.source_key, row.accepted, row.kind, row.status) for row in connection.execute(query)
    ]


def returns_of(connection: Connection, project_id: int, *, limit: int = 100) -> list[ReturnLine]:
    """What was given back, newest first; leases that ran out are not somebody's word and are left out."""
    query = (
        sa.select(t.work_return, t.microtask.c.public_id, t.step.c.name.label("step_name"))
        .join(t.microtask, t.microtask.c.id == t.work_return.c.microtask_id)
        .join(t.step, t.step.c.id == t.microtask.c.step_id)
        .where(t.step.c.project_id == project_id, t.work_return.c.reason != "expired")
        .order_by(t.work_return.c.id.desc())
        .limit(limit)
    )
    return [ReturnLine(row.public_id, row.step_name, row.reason, row.words, row.at_ms) for row in connection.execute(query)]


def set_embargo(connection: Connection, project_id: int, *, until_ms: int | None) -> None:
    """Until when the material is for cleared people only; None: no embargo."""
    connection.execute(sa.update(t.project).where(t.project.c.id == project_id).values(embargo_until_ms=until_ms))


def first_payload(connection: Connection, step_id: int) -> Mapping[str, Json] | None:
    """The payload of a step's first microtask: what a preview shows."""
    query = sa.select(t.microtask.c.payload).where(t.microtask.c.step_id == step_id).order_by(t.microtask.c.id).limit(1)
    return connection.execute(query).scalar()
