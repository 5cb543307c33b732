"""A project's names and terms, for recognition: seen, added and taken away by who guides the work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from accessibility.sentences import noted
from task_types import cues
from workbench.context import Context
from workbench.domain import Project, Role
from workbench.errors import Invalid, NotAllowed
from workbench.store import people, terms
from workbench.web import pages
from workbench.web.access import Ctx, Signed, may_see_material, project_for, require
from workbench.web.data import safe_name
from workbench.web.forms import Fields, Form

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
    Add names, one a line, or those that were chosen from subtitles.

    Who may: supervisor.
    """
    project, now = _project(ctx, signed, project_id), ctx.now()
    chosen, lines = form.all("name"), form.text("names").splitlines()

    def write(connection: Connection) -> None:
        terms.add(connection, project.id, chosen, origin="subtitles", now=now)
        terms.add(connection, project.id, lines, origin="added", now=now)

    ctx.db.write(write)
    return pages.see_other(f"/supervisor/projects/{project.public_id}/names")


@router.post("/subtitles")
def from_subtitles(request: Request, ctx: Ctx, signed: Supervisor, project_id: str, form: Form) -> Response:
    """
    The names in subtitle files, to choose from. The files are not kept.

    Who may: supervisor.
    """
    project = _project(ctx, signed, project_id)
    found = list(dict.fromkeys(name for track in _tracks(form) for name in cues.names_in(track.cues)))
    known = {term.text for term in ctx.db.read(lambda connection: terms.terms_of(connection, project.id))}
    fresh = [name for name in found if name not in known]
    return pages.render(request, "guide/names_found.html", signed, project=project, found=fresh, all_known=bool(found))


@router.post("/{name_id}/remove")
def remove(ctx: Ctx, signed: Supervisor, project_id: str, name_id: str) -> Response:
    """
    Take a name off the list; it is not learnt again.

    Who may: supervisor.
    """
    project, now = _project(ctx, signed, project_id), ctx.now()
    ctx.db.write(lambda connection: terms.remove(connection, project.id, name_id, now=now))
    return pages.see_other(f"/supervisor/projects/{project.public_id}/names")


def _tracks(form: Fields) -> Iterator[cues.Track]:
    files = form.files("subtitles")
    if not files:
        raise Invalid("Choose a subtitle file first.", field="subtitles")
    for each in files:
        yield cues.read(each.file.read(cues.MOST_BYTES + 1), safe_name(each.filename or ""))


def _project(ctx: Context, signed: Signed, public_id: str) -> Project:
    """Names tell what the material is: an embargo closes them as well."""
    project = project_for(ctx, signed.person, public_id)
    cleared = ctx.db.read(lambda connection: people.clearances_of(connection, signed.person.id))
    if not may_see_material(signed.person, project, cleared, ctx.now()):
        raise NotAllowed("This material is under embargo. Ask the lab manager to clear you.")
    return project
