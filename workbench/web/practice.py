"""What follows a practice question: was it right, why, and try it again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from workbench import assign, gold
from workbench.domain import Role
from workbench.errors import NotFound
from workbench.web import pages
from workbench.web.access import Ctx, Signed, require
from workbench.web.forms import Form

router = APIRouter(include_in_schema=False)
Worker = Annotated[Signed, Depends(require(Role.WORKER))]


@router.get("/work/{assignment_id}/explained")
def explained(request: Request, ctx: Ctx, signed: Worker, assignment_id: str) -> Response:
    """
    The explanation of a practice question that was just answered.

    Who may: worker.
    """
    assignment = assign.shown_assignment(ctx, signed.person, assignment_id)
    found = gold.explain(ctx, assignment, signed.person.locale)
    if found is None:
        return pages.see_other(f"/work/{assignment.public_id}" if assignment.status == "open" else "/work/next")
    return pages.render(request, "worker/explained.html", signed, assignment=assignment, explained=found)


@router.post("/work/{assignment_id}/disagree")
def disagree(ctx: Ctx, signed: Worker, form: Form, assignment_id: str) -> Response:
    """
    A worker does not agree with a practice question: nobody gets it until the supervisor looked at it.

    Who may: worker.
    """
    assignment = assign.open_assignment(ctx, signed.person, assignment_id)
    if gold.explain(ctx, assignment, signed.person.locale) is None:
        raise NotFound("This is no practice question with an answer.")
    gold.dispute(ctx, assignment.microtask.public_id, signed.person, form.text("words") or None)
    return pages.see_other("/work/next")
