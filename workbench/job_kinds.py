"""What each kind of background work does. Every one may be begun again at any moment, and then goes on."""

from __future__ import annotations

import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.engine import Connection

from task_types.errors import TaskTypeError
from workbench import projects
from workbench.context import Context
from workbench.domain import Json, Project
from workbench.errors import NotFound, WorkbenchError
from workbench.store import datasets
from workbench.store import jobs as store
from workbench.store.jobs import Job

TELL_SECONDS = 0.5  # how often progress is written down, and asked whether to stop
PROBLEMS_TOLD = 50

log = structlog.get_logger()


class Cancelled(Exception):
    """Somebody asked to stop."""


class Progress:
    """Writes down how far a job is, not more often than it helps; raises Cancelled when somebody asked to stop."""

    def __init__(self, ctx: Context, public_id: str) -> None:
        self._ctx = ctx
        self._public_id = public_id
        self._told = 0.0
        self.last: tuple[int, int | None] = (0, None)

    def __call__(self, done: int, total: int | None) -> None:
        self.last = done, total
        if time.monotonic() - self._told < TELL_SECONDS:
            return
        now, public_id = self._ctx.now(), self._public_id
        if self._ctx.db.write(lambda connection: store.advance(connection, public_id, done=done, total=total, now=now)):
            raise Cancelled
        self._told = time.monotonic()


def run(ctx: Context, public_id: str) -> str:
    """Do a job, from the beginning or from where it was, and write down how it ended. Returns its status."""
    job = ctx.db.read(lambda connection: store.find(connection, public_id))
    if job is None or not ctx.db.write(lambda connection: store.begin(connection, public_id, now=ctx.now())):
        return "unknown" if job is None else job.status
    progress = Progress(ctx, public_id)
    status, message, result = _outcome(ctx, job, progress)
    now, (done, total) = ctx.now(), progress.last

    def write(connection: Connection) -> None:
        store.advance(connection, public_id, done=done, total=total, now=now)
        store.finish(connection, public_id, status, now=now, message=message, result=result)

    ctx.db.write(write)
    return status


def _outcome(ctx: Context, job: Job, progress: Progress) -> tuple[str, str | None, Mapping[str, Json] | None]:
    try:
        return "done", None, WORK[job.kind](ctx, job, progress)
    except Cancelled:
        return "cancelled", "Stopped on request. What was finished before that stays.", None
    except (WorkbenchError, TaskTypeError) as error:
        return "failed", error.message, None
    except Exception:
        log.exception("job failed", job=job.public_id, kind=job.kind)
        return "failed", "Something went wrong on our side. The log of the server says what; then try again.", None


# --- ingest ----------------------------------------------------------------------------------------------------------


def _ingest(ctx: Context, job: Job, progress: Callable[[int, int | None], None]) -> Mapping[str, Json]:
    from workbench import ingest

    asked = job.arguments
    with ExitStack() as stack:
        given = [_given(ctx, each, stack) for each in [*asked.get("uploads", ()), *asked.get("paths", ())]]
        gold = _given(ctx, asked["gold"], stack) if asked.get("gold") else None
        report = ingest.receive(
            ctx,
            _project(ctx, job),
            given,
            gold=gold,
            whole=bool(asked.get("whole")),
            created_by=job.person_id,
            progress=progress,
        )
    told = [asdict(problem) for problem in report.problems[:PROBLEMS_TOLD]]
    return {**asdict(report), "problems": told}


def _given(ctx: Context, asked: Any, stack: ExitStack) -> Any:
    """An upload that lies in the store, or a path of this machine."""
    from workbench.ingest import Given

    if isinstance(asked, str):
        return Given(Path(asked).name, Path(asked))
    return Given(asked["name"], stack.enter_context(ctx.files.local_path(asked["sha256"])))


def _project(ctx: Context, job: Job) -> Project:
    found: Project = projects.named(ctx, str(job.arguments["project"]))
    if job.project_id not in (None, found.id):
        raise NotFound("This work names another project than the one it was asked for.")
    return found


# --- export ----------------------------------------------------------------------------------------------------------


def _export(ctx: Context, job: Job, progress: Callable[[int, int | None], None]) -> Mapping[str, Json]:
    from workbench.export import export

    project, format_name = _project(ctx, job), str(job.arguments["format"])
    name = f"{_file_name(project.name)}-{format_name}"
    with tempfile.TemporaryDirectory(dir=_folder(ctx), prefix="export-") as folder:
        out = Path(folder) / "files" / (name + _suffix(ctx, project, format_name))
        out.parent.mkdir()
        every_answer = bool(job.arguments.get("every_answer"))
        export(ctx, project, format_name, out, every_answer=every_answer, progress=progress)
        packed = _zip(out.parent, Path(folder) / "export.zip")
        with packed.open("rb") as file:
            stored = ctx.files.put(file)
    now = ctx.now()
    ctx.db.write(lambda connection: datasets.add_blob(connection, sha256=stored.sha256, size=stored.size, now=now))
    return {"name": f"{name}.zip", "sha256": stored.sha256, "size": stored.size, "format": format_name}


def _folder(ctx: Context) -> Path:
    folder = ctx.settings.data / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _suffix(ctx: Context, project: Project, format_name: str) -> str:
    from task_types import registry
    from workbench.store.projects import steps_of

    for step in ctx.db.read(lambda connection: steps_of(connection, project.id)):
        exporter = registry.get(step.task_type).exporters.get(format_name)
        if exporter is not None:
            return str(exporter.suffix)
    return ""


def _file_name(name: str) -> str:
    return "".join(each if each.isalnum() or each in "-_" else "-" for each in name)[:80] or "export"


def _zip(folder: Path, target: Path) -> Path:
    """Everything in a folder as one file to download."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                packed.write(path, path.relative_to(folder).as_posix())
    return target


WORK: Mapping[str, Callable[[Context, Job, Callable[[int, int | None], None]], Mapping[str, Json]]] = {
    "ingest": _ingest,
    "export": _export,
}
