"""How much difficult material a worker wants in a day: they set it themselves, and it holds at once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from workbench.domain import Role
from workbench.errors import Invalid
from workbench.store import people as people_store
from workbench.web import pages
from workbench.web.access import Ctx, Signed, require
from workbench.web.forms import Form

router = APIRouter(prefix="/work/more/limits", include_in_schema=False)
Worker = Annotated[Signed, Depends(require(Role.WORKER))]
KEY = "most_distressing"  # in the person's profile; absent: as the lab has it
CHOICES = ("0", "3", "10", "")


@router.get("")
def limits(request: Request, signed: Worker, saved: bool = False) -> Response:
    """
    My own limit on difficult material.

    Who may: worker.
    """
    mine = signed.person.profile.get(KEY)
    return pages.render(request, "worker/limits.html", signed, mine="" if mine is None else str(mine), saved=saved)


@router.post("")
def set_limit(ctx: Ctx, signed: Worker, form: Form) -> Response:
    """
    Keep it. Nobody has to say why.

    Who may: worker.
    """
    chosen = form.text("most")
    if chosen not in CHOICES:
        raise Invalid("Choose one of the answers.", field="most")

    def write(connection: Connection) -> None:
        before = people_store.person_by_id(connection, signed.person.id).profile
        kept = {name: value for name, value in before.items() if name != KEY}
        people_store.update_profile(connection, signed.person.id, kept | ({KEY: int(chosen)} if chosen else {}))

    ctx.db.write(write)
    return pages.see_other("/work/more/limits?saved=1")
