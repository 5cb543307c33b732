"""Long work in the background: asked for here, done in a process of its own (jobs_process.py).

The web process never imports the library that makes work durable (0.6 s, 67 MB): asking for work is a row in the `job`
table, which the jobs process sees within half a second. Doing it is safe to begin again at any moment: each batch
commits its own place, so after a `kill -9` the work goes on where it was, also on another machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from accessibility.sentences import sentence
from workbench.context import Context
from workbench.domain import Json
from workbench.errors import Conflict, Invalid, NotFound
from workbench.settings import Settings
from workbench.store import jobs as store
from workbench.store.jobs import Job

KINDS = ("ingest", "export", "report")
AGAIN = ("ask",)  # what goes on with nothing but its row: an upload is sent again


def enqueue(ctx: Context, kind: str, arguments: Mapping[str, Json], person_id: int | None, project_id: int | None) -> str:
    """
    Ask for long work; returns the job's public id at once.

    Args:
        kind: `ingest` with {"project", "uploads": [{"name", "sha256"}] or "paths": […], "gold", "whole"}, `export` with
            {"project", "format", "every_answer"}, or `report` with {"project"}. `project` is a public id;
            `gold` is {"name", "sha256"}, a path or null.

    Raises:
        Invalid: no such kind of work.
    """
    if kind not in KINDS:
        raise Invalid(
            sentence('There is no background work called "{kind}". Known: {kinds}.', kind=kind, kinds=", ".join(KINDS)),
            field="kind",
        )
    now = ctx.now()
    return ctx.db.write(
        lambda connection: store.add(
            connection, kind=kind, arguments=arguments, person_id=person_id, project_id=project_id, now=now
        )
    )


def again(ctx: Context, public_id: str, person_id: int | None) -> str:
    """
    The same work once more, as a new job: what was done before is passed over.

    Raises:
        Conflict: it is going on, it is done, or it is work of another kind.
    """
    job = get(ctx, public_id)
    if job.kind not in AGAIN or job.status not in ("cancelled", "failed"):
        raise Conflict("This work cannot be gone on with. Ask for it anew.")
    now = ctx.now()
    return ctx.db.write(
        lambda connection: store.add(
            connection, kind=job.kind, arguments=job.arguments, person_id=person_id, project_id=job.project_id, now=now
        )
    )


def get(ctx: Context, public_id: str) -> Job:
    """The job with this id. Raises NotFound."""
    found = ctx.db.read(lambda connection: store.find(connection, public_id))
    if found is None:
        raise NotFound("There is no such background work.")
    return found


def list(ctx: Context, *, project_id: int | None = None, person_id: int | None = None, limit: int = 50) -> Sequence[Job]:
    """Jobs of a project, of a person, or all; newest first."""
    return ctx.db.read(lambda connection: store.newest(connection, project_id=project_id, person_id=person_id, limit=limit))


def cancel(ctx: Context, public_id: str) -> Job:
    """
    Stop a job at its next batch. What it committed before that stays, whole.

    Raises:
        NotFound, Conflict: there is no such job; it is finished already.
    """
    job, now = get(ctx, public_id), ctx.now()
    if not ctx.db.write(lambda connection: store.ask_cancel(connection, public_id, now=now)):
        job = get(ctx, public_id)
        if job.status != "cancelled":
            raise Conflict("This work is finished already, so it cannot be stopped.")
    return get(ctx, public_id)


def start_process(settings: Settings) -> subprocess.Popen[bytes]:
    """
    Start the process that does the jobs of this lab. It ends when its parent is gone; start it again when it ends.

    Stop it with `terminate()`: what it was doing goes on in the next one.
    """
    environment = {
        **os.environ,
        "WORKBENCH_DATA": str(settings.data),
        "WORKBENCH_DATABASE_URL": settings.database_url,
        "WORKBENCH_STORAGE_URL": settings.storage_url,
        "PYTHONPATH": os.pathsep.join(filter(None, [_root(), os.environ.get("PYTHONPATH")])),
    }
    return subprocess.Popen([sys.executable, "-m", "workbench.jobs_process", "--parent", str(os.getpid())], env=environment)


def _root() -> str:
    # The checkout or site-packages: a child must find the same workbench as its parent, from any folder.
    return str(Path(__file__).resolve().parents[1])
