"""What each kind of background work does. Every one may be begun again at any moment, and then goes on."""

from __future__ import annotations

import shutil
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
    _clean(ctx, job)
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
        given = [each for one in (*asked.get("uploads", ()), *asked.get("paths", ())) for each in _given(ctx, one, stack)]
        gold = _given(ctx, asked["gold"], stack)[0] if asked.get("gold") else None
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


def _given(ctx: Context, asked: Any, stack: ExitStack) -> list[Any]:
    """An upload that lies in the store, or a path of this machine: of an upload's own folder, what is in it."""
    from workbench.ingest import Given

    if not isinstance(asked, str):
        return [Given(asked["name"], stack.enter_context(ctx.files.local_path(asked["sha256"])))]
    path = Path(asked)
    if path.is_dir() and _upload_folder(ctx, asked):
        return [Given(each.name, each) for each in sorted(path.iterdir())]
    return [Given(path.name, path)]


def _upload_folder(ctx: Context, asked: str) -> Path | None:
    """The folder that the web process made for one upload, if this path lies in one."""
    incoming, path = _folder(ctx).resolve(), Path(asked).resolve()
    return incoming / path.relative_to(incoming).parts[0] if path != incoming and path.is_relative_to(incoming) else None


def _clean(ctx: Context, job: Job) -> None:
    """The upload's folder goes once the job has ended: all of it is in the store."""
    for asked in job.arguments.get("paths", ()) if job.arguments.get("clean") else ():
        if folder := _upload_folder(ctx, asked):
            shutil.rmtree(folder, ignore_errors=True)


def _project(ctx: Context, job: Job) -> Project:
    found: Project = projects.named(ctx, str(job.arguments["project"]))
    if job.project_id not in (None, found.id):
        raise NotFound("This work names another project than the one it was asked for.")
    return found


# --- export ----------------------------------------------------------------------------------------------------------


def _export(ctx: Context, job: Job, progress: Callable[[int, int | None], None]) -> Mapping[str, Json]:
    """One zip with the files and their manifest, in the lab's folder `exports`."""
    from workbench.export import export

    project, format_name = _project(ctx, job), str(job.arguments["format"])
    name = f"{_file_name(project.name)}-{format_name}"
    target = ctx.settings.data / "exports" / job.public_id / f"{name}.zip"
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_folder(ctx), prefix="export-") as folder:
        out = Path(folder) / "files" / (name + _suffix(ctx, project, format_name))
        out.parent.mkdir()
        every_answer = bool(job.arguments.get("every_answer"))
        export(ctx, project, format_name, out, every_answer=every_answer, progress=progress)
        _zip(out.parent, Path(folder) / "whole.zip").replace(target)
    return {"path": str(target), "name": target.name, "size": target.stat().st_size, "format": format_name}


def _report(ctx: Context, job: Job, progress: Callable[[int, int | None], None]) -> Mapping[str, Json]:
    """The quality report of this moment."""
    from workbench import quality_report

    project = _project(ctx, job)
    progress(0, 1)
    quality_report.make(ctx, project)
    progress(1, 1)
    return {"page": f"/projects/{project.public_id}/quality"}


def _ask(ctx: Context, job: Job, progress: Callable[[int, int | None], None]) -> Mapping[str, Json]:
    """A new question, about what the one before it settled on already."""
    from workbench import catching_up

    return {"microtasks_added": catching_up.go_on(ctx, _project(ctx, job), str(job.arguments["step"]), progress)}


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
    "report": _report,
    "ask": _ask,
}
