"""Kijk mee: a question that two people look at, each on their own screen or both on one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from accessibility import widgets
from workbench import listening, submit, together
from workbench.context import Context
from workbench.domain import Assignment, Json, Role
from workbench.errors import NotFound, WorkbenchError
from workbench.store import answers, people, projects
from workbench.web import pages
from workbench.web.access import Ctx, Signed, may_see_material, require
from workbench.web.forms import Form
from workbench.web.worker import media_url

router = APIRouter(include_in_schema=False)
Worker = Annotated[Signed, Depends(require(Role.WORKER))]
Company = Annotated[Signed, Depends(require(Role.WORKER, Role.COACH, Role.SUPERVISOR))]


@router.post("/work/{assignment_id}/together")
def invite(ctx: Ctx, signed: Worker, assignment_id: str) -> Response:
    """
    Do this question with somebody.

    Who may: worker.
    """
    together.invite(ctx, signed.person, assignment_id)
    return pages.see_other(f"/work/{assignment_id}/together")


@router.get("/work/{assignment_id}/together")
def code(request: Request, ctx: Ctx, signed: Worker, assignment_id: str) -> Response:
    """
    The code to say to a colleague or the coach.

    Who may: worker.
    """
    found = together.invited(ctx, signed.person, assignment_id)
    return pages.render(request, "together/code.html", signed, joining=found, assignment_id=assignment_id)


@router.post("/work/{assignment_id}/alone")
def alone(ctx: Ctx, signed: Worker, assignment_id: str) -> Response:
    """
    Go on alone.

    Who may: worker.
    """
    together.stop(ctx, signed.person, assignment_id)
    return pages.see_other(f"/work/{assignment_id}")


@router.get("/together")
def ask_code(request: Request, signed: Company) -> Response:
    """
    Type the code that a colleague says.

    Who may: worker, coach, supervisor.
    """
    return pages.render(request, "together/join.html", signed, error=None)


@router.post("/together")
def join(request: Request, ctx: Ctx, signed: Company, form: Form) -> Response:
    """
    Look along.

    Who may: worker, coach, supervisor.
    """
    try:
        found = together.join(ctx, signed.person, form.text("code"))
    except WorkbenchError as error:
        return pages.render(request, "together/join.html", signed, status=error.status, error=error)
    return pages.see_other(f"/together/{found.public_id}")


@router.get("/together/{joining_id}")
def look_along(request: Request, ctx: Ctx, signed: Company, joining_id: str) -> Response:
    """
    The question as the colleague sees it, with what they have so far. Nothing can be changed here.

    Who may: worker, coach, supervisor.
    """
    found, assignment = together.looked_at(ctx, signed.person, joining_id)
    _check_embargo(ctx, signed, assignment)
    if found.ended_ms is not None or assignment.status == "submitted":
        return pages.render(request, "together/done.html", signed)
    task_type, case = submit.case_of(assignment, signed.person.locale)
    widget = task_type.widget(case)
    draft, rev = _draft(ctx, assignment)
    shown: dict[str, Any] = {
        "joining": found,
        "question": task_type.question(case),
        "widget": widgets.find(widget.name),
        "data": listening.divided(widget.data, None),
        "draft": draft,
        "rev": rev,
        "typed": {},
        "errors": {},
        "media_url": media_url,
    }
    return pages.render(request, "together/look.html", signed, **shown)


@router.get("/together/{joining_id}/now")
def how_far(ctx: Ctx, signed: Company, joining_id: str) -> Response:
    """
    Whether there is something new to see: the number of the draft, and whether it goes on.

    Who may: worker, coach, supervisor.
    """
    found, assignment = together.looked_at(ctx, signed.person, joining_id)
    open_still = found.ended_ms is None and assignment.status != "submitted"
    return JSONResponse({"rev": _draft(ctx, assignment)[1], "open": open_still})


def _draft(ctx: Context, assignment: Assignment) -> tuple[Json, int]:
    kept = ctx.db.read(lambda connection: answers.draft(connection, assignment.id))
    return kept if kept and isinstance(kept[0], Mapping) else (None, 0)


def _check_embargo(ctx: Context, signed: Signed, assignment: Assignment) -> None:
    project = ctx.db.read(lambda connection: projects.project_by_id(connection, assignment.project_id))
    cleared = ctx.db.read(lambda connection: people.clearances_of(connection, signed.person.id))
    if not may_see_material(signed.person, project, cleared, ctx.now()):
        raise NotFound("This material is under embargo. Ask the lab manager to clear you.")
