"""The plan of one person: half days and days off, other blocks, and what was agreed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from workbench import attendance, coaching, planning, timetable
from workbench.context import Context
from workbench.domain import Person, Role
from workbench.errors import Invalid, NotFound, WorkbenchError
from workbench.store import groups as store
from workbench.store import people as people_store
from workbench.store import plans
from workbench.web import pages
from workbench.web.access import Ctx, Signed
from workbench.web.forms import Fields, Form
from workbench.web.planning_forms import Guide, day_in, minute_of, minutes_in, record, today_of

router = APIRouter(prefix="/groups/people/{person_id}", include_in_schema=False)


@router.get("")
def person_page(request: Request, ctx: Ctx, signed: Guide, person_id: str, saved: bool = False) -> Response:
    """
    One person's plan: this week, the usual week, other blocks, what was agreed.

    Who may: coach, manager.
    """
    return _person_page(request, ctx, signed, person_id, saved=saved)


@router.post("/week")
def change_week(request: Request, ctx: Ctx, signed: Guide, form: Form, person_id: str) -> Response:
    """
    Half days and days off, every week or in one week.

    Who may: coach, manager.
    """

    def change(connection: Connection) -> None:
        person = _person(connection, ctx, signed, person_id)
        days = [form.text(f"day_{number}") for number in range(7)]
        if not set(days) <= set(timetable.DAYS):
            raise Invalid("Choose for each day: whole day, morning, afternoon or off.", field="days")
        week = form.text("week") and timetable.monday_of(date.fromisoformat(day_in(form, "week"))).isoformat()
        plans.set_week(connection, person.id, days, week=week, by=signed.person.id, now=ctx.now())
        record(connection, ctx, signed, "plan.week", person_id)

    return _changed(request, ctx, signed, person_id, change, form)


@router.post("/blocks")
def plan_block(request: Request, ctx: Ctx, signed: Guide, form: Form, person_id: str) -> Response:
    """
    A training, job-application practice, a talk or something else at one time; for this person or the whole group.

    Who may: coach, manager.
    """

    def change(connection: Connection) -> None:
        person = _person(connection, ctx, signed, person_id)
        zone = planning.zone_of(connection, ctx.now())
        begin, minutes = minute_of(form.text("begin")), minutes_in(form, "minutes", 5, 480)
        if form.text("kind") not in attendance.KINDS or begin is None:
            raise Invalid("Give the block a kind, a day and a time.", field="begin")
        start = timetable.moment(date.fromisoformat(day_in(form, "day")), begin, zone)
        group = store.group_of(connection, person.id) if form.flag("whole_group") else None
        plans.plan_block(
            connection,
            kind=form.text("kind"),
            title=form.text("title"),
            start_ms=start,
            end_ms=start + minutes * 60_000,
            person_id=None if group else person.id,
            group_id=group.id if group else None,
            by=signed.person.id,
            now=ctx.now(),
        )
        record(connection, ctx, signed, "plan.block", person_id)

    return _changed(request, ctx, signed, person_id, change, form)


@router.post("/blocks/{planned_id}/end")
def drop_block(request: Request, ctx: Ctx, signed: Guide, person_id: str, planned_id: str) -> Response:
    """
    Off the plan.

    Who may: coach, manager.
    """

    def change(connection: Connection) -> None:
        _person(connection, ctx, signed, person_id)
        plans.drop_planned(connection, planned_id, now=ctx.now())

    return _changed(request, ctx, signed, person_id, change)


def _changed(request: Request, ctx: Context, signed: Signed, person_id: str, change: Any, form: Fields | None = None) -> Response:
    try:
        ctx.db.write(change)
    except WorkbenchError as error:
        return _person_page(request, ctx, signed, person_id, error=error, typed=form)
    return pages.see_other(f"/groups/people/{person_id}?saved=1")


def _person_page(
    request: Request,
    ctx: Context,
    signed: Signed,
    person_id: str,
    *,
    error: WorkbenchError | None = None,
    saved: bool = False,
    typed: Fields | None = None,
) -> Response:
    now = ctx.now()
    filled = {name: typed.text(name) for name in typed.data} if typed else {}

    def read(connection: Connection) -> dict[str, Any]:
        person = _person(connection, ctx, signed, person_id)
        zone, today = planning.zone_of(connection, now), today_of(connection, now)
        monday = timetable.monday_of(today)
        group = store.group_of(connection, person.id)
        start = timetable.moment(today, 0, zone)
        return {
            "who": person,
            "group": group,
            "week": planning.week_of(connection, person.id, monday, zone) if _has_plan(connection, group, today) else [],
            "usual": _days_in(filled) or plans.week_of(connection, person.id, "") or ["whole"] * 7,
            "monday": monday.isoformat(),
            "today": today.isoformat(),
            "planned": plans.planned_between(
                connection, person_id=person.id, group_id=group.id if group else None, start_ms=start, end_ms=2**62
            ),
            "changes": plans.changes_on(connection, person.id, today.isoformat()),
        }

    fixed = {"days": timetable.DAYS, "kinds_of_block": attendance.KINDS, "clock_text": timetable.clock_text}
    data = {**ctx.db.read(read), **fixed, "filled": filled}
    return pages.render(request, "groups/person.html", signed, status=422 if error else 200, error=error, saved=saved, **data)


def _days_in(filled: Mapping[str, str]) -> list[str]:
    found = [filled.get(f"day_{number}", "") for number in range(7)]
    return found if all(found) else []


def _has_plan(connection: Connection, group: store.Group | None, day: date) -> bool:
    return group is not None and store.timetable_on(connection, group.id, day.isoformat()) is not None


def _person(connection: Connection, ctx: Context, signed: Signed, public_id: str) -> Person:
    """Somebody whom this coach has; a manager plans for everybody. Raises NotFound."""
    person = people_store.person_by_public_id(connection, public_id)
    if signed.person.has(Role.MANAGER) or coaching.may_guide(connection, signed.person, person.id, now=ctx.now()):
        return person
    raise NotFound("There is no such person here, or somebody else coaches them.")
