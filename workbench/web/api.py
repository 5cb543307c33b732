"""The JSON interface under /api/v1: projects, people, types. `api_work.py` holds the work. It has no rules of its own."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy.engine import Connection

from task_types import registry
from workbench import jobs, people, projects, steps
from workbench.context import Context
from workbench.describe import describe_type
from workbench.domain import Json, Role
from workbench.errors import Invalid, NotFound
from workbench.ingest import remarks
from workbench.store import datasets
from workbench.store import projects as project_store
from workbench.web.access import Ctx, Signed, may_see_project, project_for, require
from workbench.web.api_shapes import Body, api_router
from workbench.web.data import uploads_of
from workbench.web.forms import Form
from workbench.web.languages import asked_for, told

router = api_router()
Manager = Annotated[Signed, Depends(require(Role.MANAGER))]
Owner = Annotated[Signed, Depends(require(Role.CLIENT, Role.MANAGER, Role.SUPERVISOR))]
Anybody = Annotated[Signed, Depends(require())]


class PersonIn(Body):
    """A new person."""

    name: str = Field(min_length=1, max_length=200)
    role: Role
    client: str | None = None
    locale: str = Field(default="nl", pattern="^(nl|en)$")


class ProjectIn(Body):
    """A new project: of one `type`, or with `steps`, as in a settings file; `settings` then hold for all of them."""

    name: str
    type: str | None = None
    steps: list[dict[str, Json]] | None = None
    settings: dict[str, Json] = Field(default_factory=dict)
    client: str | None = None
    draft: bool = False


class StepIn(Body):
    """One question more. `depends`: the name of an earlier step, or {step, answer} or {step, unless}."""

    type: str
    name: str | None = None
    depends: str | dict[str, Json] | None = None
    settings: dict[str, Json] = Field(default_factory=dict)


# --- projects --------------------------------------------------------------------------------------------------------


@router.get("/projects", tags=["projects"])
def list_projects(ctx: Ctx, signed: Owner) -> JSONResponse:
    """
    Projects that this person may know of.

    Who may: client, manager, supervisor.
    """
    mine = None if signed.person.client_id is None else signed.person.client_id
    found = ctx.db.read(lambda connection: project_store.projects_of(connection, mine))
    shown = [each for each in found if may_see_project(signed.person, each, (), ctx.now())]
    return JSONResponse({"projects": [{"id": each.public_id, "name": each.name, "status": each.status} for each in shown]})


@router.post("/projects", status_code=201, tags=["projects"])
def create_project(ctx: Ctx, signed: Owner, body: ProjectIn) -> JSONResponse:
    """
    A new project. A client's project belongs to that client, and stays a draft until a manager opens it.

    Who may: client, manager, supervisor.
    """
    if (body.type is None) == (body.steps is None):
        raise Invalid("Give one of type (one question) or steps (several).", field="type")
    if body.steps is not None:
        plans = steps.plans_of({**body.settings, "steps": body.steps})
        project = steps.create_by(ctx, signed.person, body.name, plans, body.client, draft=body.draft)
    else:
        project = projects.create_by(ctx, signed.person, body.name, body.type or "", body.settings, body.client, draft=body.draft)
    return JSONResponse({"id": project.public_id, "name": project.name, "status": project.status}, status_code=201)


@router.post("/projects/{project_id}/steps", status_code=201, tags=["projects"])
def add_step(ctx: Ctx, signed: Owner, body: StepIn, project_id: str) -> JSONResponse:
    """
    One question more about the same pieces, asked when an earlier one has settled as `depends` says.

    `job`: where it is asked about very much that settled before, the background work that does it.

    Who may: client, manager, supervisor.
    """
    project = project_for(ctx, signed.person, project_id)
    asked = {**body.settings, "type": body.type, "name": body.name, "depends": body.depends}
    (plan,) = steps.plans_of({"steps": [asked]})
    made, job = steps.add(ctx, project, plan, signed.person)
    told = {"id": made.public_id, "name": made.name, "type": made.task_type}
    return JSONResponse(told | ({"job": job} if job else {}), status_code=201)


@router.get("/projects/{project_id}/status", tags=["projects"])
def project_status(ctx: Ctx, signed: Owner, project_id: str) -> JSONResponse:
    """
    How far a project is: sources, microtasks, settled, annotations.

    Who may: client, manager, supervisor.
    """
    project = project_for(ctx, signed.person, project_id)
    counts = ctx.db.read(lambda connection: project_store.counts(connection, project.id))
    return JSONResponse({"id": project.public_id, "name": project.name, "status": project.status, **counts})


# Of an upload that was read; `problem_count` is of all, also where only the first are told.
CAME_IN = ("sources_added", "sources_known", "microtasks_added", "gold_added", "problem_count", "refused")

# Said here and not by `File()`: that would read the whole body before the guard has looked who sends it.
FILES = {
    "type": "object",
    "required": ["files"],
    "properties": {
        "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
        "gold": {"type": "string", "format": "binary", "description": "one file with known answers"},
    },
}
UPLOAD = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": FILES}}}}


@router.post("/projects/{project_id}/datasets", status_code=202, tags=["projects"], openapi_extra=UPLOAD)
def upload_dataset(ctx: Ctx, signed: Owner, form: Form, project_id: str, whole: bool = False) -> JSONResponse:
    """
    Upload files; they are read in the background. `whole`: one bad file refuses everything. `gold`: one file of known answers.

    Who may: client, manager, supervisor.
    """
    project = project_for(ctx, signed.person, project_id)
    steps.check_not_closed(project)
    uploads = uploads_of(ctx, form, "files")
    if not uploads:
        raise Invalid('There are no files in this request. Send them as multipart/form-data in the field "files".', field="files")
    gold = uploads_of(ctx, form, "gold")
    if len(gold) > 1:
        raise Invalid("Send one file of known answers at a time.", field="gold")
    arguments: dict[str, Json] = {"project": project.public_id, "uploads": uploads, "whole": whole}
    arguments["gold"] = gold[0] if gold else None
    job = jobs.enqueue(ctx, "ingest", arguments, signed.person.id, project.id)
    return JSONResponse({"job": job}, status_code=202)


@router.get("/jobs/{job_id}", tags=["projects"])
def one_job(request: Request, ctx: Ctx, signed: Owner, job_id: str) -> JSONResponse:
    """
    How far a background job is.

    Who may: client, manager, supervisor.
    """
    job = jobs.get(ctx, job_id)
    if job.project_id is not None:
        public_id = ctx.db.read(lambda connection: project_store.project_by_id(connection, job.project_id or 0)).public_id
        project_for(ctx, signed.person, public_id)
    elif not signed.person.has(Role.MANAGER):
        raise NotFound("There is no such background work.")
    locale = asked_for(request, signed.person)
    answer = {
        "id": job.public_id,
        "kind": job.kind,
        "status": job.status,
        "done": job.done,
        "total": job.total,
        "message": told(locale, job.message) if job.message else None,
    }
    if job.kind != "ingest" or not isinstance(job.result, dict):
        return JSONResponse(answer)
    came_in = {name: job.result[name] for name in CAME_IN if name in job.result}
    return JSONResponse(answer | came_in | _about_dataset(ctx, job.project_id, str(job.result.get("dataset")), locale))


def _about_dataset(ctx: Context, project_id: int | None, dataset_id: str, locale: str) -> dict[str, Json]:
    """What did not come in, by file and line, and what is worth knowing about what did."""

    def find(connection: Connection) -> dict[str, Json]:
        known = datasets.datasets_of(connection, project_id or 0)
        found = next((each for each in known if each.public_id == dataset_id), None)
        if found is None:  # deleted since
            return {}
        wrong = datasets.problems_of(connection, found.id)
        told_about = remarks.of_dataset(found.counts)
        return {
            "problems": [{"file": each.file, "line": each.line, "message": told(locale, each.message)} for each in wrong],
            "remarks": [{"file": each.file, "message": told(locale, each.message)} for each in told_about],
        }

    return ctx.db.read(find)


# --- people and types ------------------------------------------------------------------------------------------------


@router.post("/people", status_code=201, tags=["people"])
def add_person(ctx: Ctx, signed: Manager, body: PersonIn) -> JSONResponse:
    """
    Add a person; the token and the link are shown this once.

    Who may: manager.
    """
    enrolled = people.enrol(ctx, body.name, [body.role], client=body.client, locale=body.locale, by=signed.person)
    shown = {"id": enrolled.person.public_id, "name": body.name, "role": body.role}
    return JSONResponse({**shown, "token": enrolled.token, "link": enrolled.link_path}, status_code=201)


@router.get("/me", tags=["people"])
def me(signed: Anybody) -> JSONResponse:
    """
    Who is asking.

    Who may: everybody signed in.
    """
    person = signed.person
    return JSONResponse({"id": person.public_id, "name": person.name, "roles": sorted(person.roles), "locale": person.locale})


@router.get("/types", tags=["types"])
def list_types(_signed: Anybody) -> JSONResponse:
    """
    The task types.

    Who may: everybody signed in.
    """
    return JSONResponse({"types": [{"name": name, "title": dict(registry.get(name).title)} for name in registry.names()]})


@router.get("/types/{name}", tags=["types"])
def one_type(_signed: Anybody, name: str) -> JSONResponse:
    """
    One task type with its schemas.

    Who may: everybody signed in.
    """
    return JSONResponse(describe_type(name))
