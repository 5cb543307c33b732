"""A project's names and terms, for recognition: seen, added and taken away by who guides the work."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from workbench.context import Context
from workbench.domain import Project, Role
from workbench.errors import NotAllowed
from workbench.store import people, terms
from workbench.web import pages
from workbench.web.access import Ctx, Signed, may_see_material, project_for, require
from workbench.web.forms import Form
from workbench.wording import noted

router = APIRouter(prefix="/supervisor/projects/{project_id}/names", include_in_schema=False)
ORIGINS = {"learnt": noted("Learnt while fixing"), "added": noted("Added here"), "subtitles": noted("From subtitles")}
Supervisor = Annotated[Signed, Depends(require(Role.SUPERVISOR))]


@router.get("")
def names(request: Request, ctx: Ctx, signed: Supervisor, project_id: str) -> Response:
    """
    The names that recognition knows in this project, with what they were heard as.

    Who may: supervisor.
    """
    project = _project(ctx, signed, project_id)
    found = ctx.db.read(lambda connection: terms.terms_of(connection, project.id))
    shown: dict[str, Any] = {"project": project, "names": found, "origins": ORIGINS}
    return pages.render(request, "guide/names.html", signed, **shown)


@router.post("")
def add(ctx: Ctx, signed: Supervisor, project_id: str, form: Form) -> Response:
    """
    Add names, one a line.

    Who may: supervisor.
    """
    project, now = _project(ctx, signed, project_id), ctx.now()
    lines = form.text("names").splitlines()
    ctx.db.write(lambda connection: terms.add(connection, project.id, lines, origin="added", now=now))
    return pages.see_other(f"/supervisor/projects/{project.public_id}/names")


@router.post("/{name_id}/remove")
def remove(ctx: Ctx, signed: Supervisor, project_id: str, name_id: str) -> Response:
    """
    Take a name off the list; it is not learnt again.

    Who may: supervisor.
    """
    project, now = _project(ctx, signed, project_id), ctx.now()
    ctx.db.write(lambda connection: terms.remove(connection, project.id, name_id, now=now))
    return pages.see_other(f"/supervisor/projects/{project.public_id}/names")


def _project(ctx: Context, signed: Signed, public_id: str) -> Project:
    """Names tell what the material is: an embargo closes them as well."""
    project = project_for(ctx, signed.person, public_id)
    cleared = ctx.db.read(lambda connection: people.clearances_of(connection, signed.person.id))
    if not may_see_material(signed.person, project, cleared, ctx.now()):
        raise NotAllowed("This material is under embargo. Ask the lab manager to clear you.")
    return project
