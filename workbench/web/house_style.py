"""A client's house style for subtitles: for the client itself and for the manager."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from accessibility.sentences import noted
from task_types.subtitle_measures import SubtitleLimits
from workbench import house_style
from workbench.context import Context
from workbench.domain import Client, Role
from workbench.errors import NotFound, WorkbenchError
from workbench.store import audit
from workbench.store import people as store
from workbench.web import pages, settings_form
from workbench.web.access import Ctx, Signed, require
from workbench.web.forms import Fields, Form

router = APIRouter(include_in_schema=False)
Owner = Annotated[Signed, Depends(require(Role.CLIENT, Role.MANAGER))]
NO_CLIENT = noted("There is no such client here.")


@router.get("/clients/{client_id}/subtitles")
def style_page(request: Request, ctx: Ctx, signed: Owner, client_id: str) -> Response:
    """
    The limits that subtitles of this client are measured against.

    Who may: client, manager.
    """
    return _page(request, ctx, signed, client_for(ctx, signed, client_id))


@router.post("/clients/{client_id}/subtitles")
def change_style(request: Request, ctx: Ctx, signed: Owner, form: Form, client_id: str) -> Response:
    """
    Other limits, for projects that are made from now on.

    Who may: client, manager.
    """
    client = client_for(ctx, signed, client_id)
    try:
        wanted = settings_form.read(SubtitleLimits, form)
        ctx.db.write(lambda connection: house_style.change(connection, client, wanted))
    except WorkbenchError as error:
        return _page(request, ctx, signed, client, error=error, form=form)
    by, subject = signed.person.id, client.public_id
    ctx.db.write(lambda c: audit.record(c, now=ctx.now(), person_id=by, action="client.subtitles", subject=subject))
    return pages.see_other("/manager/clients" if signed.person.has(Role.MANAGER) else "/projects")


def client_for(ctx: Context, signed: Signed, public_id: str) -> Client:
    """
    The client of this id or name, or `mine`.

    Raises:
        NotFound: there is none, or it is another company than that of who asks.
    """
    mine = signed.person.client_id
    if public_id == "mine" and mine is not None:  # so that a page can name it without looking it up
        return ctx.db.read(lambda connection: store.client_by_id(connection, mine))
    found = ctx.db.read(lambda connection: store.client_by_name(connection, public_id))
    if found is None or (not signed.person.has(Role.MANAGER) and mine != found.id):
        raise NotFound(NO_CLIENT)
    return found


def _page(
    request: Request,
    ctx: Context,
    signed: Signed,
    client: Client,
    *,
    error: WorkbenchError | None = None,
    form: Fields | None = None,
) -> Response:
    held = ctx.db.read(lambda connection: house_style.limits(connection, client))
    controls = settings_form.fields_of(SubtitleLimits, held, signed.person.locale)
    fields = [each for each in controls if each.name in house_style.LIMITS]
    data: dict[str, Any] = {"client": client, "fields": fields, "filled": settings_form.filled(fields, form), "error": error}
    return pages.render(request, "projects/house_style.html", signed, status=error.status if error else 200, **data)
