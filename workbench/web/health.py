"""Is it well? For the person who keeps the server, and for their programs."""

from __future__ import annotations

import shutil

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import generate_latest
from sqlalchemy.exc import SQLAlchemyError

from workbench.domain import Role
from workbench.errors import NotAllowed, NotSignedIn
from workbench.store import lab
from workbench.web.access import Ctx, from_this_machine, whoever

LEAST_FREE_BYTES = 50 * 1024**2

router = APIRouter(include_in_schema=False)


@router.get("/health")
def health(ctx: Ctx) -> Response:
    """
    200 when the database answers and there is room for what people send; else 503. Tells nothing else.

    Who may: everybody.
    """
    try:
        ctx.db.read(lab.the_lab)
    except SQLAlchemyError:
        return JSONResponse({"status": "database"}, status_code=503)
    found = room(shutil.disk_usage(ctx.settings.data).free)
    return JSONResponse({"status": found}, status_code=200 if found == "ok" else 503)


def room(free_bytes: int) -> str:
    """A full disk reads as well as ever, and takes no answer."""
    return "ok" if free_bytes >= LEAST_FREE_BYTES else "disk"


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """
    Counts and times for Prometheus; also without signing in from this very machine.

    Who may: manager.
    """
    if not from_this_machine(request):
        signed = await whoever(request)
        if signed is None:
            raise NotSignedIn("Please sign in as a manager, or ask from the machine itself.")
        if not signed.person.has(Role.MANAGER):
            raise NotAllowed("Only a manager may see this.")
    return Response(generate_latest(request.app.state.measures.registry), media_type="text/plain; version=0.0.4")
