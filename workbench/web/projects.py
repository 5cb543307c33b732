"""Projects: the list, a new one, one project's page, its settings. For the client whose it is, and for the manager."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, cast
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from accessibility.sentences import noted
from task_types import registry
from task_types.errors import TaskTypeError
from task_types.protocol import Locale
from workbench import export as exporting
from workbench import opening, projects
from workbench.context import Context
from workbench.domain import Client, Person, Project, Role, Step
from workbench.errors import Conflict, Invalid, NotFound, WorkbenchError
from workbench.store import audit, datasets, overviews
from workbench.store import people as people_store
from workbench.store import projects as store
from workbench.web import pages, settings_form
from workbench.web.access import Ctx, Signed, may_see_project, project_for, require, under_embargo
from workbench.web.forms import Fields, Form

router = APIRouter(include_in_schema=False)
Owner = Annotated[Signed, Depends(require(Role.CLIENT, Role.MANAGER))]
Guide = Annotated[Signed, Depends(require(Role.CLIENT, Role.MANAGER, Role.SUPERVISOR))]
Manager = Annotated[Signed, Depends(require(Role.MANAGER))]
STATUSES = ("open", "paused", "closed")
CHANGED = noted(
    "These settings were changed meanwhile, in another tab or by somebody else. Below stands what you filled in: "
    "look at the newest version beside it, then save again if yours is to hold."
)


@dataclass(frozen=True)
class Line:
    """One project in a list; `client` is the company's name, `done` and `total` count microtasks."""

    project: Project
    client: str | None
    done: int
    total: int


@router.get("/projects")
def list_projects(request: Request, ctx: Ctx, signed: Guide) -> Response:
    """
    The projects this person may know of: a client's own, everybody's for a manager.

    Who may: client, manager, supervisor.
    """
    lines = ctx.db.read(lambda connection: lines_for(connection, signed.person, ctx.now()))
    return pages.render(request, "projects/list.html", signed, lines=lines)


@router.get("/projects/new")
def new_project(request: Request, ctx: Ctx, signed: Owner, type: str = "") -> Response:
    """
    Choose a kind of work, then fill in its settings.

    Who may: client, manager.
    """
    return _new_page(request, ctx, signed, type)


@router.post("/projects")
def create_project(request: Request, ctx: Ctx, signed: Owner, form: Form) -> Response:
    """
    A new project, still a draft: nobody gets work from it until a manager opens it.

    Who may: client, manager.
    """
    type_name = form.text("type")
    try:
        settings = settings_form.read(registry.get(type_name).settings_model, form)
        client = form.text("client") or None
        project = projects.create_by(ctx, signed.person, form.text("name"), type_name, settings, client, draft=True)
    except (WorkbenchError, TaskTypeError) as error:
        return _new_page(request, ctx, signed, type_name, error=error, form=form)
    return pages.see_other(f"/projects/{project.public_id}")


@router.get("/projects/{project_id}")
def project_page(request: Request, ctx: Ctx, signed: Guide, project_id: str) -> Response:
    """
    One project: how far it is, its data, its settings, its results. No worker is named.

    Who may: client, manager, supervisor.
    """
    project = project_for(ctx, signed.person, project_id)
    return pages.render(request, "projects/project.html", signed, **_about(ctx, signed.person, project))


@router.post("/projects/{project_id}/status")
def change_status(ctx: Ctx, signed: Manager, form: Form, project_id: str) -> Response:
    """
    Open, pause or close a project.

    Who may: manager.
    """
    project = project_for(ctx, signed.person, project_id)
    status = form.text("status")
    if status not in STATUSES:
        raise Invalid("Choose open, paused or closed.", field="status")

    def change(connection: Connection) -> None:
        steps = store.steps_of(connection, project.id)
        if status == "open":
            opening.check(steps)
        store.set_status(connection, project.id, status, ctx.now())
        # Opening on a ground that a client stated confirms it: what was stated is kept with who opened.
        stated = [step.settings["legal_basis"] for step in steps if step.settings.get("legal_basis")]
        ground = {"legal_basis": stated} if stated else {}
        _log(connection, ctx, signed.person, "project.status", project, status=status, **ground)

    ctx.db.write(change)
    return pages.see_other(f"/projects/{project.public_id}")


@router.get("/projects/{project_id}/settings")
def settings_page(request: Request, ctx: Ctx, signed: Owner, project_id: str) -> Response:
    """
    The settings that hold now, to change; every answer keeps the version it was given under.

    Who may: client, manager.
    """
    project = project_for(ctx, signed.person, project_id)
    return _settings_page(request, ctx, signed, project)


@router.post("/projects/{project_id}/settings")
def change_settings(request: Request, ctx: Ctx, signed: Owner, form: Form, project_id: str) -> Response:
    """
    A newer version of a step's settings.

    Who may: client, manager.
    """
    project = project_for(ctx, signed.person, project_id)
    step = _step(ctx, project, form.text("step"))
    try:
        if form.text("version") not in ("", str(step.version)):
            raise Conflict(CHANGED)
        read = settings_form.read(registry.get(step.task_type).settings_model, form)
        kept = {name: step.settings[name] for name in settings_form.NEVER if name in step.settings}
        note = form.text("note") or None
        projects.change_settings(ctx, step, {**kept, **read}, note=note, by=signed.person)
    except WorkbenchError as error:
        return _settings_page(request, ctx, signed, project, error=error, form=form)
    return pages.see_other(f"/projects/{project.public_id}")


@router.get("/projects/{project_id}/embargo")
def embargo_page(request: Request, ctx: Ctx, signed: Manager, project_id: str) -> Response:
    """
    Until when the material is secret, and who may see it before.

    Who may: manager.
    """
    return _embargo_page(request, ctx, signed, project_for(ctx, signed.person, project_id))


@router.post("/projects/{project_id}/embargo")
def change_embargo(request: Request, ctx: Ctx, signed: Manager, form: Form, project_id: str) -> Response:
    """
    Set the embargo's end and the people who are cleared.

    Who may: manager.
    """
    project = project_for(ctx, signed.person, project_id)
    try:
        until = _moment(form.text("until"), ZoneInfo(request.app.state.zone))
    except Invalid as error:
        return _embargo_page(request, ctx, signed, project, error=error)

    def change(connection: Connection) -> None:
        cleared = [people_store.person_by_public_id(connection, each).id for each in form.all("cleared")]
        overviews.set_embargo(connection, project.id, until_ms=until)
        people_store.set_clearances(connection, project.id, cleared, given_by=signed.person.id, now=ctx.now())
        _log(connection, ctx, signed.person, "project.embargo", project, until=until, cleared=cleared)

    ctx.db.write(change)
    return pages.see_other(f"/projects/{project.public_id}")


# --- parts -----------------------------------------------------------------------------------------------------------


def lines_for(connection: Connection, person: Person, now: int) -> list[Line]:
    """The projects this person may know of, newest first."""
    cleared = people_store.clearances_of(connection, person.id)
    names = {client.id: client.name for client in people_store.clients(connection)}
    seen = [each for each in store.projects_of(connection, None) if may_see_project(person, each, cleared, now)]
    return [_line(connection, each, names) for each in seen]


def _line(connection: Connection, project: Project, names: dict[int, str]) -> Line:
    counts = store.counts(connection, project.id)
    total = counts["microtasks"] - counts.get("gold", 0)
    return Line(project, names.get(project.client_id or 0), counts["settled"], total)


def _about(ctx: Context, person: Person, project: Project) -> dict[str, Any]:
    def read(connection: Connection) -> dict[str, Any]:
        client = people_store.client_by_id(connection, project.client_id) if project.client_id else None
        return {
            "project": project,
            "client": client,
            "steps": store.steps_of(connection, project.id),
            "counts": store.counts(connection, project.id),
            "datasets": datasets.datasets_of(connection, project.id),
            "jobs": overviews.jobs(connection, project_id=project.id, limit=5),
        }

    found = ctx.db.read(read)
    types = {step.task_type: registry.get(step.task_type).title for step in found["steps"]}
    titles = {name: title.get(person.locale) or title["en"] for name, title in types.items()}
    cuts = {step.id: settings_form.cuts_of(step.settings, person.locale) for step in found["steps"]}
    return found | {
        "titles": titles,
        "cuts": cuts,
        "embargo": under_embargo(project, ctx.now()),
        "formats": formats_of(found["steps"]),
    }


def formats_of(steps: Sequence[Step]) -> list[str]:
    """The export formats that every step of a project fills, by name."""
    fillable = [exporting.formats_of_type(step.task_type) for step in steps]
    return sorted(frozenset.intersection(*fillable)) if fillable else []


def _new_page(
    request: Request,
    ctx: Context,
    signed: Signed,
    type_name: str,
    *,
    error: WorkbenchError | TaskTypeError | None = None,
    form: Fields | None = None,
) -> Response:
    locale = signed.person.locale
    status = 422 if error else 200
    if type_name not in projects.askable():
        types = [(name, title, _summary(name, locale)) for name, title in pages.task_types(projects.askable(), locale)]
        return pages.render(request, "projects/choose.html", signed, status=status, types=types, error=error)
    fields = settings_form.fields_of(registry.get(type_name).settings_model, {}, locale)
    clients: list[Client] = [] if signed.person.client_id else ctx.db.read(people_store.clients)
    data: dict[str, Any] = {
        "type_name": type_name,
        "type_title": dict(pages.task_types([type_name], locale))[type_name],
        "fields": fields,
        "filled": settings_form.filled(fields, form),
        "clients": clients,
        "name": form.text("name") if form else "",
        "client_name": form.text("client") if form else "",
        "error": error,
    }
    return pages.render(request, "projects/new.html", signed, status=status, **data)


def _summary(name: str, locale: str) -> str:
    """The question of a type's first example: the shortest way to say what it asks."""
    examples = registry.get(name).examples
    if not examples:
        return ""
    case = examples[0].case
    spoken = type(case)(settings=case.settings, payload=case.payload, locale=cast(Locale, locale))
    return registry.get(name).question(spoken).title


def _settings_page(
    request: Request,
    ctx: Context,
    signed: Signed,
    project: Project,
    *,
    error: WorkbenchError | None = None,
    form: Fields | None = None,
) -> Response:
    steps = ctx.db.read(lambda connection: store.steps_of(connection, project.id))
    wanted = form.text("step") if form else request.query_params.get("step", "")
    step = next((each for each in steps if each.public_id == wanted), steps[0])
    fields = settings_form.fields_of(registry.get(step.task_type).settings_model, step.settings, signed.person.locale)
    data: dict[str, Any] = {
        "project": project,
        "step": step,
        "steps": steps,
        "fields": fields,
        "filled": settings_form.filled(fields, form),
        "note": form.text("note") if form else "",
        "error": error,
    }
    return pages.render(request, "projects/settings.html", signed, status=error.status if error else 200, **data)


def _step(ctx: Context, project: Project, public_id: str) -> Step:
    steps = ctx.db.read(lambda connection: store.steps_of(connection, project.id))
    found = next((each for each in steps if each.public_id == public_id), None)
    if found is None:
        raise NotFound("There is no such step in this project.")
    return found


def _embargo_page(
    request: Request, ctx: Context, signed: Signed, project: Project, *, error: WorkbenchError | None = None
) -> Response:
    def read(connection: Connection) -> tuple[list[Person], set[str]]:
        everybody = [each for each in people_store.list_people(connection, page_size=1_000) if each.client_id is None]
        return everybody, {each.public_id for each in people_store.cleared_people(connection, project.id)}

    everybody, cleared = ctx.db.read(read)
    until = project.embargo_until_ms
    data: dict[str, Any] = {
        "project": project,
        "everybody": everybody,
        "cleared": cleared,
        "until": datetime.fromtimestamp(until / 1000, ZoneInfo(request.app.state.zone)).strftime("%Y-%m-%d") if until else "",
        "error": error,
    }
    return pages.render(request, "projects/embargo.html", signed, status=error.status if error else 200, **data)


def _moment(day: str, zone: ZoneInfo) -> int | None:
    """When this day begins where the lab is, UTC ms."""
    if not day:
        return None
    try:
        return int(datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=zone).timestamp() * 1000)
    except ValueError as error:
        raise Invalid("Please give a date, for example 2027-01-31.", field="until") from error


def _log(connection: Connection, ctx: Context, by: Person, action: str, project: Project, **detail: object) -> None:
    audit.record(connection, now=ctx.now(), person_id=by.id, action=action, subject=project.public_id, detail=detail)
