"""What goes into a project and what comes out: upload, problems by file and line, background work, download, preview."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, JSONResponse, Response

from accessibility import widgets
from task_types import registry
from task_types.protocol import Locale, Need
from workbench import steps
from workbench.context import Context
from workbench.domain import Json, Person, Project, Role
from workbench.errors import Conflict, Invalid, NotAllowed, NotFound, WorkbenchError
from workbench.ingest import remarks, subtitles
from workbench.store import datasets, overviews
from workbench.store import people as people_store
from workbench.store import projects as store
from workbench.store.overviews import JobLine
from workbench.web import pages
from workbench.web.access import Ctx, Signed, may_see_material, project_for, require
from workbench.web.forms import Fields, Form
from workbench.web.projects import formats_of
from workbench.web.worker import media_url

router = APIRouter(include_in_schema=False)
Owner = Annotated[Signed, Depends(require(Role.CLIENT, Role.MANAGER))]
Guide = Annotated[Signed, Depends(require(Role.CLIENT, Role.MANAGER, Role.SUPERVISOR))]


@router.get("/projects/{project_id}/upload")
def upload_page(request: Request, ctx: Ctx, signed: Owner, project_id: str) -> Response:
    """
    Choose files, or a zip, and gold where there is any.

    Who may: client, manager.
    """
    return _upload_page(request, signed, project_for(ctx, signed.person, project_id))


@router.post("/projects/{project_id}/upload")
def upload(request: Request, ctx: Ctx, signed: Owner, form: Form, project_id: str) -> Response:
    """
    Keep the files and read them in the background.

    Who may: client, manager.
    """
    project = project_for(ctx, signed.person, project_id)
    try:
        arguments = _received(ctx, project, form)
    except WorkbenchError as error:
        return _upload_page(request, signed, project, error=error)
    return pages.see_other(f"/jobs/{_enqueue(ctx, 'ingest', arguments, signed.person, project)}")


@router.get("/projects/{project_id}/datasets/{dataset_id}")
def dataset_page(request: Request, ctx: Ctx, signed: Owner, project_id: str, dataset_id: str) -> Response:
    """
    One upload: what came in, and what did not, by file and line.

    Who may: client, manager.
    """
    project = project_for(ctx, signed.person, project_id)
    known = ctx.db.read(lambda connection: datasets.datasets_of(connection, project.id))
    found = next((each for each in known if each.public_id == dataset_id), None)
    if found is None:
        raise NotFound("There is no such upload in this project.")
    problems = ctx.db.read(lambda connection: datasets.problems_of(connection, found.id))
    shown: dict[str, Any] = {"project": project, "dataset": found, "problems": problems}
    shown |= {"remarks": remarks.of_dataset(found.counts), "lost": _lost(found, signed)}
    return pages.render(request, "projects/dataset.html", signed, **shown)


def _lost(dataset: datasets.Dataset, signed: Signed) -> dict[str, str]:
    """What the cues of each subtitle file leave out, in the reader's language."""
    locale = cast(Locale, signed.person.locale)
    return {told["file"]: subtitles.in_words(told, locale) for told in dataset.counts.get("subtitles", ())}


@router.get("/projects/{project_id}/preview")
def preview(request: Request, ctx: Ctx, signed: Guide, project_id: str) -> Response:
    """
    The project as a worker sees it: its own first question, or the kind of work's example while there is no data.

    Who may: client, manager, supervisor.
    """
    project = project_for(ctx, signed.person, project_id)
    cleared = ctx.db.read(lambda connection: people_store.clearances_of(connection, signed.person.id))
    if not may_see_material(signed.person, project, cleared, ctx.now()):
        raise NotAllowed("This material is under embargo. Ask the lab manager to clear you.")
    shown = [_preview(ctx, step.task_type, step.id, step.settings, signed.person.locale) for step in _steps(ctx, project)]
    return pages.render(request, "projects/preview.html", signed, project=project, shown=shown)


@router.post("/projects/{project_id}/export")
def export(ctx: Ctx, signed: Owner, form: Form, project_id: str) -> Response:
    """
    Make a download in the background.

    Who may: client, manager.
    """
    project = project_for(ctx, signed.person, project_id)
    job = ask_for_export(ctx, signed.person, project, form.text("format"), every_answer=form.flag("every_answer"))
    return pages.see_other(f"/jobs/{job}")


def ask_for_export(ctx: Context, person: Person, project: Project, format_name: str, *, every_answer: bool) -> str:
    """Ask for a download to be made; the job's id. Raises Invalid: not a format of this project."""
    if format_name not in formats_of(_steps(ctx, project)):
        raise Invalid("Choose one of the formats of this project.", field="format")
    arguments: dict[str, Json] = {"project": project.public_id, "format": format_name, "every_answer": every_answer}
    return _enqueue(ctx, "export", arguments, person, project)


@router.get("/jobs/{job_id}")
def job_page(request: Request, ctx: Ctx, signed: Owner, job_id: str) -> Response:
    """
    How far background work is, and what came of it.

    Who may: client, manager.
    """
    return pages.render(request, "projects/job.html", signed, job=job_of(ctx, signed.person, job_id))


@router.get("/jobs/{job_id}/state")
def job_state(ctx: Ctx, signed: Owner, job_id: str) -> Response:
    """
    The same for the page's own script.

    Who may: client, manager.
    """
    job = job_of(ctx, signed.person, job_id)
    return JSONResponse({"status": job.status, "done": job.done, "total": job.total, "running": job.running})


@router.post("/jobs/{job_id}/cancel")
def cancel(ctx: Ctx, signed: Owner, job_id: str) -> Response:
    """
    Stop background work; what was finished stays finished.

    Who may: client, manager.
    """
    from workbench import jobs  # the durable queue is loaded when it is used

    jobs.cancel(ctx, job_of(ctx, signed.person, job_id).public_id)
    return pages.see_other(f"/jobs/{job_id}")


@router.post("/jobs/{job_id}/again")
def again(ctx: Ctx, signed: Owner, job_id: str) -> Response:
    """
    Go on with a question that was stopped while it was asked about what is settled.

    Who may: client, manager.
    """
    from workbench import jobs  # the durable queue is loaded when it is used

    job_of(ctx, signed.person, job_id)
    return pages.see_other(f"/jobs/{jobs.again(ctx, job_id, signed.person.id)}")


@router.get("/jobs/{job_id}/download")
def download(ctx: Ctx, signed: Owner, job_id: str) -> Response:
    """
    What an export made.

    Who may: client, manager.
    """
    job = job_of(ctx, signed.person, job_id)
    path = made_by(ctx, job)
    return FileResponse(path, filename=path.name, media_type="application/octet-stream")


# --- parts -----------------------------------------------------------------------------------------------------------


def _upload_page(request: Request, signed: Signed, project: Project, *, error: WorkbenchError | None = None) -> Response:
    status = error.status if error else 200
    return pages.render(request, "projects/upload.html", signed, status=status, project=project, error=error)


def _received(ctx: Context, project: Project, form: Fields) -> dict[str, Json]:
    steps.check_not_closed(project)
    uploads = uploads_of(ctx, form, "files")
    if not uploads:
        raise Invalid("Choose at least one file first.", field="files")
    arguments: dict[str, Json] = {"project": project.public_id, "uploads": uploads}
    arguments["whole"] = form.text("problems") == "refuse"
    gold = uploads_of(ctx, form, "gold")
    if gold:
        arguments["gold"] = gold[0]
    return arguments


def uploads_of(ctx: Context, form: Fields, field: str) -> list[dict[str, Json]]:
    """Put the files of this field into the store: [{"name", "sha256"}], each name once. Any machine can read them there."""
    taken: set[str] = set()
    return [
        {"name": _free(safe_name(each.filename or ""), taken), "sha256": ctx.files.put(each.file).sha256}
        for each in form.files(field)
    ]


def safe_name(name: str) -> str:
    """The last part of a name that a browser sent, without anything that means something to a file system."""
    last = re.split(r"[/\\]", name)[-1]
    clean = "".join(letter for letter in last if letter.isprintable() and letter not in '<>:"|?*').strip(". ")
    return clean[-200:] or "file"


def _free(name: str, taken: set[str]) -> str:
    path, number = Path(name), 2
    free = name
    while free in taken:
        free = f"{path.stem}-{number}{path.suffix}"
        number += 1
    taken.add(free)
    return free


def _enqueue(ctx: Context, kind: str, arguments: dict[str, Json], person: Person, project: Project) -> str:
    from workbench import jobs  # the durable queue is loaded when it is used

    return jobs.enqueue(ctx, kind, arguments, person_id=person.id, project_id=project.id)


def job_of(ctx: Context, person: Person, public_id: str) -> JobLine:
    """Background work that this person may know of. Raises NotFound."""
    job = ctx.db.read(lambda connection: overviews.job(connection, public_id))
    if job.project_public_id is not None:
        project_for(ctx, person, job.project_public_id)
    elif not person.has(Role.MANAGER):
        raise NotFound("There is no such work here.")
    return job


def made_by(ctx: Context, job: JobLine) -> Path:
    """
    The file that an export made.

    Raises:
        Conflict: it is not made yet. NotFound: it is gone.
    """
    result = job.result if isinstance(job.result, dict) else {}
    if job.kind != "export" or job.status != "done" or "path" not in result:
        raise Conflict("There is nothing to download yet. Wait until the work is done.")
    path = Path(str(result["path"]))
    if not path.is_file() or not path.resolve().is_relative_to(ctx.settings.data.resolve()):
        raise NotFound("This download is gone. Make it again.")
    return path


def _steps(ctx: Context, project: Project) -> list[Any]:
    return ctx.db.read(lambda connection: store.steps_of(connection, project.id))


def _drawing(_media: str, _variant: str, **_parameters: int | None) -> str:
    return "/static/example.svg"


def _preview(ctx: Context, type_name: str, step_id: int, settings: Any, locale: str) -> dict[str, Any]:
    task_type = registry.get(type_name)
    payload = ctx.db.read(lambda connection: overviews.first_payload(connection, step_id))
    example = task_type.examples[0].case
    read = task_type.settings_model.model_validate(dict(settings))
    shown = task_type.payload_model.model_validate(dict(payload)) if payload else example.payload
    case = type(example)(settings=read, payload=shown, locale=cast(Locale, locale))
    widget = task_type.widget(case)
    return {
        "question": task_type.question(case),
        "widget": widgets.find(widget.name),
        "data": widget.data,
        "example": payload is None,
        # An example's own media is nowhere: a drawing stands for a picture, and sound has to wait for data.
        "media_url": media_url if payload else _drawing,
        "silent": payload is None and Need.HEARING in task_type.needs(read, shown),
    }
