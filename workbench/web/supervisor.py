"""The supervisor's pages: instructions and their versions, check questions, what was given back. No worker is named."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from task_types.settings import in_locale
from workbench import reviews
from workbench.domain import Role, Step
from workbench.store import instructions, overviews, reviewing
from workbench.store import people as people_store
from workbench.store import projects as store
from workbench.web import pages
from workbench.web.access import Ctx, Signed, may_see_material, project_for, require
from workbench.web.projects import lines_for
from workbench.web.quality import in_short

router = APIRouter(prefix="/supervisor", include_in_schema=False)
Supervisor = Annotated[Signed, Depends(require(Role.SUPERVISOR))]


@router.get("")
def overview(request: Request, ctx: Ctx, signed: Supervisor) -> Response:
    """
    The projects to guide.

    Who may: supervisor.
    """
    lines = ctx.db.read(lambda connection: lines_for(connection, signed.person, ctx.now()))
    waiting = ctx.db.read(instructions.waiting)
    return pages.render(request, "guide/supervisor.html", signed, lines=lines, waiting=waiting)


@router.get("/projects/{project_id}")
def project_page(request: Request, ctx: Ctx, signed: Supervisor, project_id: str) -> Response:
    """
    One project's instructions with all their versions, its check questions, and what was given back.

    Who may: supervisor.
    """
    project = project_for(ctx, signed.person, project_id)

    def read(connection: Connection) -> dict[str, Any]:
        steps = store.steps_of(connection, project.id)
        cleared = people_store.clearances_of(connection, signed.person.id)
        return {
            # Names of files and accepted answers tell what the material is: an embargo closes them as well.
            "open": may_see_material(signed.person, project, cleared, ctx.now()),
            "steps": [_with_versions(connection, step, signed.person.locale) for step in steps],
            "questions": instructions.of_project(connection, project.id),
            "doubtful": reviewing.doubts(connection, [each.id for each in steps], reviews.DOUBTS, below=reviews.IN_DOUBT),
            "gold": overviews.gold_of(connection, project.id),
            "returns": overviews.returns_of(connection, project.id),
        }

    return pages.render(request, "guide/project.html", signed, project=project, short=in_short, **ctx.db.read(read))


def _with_versions(connection: Connection, step: Step, locale: str) -> dict[str, Any]:
    versions = [
        {
            "number": each.number,
            "created_ms": each.created_ms,
            "note": each.note,
            "question": in_locale(each.settings.get("question"), locale),
            "instructions": in_locale(each.settings.get("instructions"), locale),
        }
        for each in reversed(store.versions_of(connection, step.id))
    ]
    return {"step": step, "versions": versions}
