"""The coach's page: who is here and who is on a break. The day with a group grows from here."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from workbench.domain import Role
from workbench.store import overviews
from workbench.web import pages
from workbench.web.access import Ctx, Signed, require

router = APIRouter(include_in_schema=False)
Coach = Annotated[Signed, Depends(require(Role.COACH))]


@router.get("/coach")
def today(request: Request, ctx: Ctx, signed: Coach) -> Response:
    """
    Who is here now. No ranking, no scores, no cause for anything.

    Who may: coach.
    """
    return pages.render(request, "guide/coach.html", signed, people=ctx.db.read(overviews.presences))
