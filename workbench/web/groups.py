"""Groups: who is in them, their week, their rhythm. A day of the week and one person's plan have pages of their own."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from workbench import listening, timetable
from workbench.context import Context
from workbench.domain import Role
from workbench.errors import WorkbenchError
from workbench.store import groups as store
from workbench.store import people as people_store
from workbench.web import pages
from workbench.web.access import Ctx, Signed
from workbench.web.forms import Fields, Form
from workbench.web.planning_forms import Guide, minutes_in, record, today_of

router = APIRouter(prefix="/groups", include_in_schema=False)


@router.get("")
def overview(request: Request, ctx: Ctx, signed: Guide) -> Response:
    """
    All groups, and who is in none.

    Who may: coach, manager.
    """
    return _overview(request, ctx, signed)


@router.post("")
def add_group(request: Request, ctx: Ctx, signed: Guide, form: Form) -> Response:
    """
    A new group, with the usual week to begin with.

    Who may: coach, manager.
    """
    now = ctx.now()

    def add(connection: Connection) -> str:
        made = store.add_group(connection, name=form.text("name"), now=now)
        if form.flag("usual_week"):
            day = today_of(connection, now).isoformat()
            store.set_timetable(connection, made.id, timetable.usual_week(), from_day=day, by=signed.person.id, now=now)
        record(connection, ctx, signed, "group.add", made.public_id)
        return made.public_id

    try:
        public_id = ctx.db.write(add)
    except WorkbenchError as error:
        return _overview(request, ctx, signed, error=error)
    return pages.see_other(f"/groups/{public_id}")


def _overview(request: Request, ctx: Context, signed: Signed, error: WorkbenchError | None = None) -> Response:
    def read(connection: Connection) -> dict[str, Any]:
        found = [(group, store.members(connection, group.id)) for group in store.groups(connection)]
        inside = {person.id for _, members in found for person in members}
        workers = people_store.list_people(connection, role=Role.WORKER, page_size=1000)
        return {"groups": found, "alone": [person for person in workers if person.id not in inside]}

    return pages.render(request, "groups/list.html", signed, status=422 if error else 200, error=error, **ctx.db.read(read))


# --- one group -------------------------------------------------------------------------------------------------------


@router.get("/{group_id}")
def group_page(request: Request, ctx: Ctx, signed: Guide, group_id: str, saved: bool = False) -> Response:
    """
    One group: its week, who is in it, its rhythm.

    Who may: coach, manager.
    """
    return _group_page(request, ctx, signed, group_id, saved=saved)


@router.post("/{group_id}")
def change_group(request: Request, ctx: Ctx, signed: Guide, form: Form, group_id: str) -> Response:
    """
    Name, people, the blocks of days without a timetable, and how much of a sound they hear at once.

    Who may: coach, manager.
    """

    def change(connection: Connection) -> None:
        group = store.by_public_id(connection, group_id)
        rhythm = {name: minutes_in(form, name, 5, 180) for name in ("work_minutes", "break_minutes") if form.text(name)}
        rhythm |= listening.checked(form.text(listening.TARGET), form.text(listening.LIMIT))
        store.change_group(connection, group.id, name=form.text("name"), rhythm=rhythm)
        members = [people_store.person_by_public_id(connection, each).id for each in form.all("member")]
        store.set_members(connection, group.id, members, now=ctx.now())
        record(connection, ctx, signed, "group.change", group_id)

    try:
        ctx.db.write(change)
    except WorkbenchError as error:
        return _group_page(request, ctx, signed, group_id, error=error, typed=form)
    return pages.see_other(f"/groups/{group_id}?saved=1")


@router.post("/{group_id}/end")
def end_group(ctx: Ctx, signed: Guide, group_id: str) -> Response:
    """
    The group is no more; its people are in none, and what was stays.

    Who may: coach, manager.
    """

    def end(connection: Connection) -> None:
        store.end_group(connection, store.by_public_id(connection, group_id).id, now=ctx.now())
        record(connection, ctx, signed, "group.end", group_id)

    ctx.db.write(end)
    return pages.see_other("/groups")


def _filled(form: Fields) -> dict[str, str]:
    return {name: form.text(name) for name in ("name", "work_minutes", "break_minutes", listening.TARGET, listening.LIMIT)}


def _group_page(
    request: Request,
    ctx: Context,
    signed: Signed,
    group_id: str,
    *,
    error: WorkbenchError | None = None,
    saved: bool = False,
    typed: Fields | None = None,
) -> Response:
    def read(connection: Connection) -> dict[str, Any]:
        group = store.by_public_id(connection, group_id)
        day = today_of(connection, ctx.now()).isoformat()
        versions = store.timetables(connection, group.id)
        held = store.timetable_on(connection, group.id, day)
        members = store.members(connection, group.id)
        return {
            "group": group,
            "members": members,
            "filled": {"name": group.name, **group.rhythm} | (_filled(typed) if typed else {}),
            "ticked": set(typed.all("member")) if typed else {person.public_id for person in members},
            "workers": people_store.list_people(connection, role=Role.WORKER, page_size=1000),
            "planned": held is not None,
            "week": timetable.by_day(held.lines if held else ()),
            "ahead": [each for each in versions if each.from_day > day],
        }

    data = ctx.db.read(read)
    return pages.render(request, "groups/group.html", signed, status=422 if error else 200, error=error, saved=saved, **data)
