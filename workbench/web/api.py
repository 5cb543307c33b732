"""The JSON interface under /api/v1: work, projects, people, types. It has no rules of its own."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict, Field

from task_types import registry
from workbench import assign, jobs, people, projects, steps, submit
from workbench.context import Context
from workbench.describe import describe_type
from workbench.domain import Assignment, Json, Person, Role
from workbench.errors import Invalid, NotFound, NotSignedIn
from workbench.store import projects as project_store
from workbench.web.access import Ctx, Signed, may_see_project, project_for, require
from workbench.web.data import uploads_of
from workbench.web.forms import Form
from workbench.web.languages import asked_for, told

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what, where and what to do next"},
        "field": {"type": "string", "description": "what it is about, where that is one field"},
        "reason": {"type": "string", "description": "why there is no work now, e.g. break"},
        "until": {"type": ["integer", "null"], "description": "UTC ms; null: not known"},
    },
}


def _refusals(**said: str) -> dict[int | str, dict[str, Any]]:
    """Refusals for the OpenAPI document: all are RFC 9457 problems."""
    content = {"application/problem+json": {"schema": PROBLEM}}
    return {name.removeprefix("s"): {"description": words, "content": content} for name, words in said.items()}


# `require` lets in and keeps out; the scheme stands here for the document only.
router = APIRouter(
    prefix="/api/v1",
    dependencies=[Depends(HTTPBearer(auto_error=False, description="the API token of a person"))],
    responses=_refusals(
        s401="nobody is signed in", s403="for somebody with another role", s422="read and refused, with its field"
    ),
)
Worker = Annotated[Signed, Depends(require(Role.WORKER))]
Manager = Annotated[Signed, Depends(require(Role.MANAGER))]
Owner = Annotated[Signed, Depends(require(Role.CLIENT, Role.MANAGER, Role.SUPERVISOR))]
Anybody = Annotated[Signed, Depends(require())]


class Body(BaseModel):
    """A request body: unknown members are refused, so that a typing error is not silently ignored."""

    model_config = ConfigDict(extra="forbid")


class DraftIn(Body):
    """An answer in the making. `rev` grows with each save; an older one that arrives late changes nothing."""

    answer: Json
    rev: int = Field(ge=0)


class ReturnIn(Body):
    """A microtask given back."""

    reason: str
    key: str
    words: str | None = None


class AnnotationIn(Body):
    """An answer. `key` names this write: sent again, it gives the first outcome."""

    answer: dict[str, Json]
    key: str
    active_ms: int | None = Field(default=None, ge=0, le=86_400_000)


class AssignmentOut(BaseModel):
    """A microtask for this person. `token` lets an outbox deliver its answer after sign-out."""

    id: str
    microtask: str
    type: str
    payload: dict[str, Json]
    settings: dict[str, Json]
    expires_ms: int
    token: str


class NextOut(BaseModel):
    """What to do now; `assignments` with `?ahead=n` only, oldest first."""

    assignment: AssignmentOut
    assignments: list[AssignmentOut] | None = None


class ReceiptOut(BaseModel):
    """What is told after the answer is on disk."""

    annotation: str
    assignment: str
    microtask: str
    revision: int


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


NOT_YOURS = _refusals(s404="no such assignment, or somebody else's")


# --- work ------------------------------------------------------------------------------------------------------------


@router.post(
    "/work/next",
    tags=["work"],
    responses={
        200: {"model": NextOut},
        204: {"description": "no work for this person now"},
        **_refusals(s409="a break, or the day is over; with `reason` and `until`"),
    },
)
def next_work(ctx: Ctx, signed: Worker, ahead: Annotated[int, Query(ge=1, le=assign.MOST_AHEAD)] = 1) -> Response:
    """
    The person's open assignment, else the next microtask that fits. A repeat is safe.

    409 with `reason` and `until` during a break or after the day. Who may: worker.
    """
    found = assign.next_assignments(ctx, signed.person, ahead=ahead)
    if not found:
        return Response(status_code=204)
    body = {"assignment": assignment_json(ctx, found[0])}
    if ahead > 1:
        body["assignments"] = [assignment_json(ctx, each) for each in found]  # type: ignore[assignment]
    return JSONResponse(body)


@router.get("/work/assignments/{assignment_id}", tags=["work"], responses=NOT_YOURS)
def one_assignment(ctx: Ctx, signed: Worker, assignment_id: str) -> JSONResponse:
    """
    One assignment of this person, with its draft.

    Who may: worker.
    """
    assignment = assign.shown_assignment(ctx, signed.person, assignment_id)
    draft = submit.load_draft(ctx, signed.person, assignment_id)
    kept = {"answer": draft[0], "rev": draft[1]} if draft else None
    return JSONResponse({"assignment": assignment_json(ctx, assignment), "draft": kept})


@router.put("/work/assignments/{assignment_id}/draft", tags=["work"], responses=NOT_YOURS)
def put_draft(ctx: Ctx, signed: Worker, assignment_id: str, body: DraftIn) -> JSONResponse:
    """
    Keep an answer in the making.

    Who may: worker.
    """
    return JSONResponse({"rev": submit.save_draft(ctx, signed.person, assignment_id, body.answer, body.rev)})


@router.post(
    "/work/assignments/{assignment_id}/return",
    status_code=201,
    tags=["work"],
    responses={200: {"description": "this key was here before"}, **NOT_YOURS, **_refusals(s409="answered already")},
)
def give_back(ctx: Ctx, signed: Worker, assignment_id: str, body: ReturnIn) -> JSONResponse:
    """
    Give a microtask back without an answer; it is not offered to this person again, except after "later".

    Who may: worker.
    """
    answer, created = submit.give_back(ctx, signed.person, assignment_id, reason=body.reason, key=body.key, words=body.words)
    return JSONResponse(answer, status_code=201 if created else 200)


async def answering(request: Request, x_assignment_token: Annotated[str | None, Header()] = None) -> Signed | None:
    """Who answers: somebody signed in, or the holder of the assignment's own token (the browser's outbox)."""
    if x_assignment_token is not None:
        return None
    return await require(Role.WORKER)(request)


@router.post(
    "/work/assignments/{assignment_id}/annotation",
    status_code=201,
    tags=["work"],
    responses={
        200: {"model": ReceiptOut, "description": "this key was here before: the first outcome"},
        201: {"model": ReceiptOut, "description": "on disk"},
        **NOT_YOURS,
        **_refusals(s409="a newer revision after the question was settled"),
    },
)
def annotate(
    request: Request,
    ctx: Ctx,
    assignment_id: str,
    body: AnnotationIn,
    signed: Annotated[Signed | None, Depends(answering)],
    x_assignment_token: Annotated[str | None, Header()] = None,
) -> JSONResponse:
    """
    Take an answer: 201 once it is on disk; the same key again gives 200 with the same body.

    With `X-Assignment-Token` (the browser's outbox) nobody needs to be signed in: the token stands for the one person
    who holds the assignment. Who may: worker.
    """
    person = signed.person if signed else _outbox_person(ctx, assignment_id, x_assignment_token)
    via = "api" if signed else "offline"
    receipt = submit.submit(ctx, person, assignment_id, body.answer, key=body.key, via=via, active_ms=body.active_ms)
    wake = getattr(request.app.state, "settling", None)
    if wake is not None:
        wake.wake()
    return JSONResponse(receipt.body, status_code=201 if receipt.created else 200)


def _outbox_person(ctx: Context, assignment_id: str, token: str | None) -> Person:
    if token is None:
        raise NotSignedIn("Please sign in first.")
    return submit.person_of_token(ctx, assignment_id, token)


def assignment_json(ctx: Context, assignment: Assignment) -> dict[str, Json]:
    """An assignment as programs see it."""
    return {
        "id": assignment.public_id,
        "microtask": assignment.microtask.public_id,
        "type": assignment.task_type,
        "payload": assignment.microtask.payload,
        "settings": _shown(assignment.settings),
        "expires_ms": assignment.expires_ms,
        "token": submit.outbox_token(ctx, assignment),
    }


def _shown(settings: Any) -> dict[str, Json]:
    # A worker's program gets what it needs to ask the question, not how checks are scheduled.
    return {name: value for name, value in settings.items() if name not in ("adaptive", "gold", "overlap")}


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


# Said here and not by `File()`: that would read the whole body before the guard has looked who sends it.
FILES = {
    "type": "object",
    "required": ["files"],
    "properties": {"files": {"type": "array", "items": {"type": "string", "format": "binary"}}},
}
UPLOAD = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": FILES}}}}


@router.post("/projects/{project_id}/datasets", status_code=202, tags=["projects"], openapi_extra=UPLOAD)
def upload_dataset(ctx: Ctx, signed: Owner, form: Form, project_id: str, whole: bool = False) -> JSONResponse:
    """
    Upload files; they are read in the background. `whole`: one bad file refuses everything.

    Who may: client, manager, supervisor.
    """
    project = project_for(ctx, signed.person, project_id)
    uploads = uploads_of(ctx, form, "files")
    if not uploads:
        raise Invalid('There are no files in this request. Send them as multipart/form-data in the field "files".', field="files")
    arguments: dict[str, Json] = {"project": project.public_id, "uploads": uploads, "gold": None, "whole": whole}
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
    return JSONResponse(
        {
            "id": job.public_id,
            "kind": job.kind,
            "status": job.status,
            "done": job.done,
            "total": job.total,
            "message": told(asked_for(request, signed.person), job.message) if job.message else None,
        }
    )


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
