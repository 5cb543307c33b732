"""A coach says who of a group was at a training or a talk today."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from workbench import attendance, planning
from workbench.domain import Role
from workbench.errors import NotFound
from workbench.store import audit
from workbench.store import groups as store
from workbench.web import pages
from workbench.web.access import Ctx, Signed, require
from workbench.web.forms import Form

router = APIRouter(prefix="/groups", include_in_schema=False)
Guide = Annotated[Signed, Depends(require(Role.COACH, Role.MANAGER))]


@router.get("/{group_id}/attendance")
def who_was_there(request: Request, ctx: Ctx, signed: Guide, group_id: str, saved: bool = False) -> Response:
    """
    Trainings and talks of today, with who was there.

    Who may: coach, manager.
    """

    def read(connection: Connection) -> dict[str, Any]:
        group, now = store.by_public_id(connection, group_id), ctx.now()
        zone = planning.zone_of(connection, now)
        return {"group": group, "occasions": attendance.of_today(connection, group.id, now), "zone": zone}

    return pages.render(request, "groups/attendance.html", signed, saved=saved, **ctx.db.read(read))


@router.post("/{group_id}/attendance")
def they_were_there(ctx: Ctx, signed: Guide, form: Form, group_id: str) -> Response:
    """
    These people were there: it counts as hours.

    Who may: coach, manager.
    """

    def change(connection: Connection) -> None:
        group, now = store.by_public_id(connection, group_id), ctx.now()
        found = [
            each for each in attendance.of_today(connection, group.id, now) if form.text("start") == str(each.stretch.start_ms)
        ]
        if not found:
            raise NotFound("This is not in the plan of today any more. Look at the list again.")
        chosen = form.all("here")
        for occasion in found:
            for person in occasion.people:
                if person.public_id in chosen:
                    attendance.mark(connection, person.id, occasion.stretch, now)
        audit.record(connection, now=now, person_id=signed.person.id, action="group.attendance", subject=group_id)

    ctx.db.write(change)
    return pages.see_other(f"/groups/{group_id}/attendance?saved=1")
