"""Batches on a page: a template and a table come in, a report says how well people can use the page, and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.engine import Connection
from starlette.datastructures import UploadFile

from accessibility import widgets
from mturk_bridge import axe_words, batches, migrations, money
from mturk_bridge import statement as statements
from mturk_bridge.batches import Wanted
from mturk_bridge.manager_pages import statement_page
from mturk_bridge.pages import checking
from mturk_bridge.results import TYPES
from mturk_bridge.store import batches as batch_store
from mturk_bridge.store import blocked, hits
from task_types import reading, registry
from workbench import projects as project_rules
from workbench.context import Context
from workbench.domain import Person, Project, Role, Step
from workbench.errors import BadInput, Invalid, NotFound, WorkbenchError
from workbench.store import overviews
from workbench.store import projects as store
from workbench.web import pages
from workbench.web.access import Ctx, Signed, require
from workbench.web.data import safe_name
from workbench.web.forms import Fields, Form
from workbench.web.worker import media_url

router = APIRouter(prefix="/manager/mturk/batches", include_in_schema=False)
Manager = Annotated[Signed, Depends(require(Role.MANAGER))]
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,200}[a-z0-9])?(:[0-9]{1,5})?")
MOST_HOSTS = 20
DOLLARS = re.compile(r"[0-9]{1,6}(\.[0-9]{0,2})?")


@router.get("")
def list_batches(request: Request, ctx: Ctx, signed: Manager) -> Response:
    """
    Batches that came in, and a form for another.

    Who may: manager.
    """
    return _list(request, ctx, signed)


@router.post("/upload")
def take_batch(request: Request, ctx: Ctx, signed: Manager, form: Form) -> Response:
    """
    A template and a table become a project; the table is read in the background.

    Who may: manager.
    """
    migrations.ready(ctx)
    try:
        project = _take(ctx, signed.person, form)
    except WorkbenchError as error:
        return _list(request, ctx, signed, error=error, typed=form.data)
    return pages.see_other(f"/manager/mturk/batches/{project.public_id}")


@router.get("/{batch_project_id}")
def one_batch(request: Request, ctx: Ctx, signed: Manager, batch_project_id: str) -> Response:
    """
    How well people can use a batch's page, and what it wanted from elsewhere.

    Who may: manager.
    """
    return _one(request, ctx, signed, batch_project_id)


@router.get("/{batch_project_id}/statement")
def batch_statement(request: Request, ctx: Ctx, signed: Manager, batch_project_id: str) -> Response:
    """
    What a batch pays by the hour, and the Fairwork principles with evidence. Sums only.

    Who may: manager.
    """
    project, _ = _batch(ctx, batch_project_id)
    back = f"/manager/mturk/batches/{project.public_id}"
    return statement_page(request, ctx, signed, lambda c: statements.of_project(c, project, ctx.now()), back)


@router.post("/{batch_project_id}/hosts")
def allow_hosts(request: Request, ctx: Ctx, signed: Manager, form: Form, batch_project_id: str) -> Response:
    """
    Servers from which pictures and sound may show.

    Who may: manager.
    """
    project, step = _batch(ctx, batch_project_id)
    hosts = form.text("hosts").lower().split()
    wrong = [host for host in hosts if not HOST.fullmatch(host)]
    if wrong or len(hosts) > MOST_HOSTS:
        error = Invalid("Write at most 20 names of servers, such as media.example.org, one a line.", field="hosts")
        return _one(request, ctx, signed, batch_project_id, error=error, typed=form.data)
    project_rules.change_settings(ctx, step, {**step.settings, "hosts": hosts}, by=signed.person)
    return pages.see_other(f"/manager/mturk/batches/{project.public_id}")


@router.post("/{batch_project_id}/native")
def ask_natively(request: Request, ctx: Ctx, signed: Manager, form: Form, batch_project_id: str) -> Response:
    """
    The same table as questions of the workbench itself, in a project of its own; this one pauses.

    Who may: manager.
    """
    project, step = _batch(ctx, batch_project_id)
    try:
        made = _again_natively(ctx, signed.person, project, step, form.text("name"))
    except WorkbenchError as error:
        return _one(request, ctx, signed, batch_project_id, error=error, typed=form.data)
    return pages.see_other(f"/manager/mturk/batches/{made.public_id}")


# --- what stands behind ----------------------------------------------------------------------------------------------


def _list(
    request: Request, ctx: Context, signed: Signed, *, error: WorkbenchError | None = None, typed: Mapping[str, Any] | None = None
) -> Response:
    found = ctx.db.read(lambda connection: batch_store.newest(connection, TYPES))
    status = error.status if error else 200
    shown = {"batches": found, "error": error, "typed": typed or {}}
    return pages.render(request, "mturk/batches.html", signed, status=status, **shown)


def _take(ctx: Context, person: Person, form: Fields) -> Project:
    template, table = next(iter(form.files("template")), None), next(iter(form.files("table")), None)
    if template is None or table is None:
        raise Invalid("Choose a template (HTML) and a table (CSV).", field="template" if template is None else "table")
    html, name = _text(template), safe_name(table.filename or "table.csv")
    kept = ctx.files.put(table.file)
    seconds, assignments = form.text("seconds"), form.text("assignments") or "1"
    if not assignments.isdigit() or len(assignments) > 3 or (seconds and not (seconds.isdigit() and len(seconds) < 6)):
        raise Invalid("Write whole numbers.", field="assignments")
    reward = form.text("reward").replace(",", ".")
    if reward and not DOLLARS.fullmatch(reward):
        raise Invalid("Give an amount in dollars, such as 250 or 12.50.", field="reward")
    wanted = Wanted(
        name=form.text("name") or Path(safe_name(template.filename or "batch")).stem,
        requester=form.text("requester") or "Batch",
        title=form.text("title"),
        description=form.text("description"),
        assignments=int(assignments),
        reward_cents=money.cents(reward) if reward else None,
        seconds=float(seconds) if seconds else None,
        language="en" if form.text("language") == "en" else "nl",
        opinion=form.flag("opinion"),
        html_columns=tuple(form.text("html_columns").split()),
        native=form.flag("native"),
    )
    with ctx.files.local_path(kept.sha256) as path:
        columns = batches.columns_of(path, name)
    made = batches.create(ctx, html, columns, wanted, created_by=person.id)
    _read_in_background(ctx, person, made.project, [{"name": name, "sha256": kept.sha256}])
    return made.project


def _text(file: UploadFile) -> str:
    data = file.file.read(4 * batches.LARGEST_PAGE + 1)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("The template is not UTF-8 text. Save it as UTF-8.", file=file.filename) from error


def _read_in_background(ctx: Context, person: Person, project: Project, uploads: Sequence[dict[str, str]]) -> None:
    from workbench import jobs  # the durable queue is loaded when it is used

    arguments = {"project": project.public_id, "uploads": list(uploads), "whole": False}
    jobs.enqueue(ctx, "ingest", arguments, person_id=person.id, project_id=project.id)


def _batch(ctx: Context, project_id: str) -> tuple[Project, Step]:
    migrations.ready(ctx)

    def read(connection: Connection) -> tuple[Project, Step] | None:
        project = next((each for each in store.projects_by(connection, project_id) if each.public_id == project_id), None)
        steps = store.steps_of(connection, project.id) if project else []
        step = next((each for each in steps if each.task_type in TYPES and each.settings.get("batch")), None)
        return (project, step) if project and step else None

    found = ctx.db.read(read)
    if found is None:
        raise NotFound("There is no such batch here.")
    return found


def _one(
    request: Request,
    ctx: Context,
    signed: Signed,
    project_id: str,
    *,
    error: WorkbenchError | None = None,
    typed: Mapping[str, Any] | None = None,
) -> Response:
    project, step = _batch(ctx, project_id)

    def read(connection: Connection) -> dict[str, Any]:
        html = hits.page(connection, str(step.settings.get("page"))) or ""
        return {
            "checked": checking.check(html, list(step.settings.get("columns", ()))),
            "blocked": blocked.of_project(connection, project.id),
            "payload": overviews.first_payload(connection, step.id),
        }

    found = ctx.db.read(read)
    status = error.status if error else 200
    data = {
        "project": project,
        "step": step,
        "error": error,
        "typed": typed or {},
        "axe_words": axe_words.in_language(signed.person.locale),
        **found,
        **_shown(step, found["payload"], signed),
    }
    return pages.render(request, "mturk/batch.html", signed, status=status, **data)


def _shown(step: Step, payload: Any, signed: Signed) -> dict[str, Any]:
    """The first row as a worker sees it; nothing while no row is in yet."""
    if payload is None:
        return {"widget": None}
    case = reading.case(registry.get(step.task_type), step.settings, payload, "nl" if signed.person.locale == "nl" else "en")
    widget = registry.get(step.task_type).widget(case)
    return {"widget": widgets.find(widget.name), "data": widget.data, "draft": None, "errors": {}, "media_url": media_url}


def _again_natively(ctx: Context, person: Person, project: Project, step: Step, name: str) -> Project:
    if not name:
        raise Invalid("Give the new project a name.", field="name")
    facts, batch = step.settings.get("facts") or {}, step.settings.get("batch") or {}
    html = ctx.db.read(lambda connection: hits.page(connection, str(step.settings.get("page")))) or ""
    wanted = Wanted(
        name=name,
        requester=str(facts.get("requester", "Batch")),
        title=str(facts.get("title", "")),
        description=str(facts.get("description", "")),
        keywords=str(batch.get("keywords", "")),
        assignments=int(step.settings.get("overlap", 1)),
        opinion=bool(step.settings.get("opinion", False)),
        language=str(step.settings.get("language", "nl")),
        native=True,
    )
    made = batches.create(ctx, html, list(step.settings.get("columns", ())), wanted, created_by=person.id)

    def move(connection: Connection) -> Sequence[dict[str, str]]:
        store.set_status(connection, project.id, "paused", ctx.now())
        return batch_store.files_of(connection, project.id)

    _read_in_background(ctx, person, made.project, ctx.db.write(move))
    return made.project
