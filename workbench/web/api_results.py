"""The JSON interface's other end: what comes out of a project. It has no rules of its own."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from fastapi.responses import FileResponse, JSONResponse

from workbench import jobs
from workbench.domain import Role
from workbench.web.access import Ctx, Signed, project_for, require
from workbench.web.api_shapes import Body, api_router
from workbench.web.data import ask_for_export, job_of, made_by
from workbench.web.quality import newest_report

router = api_router()
Owner = Annotated[Signed, Depends(require(Role.CLIENT, Role.MANAGER))]
Guide = Annotated[Signed, Depends(require(Role.CLIENT, Role.MANAGER, Role.SUPERVISOR))]


class ExportIn(Body):
    """A download to make: one of the project's formats (docs/exports.md). `every_answer`: also who said what, without names."""

    format: str
    every_answer: bool = False


@router.post("/projects/{project_id}/exports", status_code=202, tags=["results"])
def make_export(ctx: Ctx, signed: Owner, body: ExportIn, project_id: str) -> JSONResponse:
    """
    Make a download in the background.

    Who may: client, manager.
    """
    project = project_for(ctx, signed.person, project_id)
    job = ask_for_export(ctx, signed.person, project, body.format, every_answer=body.every_answer)
    return JSONResponse({"job": job}, status_code=202)


@router.get("/jobs/{job_id}/file", tags=["results"])
def export_file(ctx: Ctx, signed: Owner, job_id: str) -> FileResponse:
    """
    What an export made; 409 while it is not done.

    Who may: client, manager.
    """
    path = made_by(ctx, job_of(ctx, signed.person, job_id))
    return FileResponse(path, filename=path.name, media_type="application/octet-stream")


@router.post("/projects/{project_id}/report", status_code=202, tags=["results"])
def make_report(ctx: Ctx, signed: Guide, project_id: str) -> JSONResponse:
    """
    Make the quality report anew, in the background.

    Who may: client, manager, supervisor.
    """
    project = project_for(ctx, signed.person, project_id)
    job = jobs.enqueue(ctx, "report", {"project": project.public_id}, signed.person.id, project.id)
    return JSONResponse({"job": job}, status_code=202)


@router.get("/projects/{project_id}/report", tags=["results"])
def one_report(ctx: Ctx, signed: Guide, project_id: str) -> JSONResponse:
    """
    The newest quality report; 404 before the first.

    Who may: client, manager, supervisor.
    """
    return JSONResponse(newest_report(ctx, project_for(ctx, signed.person, project_id)))
