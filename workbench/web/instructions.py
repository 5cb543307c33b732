"""Instructions: workers ask about them, the supervisor answers for everybody, changes them, and asks again."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from workbench import asking, assign, instructions
from workbench.context import Context
from workbench.domain import Project, Role, Step
from workbench.errors import Conflict, Invalid, NotFound, WorkbenchError
from workbench.store import asking as asking_store
from workbench.store import audit, reviewing
from workbench.store import projects as store
from workbench.web import pages
from workbench.web.access import Ctx, Signed, project_for, require
from workbench.web.forms import Fields, Form

router = APIRouter(include_in_schema=False)
Supervisor = Annotated[Signed, Depends(require(Role.SUPERVISOR))]
Worker = Annotated[Signed, Depends(require(Role.WORKER))]
PROJECT = "/supervisor/projects/{project_id}"


# --- a worker asks ---------------------------------------------------------------------------------------------------


@router.get("/work/{assignment_id}/ask")
def ask_page(request: Request, ctx: Ctx, signed: Worker, assignment_id: str) -> Response:
    """
    Ask about the instructions of this question.

    Who may: worker.
    """
    return _ask_page(request, ctx, signed, assignment_id)


@router.post("/work/{assignment_id}/ask")
def ask(request: Request, ctx: Ctx, signed: Worker, form: Form, assignment_id: str) -> Response:
    """
    Send the question to the supervisor; the answer will stand beside the instructions.

    Who may: worker.
    """
    assignment = assign.open_assignment(ctx, signed.person, assignment_id)
    try:
        instructions.ask(ctx, signed.person, assignment, form.text("words"), key=form.text("key") or str(uuid.uuid4()))
    except Invalid as error:
        return _ask_page(request, ctx, signed, assignment_id, error=error)
    return pages.render(request, "worker/asked.html", signed, assignment=assignment)


def _ask_page(
    request: Request, ctx: Context, signed: Signed, assignment_id: str, *, error: WorkbenchError | None = None
) -> Response:
    assignment = assign.open_assignment(ctx, signed.person, assignment_id)
    status = error.status if error else 200
    key = uuid.uuid4().hex[:24]
    return pages.render(request, "worker/ask.html", signed, status=status, assignment=assignment, key=key, error=error)


# --- the supervisor answers and changes ------------------------------------------------------------------------------


@router.post(PROJECT + "/questions/{question_id}")
def answer(ctx: Ctx, signed: Supervisor, form: Form, project_id: str, question_id: str) -> Response:
    """
    Answer a worker's question for everybody, or take it away.

    Who may: supervisor.
    """
    project = project_for(ctx, signed.person, project_id)
    if form.text("act") == "take_away":
        instructions.take_away(ctx, signed.person, project, question_id)
    else:
        words, shown_as = form.text("answer"), form.text("shown_as")
        instructions.answer(ctx, signed.person, project, question_id, shown_as=shown_as, words=words)
    return pages.see_other(f"/supervisor/projects/{project.public_id}#questions")


@router.get(PROJECT + "/steps/{step}/instructions")
def instructions_page(request: Request, ctx: Ctx, signed: Supervisor, project_id: str, step: str) -> Response:
    """
    Change the question and the instructions.

    Who may: supervisor.
    """
    project, found = _step(ctx, signed, project_id, step)
    return _instructions_page(request, signed, project, found)


@router.post(PROJECT + "/steps/{step}/instructions")
def change_instructions(request: Request, ctx: Ctx, signed: Supervisor, form: Form, project_id: str, step: str) -> Response:
    """
    A newer version; then choose what must be asked again.

    Who may: supervisor.
    """
    project, found = _step(ctx, signed, project_id, step)
    texts = {name: form.text(name) for name in instructions.texts_of(found)}
    try:
        instructions.change(ctx, signed.person, found, texts, note=form.text("note"))
    except Invalid as error:
        return _instructions_page(request, signed, project, found, error=error, typed=form)
    return pages.see_other(f"/supervisor/projects/{project.public_id}/steps/{found.public_id}/ask-again")


@router.get(PROJECT + "/steps/{step}/ask-again")
def ask_again_page(request: Request, ctx: Ctx, signed: Supervisor, project_id: str, step: str) -> Response:
    """
    Which answers, given under older instructions, must be asked again.

    Who may: supervisor.
    """
    project, found = _step(ctx, signed, project_id, step)
    versions = ctx.db.read(lambda connection: store.versions_of(connection, found.id))[1:]
    choices = [(each, asking.count_under(ctx, found, each.number)) for each in reversed(versions)]
    return pages.render(request, "guide/ask_again.html", signed, project=project, step=found, choices=choices)


@router.post(PROJECT + "/steps/{step}/ask-again")
def ask_again(ctx: Ctx, signed: Supervisor, form: Form, project_id: str, step: str) -> Response:
    """
    Ask again what was answered under an older version than this one, and nothing else.

    Who may: supervisor.
    """
    project, found = _step(ctx, signed, project_id, step)
    text = form.text("version")
    if not (text.isascii() and text.isdigit() and 1 < int(text) <= found.version):
        raise Invalid("Choose from which version on answers count.", field="version")
    asked = asking.reask_under(ctx, found, int(text), person_id=signed.person.id)
    _log(ctx, signed, "instructions.ask_again", project, version=int(text), microtasks=asked)
    return pages.see_other(f"/supervisor/projects/{project.public_id}")


@router.post(PROJECT + "/doubtful")
def ask_one_more(ctx: Ctx, signed: Supervisor, form: Form, project_id: str) -> Response:
    """
    One more answer for a question whose answer is in doubt.

    Who may: supervisor.
    """
    project = project_for(ctx, signed.person, project_id)
    ids = ctx.db.read(lambda connection: reviewing.settled_ids(connection, project.id, form.all("microtask")))
    if not ids:
        raise Conflict("This question is being asked again already.")
    ctx.db.write(lambda connection: asking_store.ask_more(connection, ids))
    _log(ctx, signed, "microtask.ask_more", project, microtasks=len(ids))
    return pages.see_other(f"/supervisor/projects/{project.public_id}#doubtful")


def _log(ctx: Context, signed: Signed, action: str, project: Project, **detail: object) -> None:
    ctx.db.write(
        lambda connection: audit.record(
            connection, now=ctx.now(), person_id=signed.person.id, action=action, subject=project.public_id, detail=detail
        )
    )


def _step(ctx: Context, signed: Signed, project_id: str, step: str) -> tuple[Project, Step]:
    project = project_for(ctx, signed.person, project_id)
    for each in ctx.db.read(lambda connection: store.steps_of(connection, project.id)):
        if each.public_id == step:
            return project, each
    raise NotFound("There is no such step here.")


def _instructions_page(
    request: Request,
    signed: Signed,
    project: Project,
    step: Step,
    *,
    error: WorkbenchError | None = None,
    typed: Fields | None = None,
) -> Response:
    texts = instructions.texts_of(step)
    data: dict[str, Any] = {
        "project": project,
        "step": step,
        "texts": {name: typed.text(name) for name in texts} if typed else texts,
        "note": typed.text("note") if typed else "",
        "error": error,
    }
    return pages.render(request, "guide/instructions.html", signed, status=error.status if error else 200, **data)
