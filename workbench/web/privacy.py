"""What the lab holds about somebody: to read, to take along, to have erased; and a client's material that goes for good."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response, StreamingResponse
from sqlalchemy.engine import Connection

from workbench import material, own_data, retention
from workbench.context import Context
from workbench.domain import DAY_MS, Person, Project, Role
from workbench.errors import WorkbenchError
from workbench.store import material as material_store
from workbench.store import people as people_store
from workbench.store import retention as retention_store
from workbench.web import law, pages
from workbench.web.access import Ctx, Signed, project_for, require
from workbench.web.forms import Form
from workbench.web.languages import locale_of

router = APIRouter(include_in_schema=False)
Worker = Annotated[Signed, Depends(require(Role.WORKER))]
Manager = Annotated[Signed, Depends(require(Role.MANAGER))]


@router.get("/work/more/data")
def own(request: Request, ctx: Ctx, signed: Worker, asked: bool = False) -> Response:
    """
    What the lab holds about me.

    Who may: worker.
    """
    waits = signed.person.public_id in dict(own_data.asked(ctx))
    parts = own_data.parts(ctx, signed.person)
    stays = own_data.what_stays()
    rules = {rule.name: rule for rule in retention.RULES}
    return pages.render(request, "take/own_data.html", signed, parts=parts, stays=stays, rules=rules, waits=waits, asked=asked)


@router.get("/work/more/data/file")
def own_file(ctx: Ctx, signed: Worker) -> Response:
    """
    All of it in one file.

    Who may: worker.
    """
    headers = {"content-disposition": 'attachment; filename="my-data.json"'}
    return StreamingResponse(own_data.as_json(ctx, signed.person), media_type="application/json", headers=headers)


@router.post("/work/more/data/erase")
def ask_erase(ctx: Ctx, signed: Worker) -> Response:
    """
    I want to be erased: the manager is asked.

    Who may: worker.
    """
    own_data.ask_erase(ctx, signed.person)
    return pages.see_other("/work/more/data?asked=1")


@router.get("/manager/privacy")
def overview(request: Request, ctx: Ctx, signed: Manager) -> Response:
    """
    Who asked to be erased, who left long ago, when the rules ran, and the law pack.

    Who may: manager.
    """
    waiting = own_data.asked(ctx)

    def read(connection: Connection) -> dict[str, Any]:
        names = [(people_store.person_by_public_id(connection, each), at_ms) for each, at_ms in waiting]
        until = ctx.now() - retention.LEFT_DAYS * DAY_MS
        return {
            "waiting": names,
            "left": retention_store.left_before(connection, until),
            "runs": retention_store.runs(connection),
        }

    return pages.render(request, "take/privacy.html", signed, rules=retention.RULES, **ctx.db.read(read))


@router.get("/manager/privacy/law-pack.zip")
def law_pack(request: Request, ctx: Ctx, signed: Manager) -> Response:
    """
    DPIA, works-council notice, retention table, processing register and AI Act file, as they are today.

    Who may: manager.
    """
    packed = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in law.write(ctx, Path(folder), locale_of(request, signed.person)):
            archive.write(path, path.name)
    headers = {"content-disposition": 'attachment; filename="law-pack.zip"'}
    return Response(packed.getvalue(), media_type="application/zip", headers=headers)


@router.get("/manager/people/{person_id}/erase")
def erase_page(request: Request, ctx: Ctx, signed: Manager, person_id: str) -> Response:
    """
    What goes and what stays when this person is erased.

    Who may: manager.
    """
    return _erase_page(request, signed, _person(ctx, person_id))


@router.post("/manager/people/{person_id}/erase")
def erase(request: Request, ctx: Ctx, signed: Manager, form: Form, person_id: str) -> Response:
    """
    Erase this person: on record, with a reason.

    Who may: manager.
    """
    person = _person(ctx, person_id)
    try:
        counts = own_data.erase(ctx, person, by=signed.person, reason=form.text("reason"))
    except WorkbenchError as error:
        return _erase_page(request, signed, person, error=error)
    return _erase_page(request, signed, person, counts=counts)


@router.get("/projects/{project_id}/material")
def material_page(request: Request, ctx: Ctx, signed: Manager, project_id: str) -> Response:
    """
    Delete a client's material for good; the proof of what was deleted.

    Who may: manager.
    """
    return _material_page(request, ctx, signed, project_for(ctx, signed.person, project_id))


@router.post("/projects/{project_id}/material")
def delete_material(request: Request, ctx: Ctx, signed: Manager, form: Form, project_id: str) -> Response:
    """
    Do so.

    Who may: manager.
    """
    project = project_for(ctx, signed.person, project_id)
    try:
        material.delete(ctx, project, by=signed.person, reason=form.text("reason"))
    except WorkbenchError as error:
        return _material_page(request, ctx, signed, project, error=error)
    return pages.see_other(f"/projects/{project.public_id}/material")


def _person(ctx: Context, public_id: str) -> Person:
    return ctx.db.read(lambda connection: people_store.person_by_public_id(connection, public_id))


def _erase_page(
    request: Request,
    signed: Signed,
    person: Person,
    *,
    counts: Mapping[str, int] | None = None,
    error: WorkbenchError | None = None,
) -> Response:
    data: dict[str, Any] = {"somebody": person, "stays": own_data.what_stays(), "counts": counts, "error": error}
    return pages.render(request, "take/erase.html", signed, status=error.status if error else 200, **data)


def _material_page(
    request: Request, ctx: Context, signed: Signed, project: Project, *, error: WorkbenchError | None = None
) -> Response:
    def read(connection: Connection) -> dict[str, Any]:
        held = material_store.held_by(connection, project.id)
        return {"held": len(held), "deletions": material_store.deletions(connection, project.id)}

    data: dict[str, Any] = {"project": project, "error": error, **ctx.db.read(read)}
    return pages.render(request, "take/material.html", signed, status=error.status if error else 200, **data)
