"""The lab manager says who coaches whom and who stands in, and whether lab and works council agreed to look at pace."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from workbench import coaching, drift_watch
from workbench.context import Context
from workbench.domain import Person, Role
from workbench.errors import Invalid, NotFound, WorkbenchError
from workbench.local_days import day_of
from workbench.person_file import day
from workbench.store import audit, coaches, lab
from workbench.store import people as people_store
from workbench.web import pages
from workbench.web.access import Ctx, Signed, require
from workbench.web.coach import plan_stand_in
from workbench.web.forms import Fields, Form

router = APIRouter(prefix="/manager/coaches", include_in_schema=False)
Manager = Annotated[Signed, Depends(require(Role.MANAGER))]


@router.get("")
def coaches_page(request: Request, ctx: Ctx, signed: Manager) -> Response:
    """
    Who coaches whom, and who stands in. What a coach sees of a person is not here.

    Who may: manager.
    """
    return _page(request, ctx, signed)


@router.post("")
def give_coaches(ctx: Ctx, signed: Manager, form: Form) -> Response:
    """
    Give workers their coach: a field `coach-ID` for each worker, and in `before-ID` who it was when the page was opened.

    Who may: manager.
    """
    for name in form.data:
        # Who was not changed here may have another coach by now: on another page somebody took them on.
        if name.startswith("coach-") and form.text(name) != form.text(name.replace("coach-", "before-", 1), "?"):
            person = _person(ctx, name.removeprefix("coach-"))
            coach = _person(ctx, form.text(name)) if form.text(name) else None
            coaching.give_coach(ctx, person, coach, by=signed.person)
    return pages.see_other("/manager/coaches?saved=1")


@router.post("/stand-in")
def stand_in(request: Request, ctx: Ctx, signed: Manager, form: Form) -> Response:
    """
    Somebody stands in for a coach who is away or ill.

    Who may: manager.
    """
    try:
        if not form.text("coach"):
            raise Invalid("Choose which coach is away.", field="coach")
        plan_stand_in(ctx, _person(ctx, form.text("coach")), form, by=signed.person)
    except (Invalid, NotFound) as error:
        return _page(request, ctx, signed, error=error, typed=form)
    return pages.see_other("/manager/coaches?saved=1")


@router.post("/stand-in/{stand_in_id}/end")
def end_stand_in(ctx: Ctx, signed: Manager, stand_in_id: str) -> Response:
    """
    The coach is back.

    Who may: manager.
    """
    coaching.end_stand_in(ctx, stand_in_id, by=signed.person)
    return pages.see_other("/manager/coaches?saved=1")


@router.post("/drift")
def drift(request: Request, ctx: Ctx, signed: Manager, form: Form) -> Response:
    """
    Lab and works council agree that workers may ask the workbench to look at their own pace; off by default.

    Who may: manager.
    """
    on = form.text("drift") == "on"
    try:
        agreed = day(form.text("council_agreed")) if on else None
    except Invalid:
        unknown = Invalid("Give the day on which the works council agreed.", field="council_agreed")
        return _page(request, ctx, signed, error=unknown, typed=form)

    def write(connection: Connection) -> None:
        lab.change_settings(connection, drift_watch.KEY, {"on": on, "council_agreed": agreed})
        audit.record(
            connection, now=ctx.now(), person_id=signed.person.id, action="drift.setting", subject="lab", detail={"on": on}
        )

    ctx.db.write(write)
    return pages.see_other("/manager/coaches?saved=1")


def _person(ctx: Context, public_id: str) -> Person:
    return ctx.db.read(lambda connection: people_store.person_by_public_id(connection, public_id))


def _page(
    request: Request, ctx: Context, signed: Signed, *, error: WorkbenchError | None = None, typed: Fields | None = None
) -> Response:
    def read(connection: Connection) -> dict[str, Any]:
        found = lab.the_lab(connection)
        return {
            "workers": coaches.coached(connection),
            "coaches": people_store.list_people(connection, role=Role.COACH, page_size=500),
            "planned": coaches.stand_ins(connection, now=ctx.now()),
            "today": day_of(ctx.now(), lab.time_zone(connection, ctx.now())),
            "saved": request.query_params.get("saved") == "1",
            "drift": drift_watch.lab_agreed(connection),
            "filled": {name: typed.text(name) for name in typed.data} if typed else {},
            "council_agreed": (found.settings.get(drift_watch.KEY) or {}).get("council_agreed") if found else None,
        }

    status = error.status if error else 200
    return pages.render(request, "manager/coaches.html", signed, status=status, error=error, **ctx.db.read(read))
