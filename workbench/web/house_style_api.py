"""A client's house style for subtitles as JSON, for programs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer

from workbench import house_style
from workbench.domain import Json, Role
from workbench.store import audit
from workbench.web.access import Ctx, GuardFirst, Signed, require
from workbench.web.house_style import client_for

router = APIRouter(
    prefix="/api/v1", tags=["projects"], route_class=GuardFirst, dependencies=[Depends(HTTPBearer(auto_error=False))]
)
Owner = Annotated[Signed, Depends(require(Role.CLIENT, Role.MANAGER))]


@router.get("/clients/{client_id}/subtitles")
def style(ctx: Ctx, signed: Owner, client_id: str) -> JSONResponse:
    """
    The limits that this client's subtitles are measured against: id or name of the client, or `mine`.

    Who may: client, manager.
    """
    client = client_for(ctx, signed, client_id)
    return JSONResponse(ctx.db.read(lambda connection: house_style.in_force(connection, client)))


@router.put("/clients/{client_id}/subtitles")
def change_style(ctx: Ctx, signed: Owner, client_id: str, body: dict[str, Json]) -> JSONResponse:
    """
    These limits instead, for projects that are made from now on; what is left out has the public default.

    Who may: client, manager.
    """
    client, wanted = client_for(ctx, signed, client_id), house_style.named(body)
    now, by = ctx.now(), signed.person.id
    ctx.db.write(lambda connection: house_style.change(connection, client, wanted))
    ctx.db.write(lambda c: audit.record(c, now=now, person_id=by, action="client.subtitles", subject=client.public_id))
    return JSONResponse(ctx.db.read(lambda connection: house_style.in_force(connection, client)))
