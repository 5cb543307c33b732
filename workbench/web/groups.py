"""Groups and their week, and the plan of one person: half days, days off, other blocks, what was agreed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from workbench import coaching, planning, timetable
from workbench.context import Context
from workbench.domain import Json, Person, Role
from workbench.errors import Invalid, NotFound, WorkbenchError
from workbench.store import audit, plans
from workbench.store import groups as store
from workbench.store import people as people_store
from workbench.web import pages
from workbench.web.access import Ctx, Signed, require
from workbench.web.forms import Fields, Form

router = APIRouter(prefix="/groups", include_in_schema=False)
Guide = Annotated[Signed, Depends(require(Role.COACH, Role.MANAGER))]
MORE_ROWS = 3  # empty rows to fill in, each time
OTHER_KINDS = ("training", "application", "talk", "other")


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
            day = _today(connection, now).isoformat()
            store.set_timetable(connection, made.id, timetable.usual_week(), from_day=day, by=signed.person.id, now=now)
        _record(connection, ctx, signed, "group.add", made.public_id)
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


# --- one person ------------------------------------------------------------------------------------------------------


@router.get("/people/{person_id}")
def person_page(request: Request, ctx: Ctx, signed: Guide, person_id: str, saved: bool = False) -> Response:
    """
    One person's plan: this week, the usual week, other blocks, what was agreed.

    Who may: coach, manager.
    """
    return _person_page(request, ctx, signed, person_id, saved=saved)


@router.post("/people/{person_id}/week")
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
        week = form.text("week") and timetable.monday_of(date.fromisoformat(_day(form, "week"))).isoformat()
        plans.set_week(connection, person.id, days, week=week, by=signed.person.id, now=ctx.now())
        _record(connection, ctx, signed, "plan.week", person_id)

    return _changed(request, ctx, signed, person_id, change)


@router.post("/people/{person_id}/blocks")
def plan_block(request: Request, ctx: Ctx, signed: Guide, form: Form, person_id: str) -> Response:
    """
    A training, job-application practice, a talk or something else at one time; for this person or the whole group.

    Who may: coach, manager.
    """

    def change(connection: Connection) -> None:
        person = _person(connection, ctx, signed, person_id)
        zone = planning.zone_of(connection, ctx.now())
        begin, minutes = minute_of(form.text("begin")), _number(form, "minutes", 5, 480)
        if form.text("kind") not in OTHER_KINDS or begin is None:
            raise Invalid("Give the block a kind, a day and a time.", field="begin")
        start = timetable.moment(date.fromisoformat(_day(form, "day")), begin, zone)
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
        _record(connection, ctx, signed, "plan.block", person_id)

    return _changed(request, ctx, signed, person_id, change)


@router.post("/people/{person_id}/blocks/{planned_id}/end")
def drop_block(request: Request, ctx: Ctx, signed: Guide, person_id: str, planned_id: str) -> Response:
    """
    Off the plan.

    Who may: coach, manager.
    """

    def change(connection: Connection) -> None:
        _person(connection, ctx, signed, person_id)
        plans.drop_planned(connection, planned_id, now=ctx.now())

    return _changed(request, ctx, signed, person_id, change)


def _changed(request: Request, ctx: Context, signed: Signed, person_id: str, change: Any) -> Response:
    try:
        ctx.db.write(change)
    except WorkbenchError as error:
        return _person_page(request, ctx, signed, person_id, error=error)
    return pages.see_other(f"/groups/people/{person_id}?saved=1")


def _person_page(
    request: Request,
    ctx: Context,
    signed: Signed,
    person_id: str,
    *,
    error: WorkbenchError | None = None,
    saved: bool = False,
) -> Response:
    now = ctx.now()

    def read(connection: Connection) -> dict[str, Any]:
        person = _person(connection, ctx, signed, person_id)
        zone, today = planning.zone_of(connection, now), _today(connection, now)
        monday = timetable.monday_of(today)
        group = store.group_of(connection, person.id)
        start = timetable.moment(today, 0, zone)
        return {
            "who": person,
            "group": group,
            "week": planning.week_of(connection, person.id, monday, zone) if _has_plan(connection, group, today) else [],
            "usual": plans.week_of(connection, person.id, "") or ["whole"] * 7,
            "monday": monday.isoformat(),
            "today": today.isoformat(),
            "planned": plans.planned_between(
                connection, person_id=person.id, group_id=group.id if group else None, start_ms=start, end_ms=2**62
            ),
            "changes": plans.changes_on(connection, person.id, today.isoformat()),
        }

    data = {**ctx.db.read(read), "days": timetable.DAYS, "kinds_of_block": OTHER_KINDS, "clock_text": timetable.clock_text}
    return pages.render(request, "groups/person.html", signed, status=422 if error else 200, error=error, saved=saved, **data)


def _has_plan(connection: Connection, group: store.Group | None, day: date) -> bool:
    return group is not None and store.timetable_on(connection, group.id, day.isoformat()) is not None


def _person(connection: Connection, ctx: Context, signed: Signed, public_id: str) -> Person:
    """Somebody whom this coach has; a manager plans for everybody. Raises NotFound."""
    person = people_store.person_by_public_id(connection, public_id)
    if signed.person.has(Role.MANAGER) or coaching.may_guide(connection, signed.person, person.id, now=ctx.now()):
        return person
    raise NotFound("There is no such person here, or somebody else coaches them.")


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
    Name, people, and the blocks of days without a timetable.

    Who may: coach, manager.
    """

    def change(connection: Connection) -> None:
        group = store.by_public_id(connection, group_id)
        rhythm = {name: _number(form, name, 5, 180) for name in ("work_minutes", "break_minutes") if form.text(name)}
        store.change_group(connection, group.id, name=form.text("name"), rhythm=rhythm)
        members = [people_store.person_by_public_id(connection, each).id for each in form.all("member")]
        store.set_members(connection, group.id, members, now=ctx.now())
        _record(connection, ctx, signed, "group.change", group_id)

    try:
        ctx.db.write(change)
    except WorkbenchError as error:
        return _group_page(request, ctx, signed, group_id, error=error)
    return pages.see_other(f"/groups/{group_id}?saved=1")


@router.post("/{group_id}/end")
def end_group(ctx: Ctx, signed: Guide, group_id: str) -> Response:
    """
    The group is no more; its people are in none, and what was stays.

    Who may: coach, manager.
    """

    def end(connection: Connection) -> None:
        store.end_group(connection, store.by_public_id(connection, group_id).id, now=ctx.now())
        _record(connection, ctx, signed, "group.end", group_id)

    ctx.db.write(end)
    return pages.see_other("/groups")


def _group_page(
    request: Request,
    ctx: Context,
    signed: Signed,
    group_id: str,
    *,
    error: WorkbenchError | None = None,
    saved: bool = False,
) -> Response:
    def read(connection: Connection) -> dict[str, Any]:
        group = store.by_public_id(connection, group_id)
        day = _today(connection, ctx.now()).isoformat()
        versions = store.timetables(connection, group.id)
        return {
            "group": group,
            "members": {person.id for person in store.members(connection, group.id)},
            "workers": people_store.list_people(connection, role=Role.WORKER, page_size=1000),
            "week": _by_day(store.timetable_on(connection, group.id, day)),
            "ahead": [each for each in versions if each.from_day > day],
        }

    data = ctx.db.read(read)
    return pages.render(request, "groups/group.html", signed, status=422 if error else 200, error=error, saved=saved, **data)


# --- a day of its week -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A block as it is filled in."""

    begin: str
    minutes: str
    kind: str
    title: str


@router.get("/{group_id}/week/{weekday}")
def day_page(request: Request, ctx: Ctx, signed: Guide, group_id: str, weekday: int) -> Response:
    """
    The blocks of one day, to change; the same for other days at once.

    Who may: coach, manager.
    """
    return _day_page(request, ctx, signed, group_id, weekday)


@router.post("/{group_id}/week/{weekday}")
def change_day(request: Request, ctx: Ctx, signed: Guide, form: Form, group_id: str, weekday: int) -> Response:
    """
    A new version of the week, from a day on.

    Who may: coach, manager.
    """
    rows = _rows_of(form)

    def change(connection: Connection) -> None:
        group = store.by_public_id(connection, group_id)
        days = {weekday, *(int(each) for each in form.all("same") if each in "0123456")}
        start = _day(form, "from_day")
        before = store.timetable_on(connection, group.id, start)
        others = [line for line in (before.lines if before else ()) if line["weekday"] not in days]
        fresh = [_line(row, day) for day in sorted(days) for row in rows]
        lines = timetable.checked([*others, *fresh])
        store.set_timetable(connection, group.id, lines, from_day=start, by=signed.person.id, now=ctx.now())
        _record(connection, ctx, signed, "group.week", group_id)

    try:
        ctx.db.write(change)
    except WorkbenchError as error:
        return _day_page(request, ctx, signed, group_id, weekday, rows=rows, error=error)
    return pages.see_other(f"/groups/{group_id}?saved=1")


def _day_page(
    request: Request,
    ctx: Context,
    signed: Signed,
    group_id: str,
    weekday: int,
    *,
    rows: Sequence[Row] | None = None,
    error: WorkbenchError | None = None,
) -> Response:
    if weekday not in range(7):
        raise NotFound("There is nothing at this address.")

    def read(connection: Connection) -> dict[str, Any]:
        group, today = store.by_public_id(connection, group_id), _today(connection, ctx.now())
        table = store.timetables(connection, group.id)
        newest = table[0] if table else None
        return {
            "group": group,
            "rows": rows if rows is not None else [_row(line) for line in _by_day(newest)[weekday]],
            "tomorrow": (today + timedelta(days=1)).isoformat(),
        }

    data = {**ctx.db.read(read), "weekday": weekday, "kinds_of_block": timetable.KINDS, "more_rows": MORE_ROWS}
    return pages.render(request, "groups/day.html", signed, status=422 if error else 200, error=error, **data)


def _rows_of(form: Fields) -> list[Row]:
    columns = [form.all(name) for name in ("begin", "minutes", "kind", "title")]
    found = [Row(*(value.strip() for value in values)) for values in zip(*columns, strict=False)]
    return [row for row in found if row.begin or row.minutes]


def _row(line: Mapping[str, Json]) -> Row:
    return Row(timetable.clock_text(line["start_minute"]), str(line["minutes"]), line["kind"], line.get("title") or "")


def _line(row: Row, weekday: int) -> dict[str, Json]:
    minutes = int(row.minutes) if row.minutes.isascii() and row.minutes.isdigit() else None
    return {"weekday": weekday, "kind": row.kind, "start_minute": minute_of(row.begin), "minutes": minutes, "title": row.title}


def minute_of(text: str) -> int | None:
    """The other way round; None: not a time."""
    hours, _, minutes = text.replace(".", ":").partition(":")
    if not (hours.isascii() and hours.isdigit() and minutes.isascii() and minutes.isdigit()):
        return None
    found = int(hours) * 60 + int(minutes)
    return found if int(minutes) < 60 and found <= timetable.DAY_MINUTES else None


def _by_day(table: store.Timetable | None) -> list[list[Mapping[str, Json]]]:
    lines = table.lines if table else ()
    return [[line for line in lines if line["weekday"] == day] for day in range(7)]


# --- fields ----------------------------------------------------------------------------------------------------------


def _today(connection: Connection, now: int) -> date:
    return timetable.day_of(now, planning.zone_of(connection, now))


def _number(form: Fields, name: str, least: int, most: int) -> int:
    text = form.text(name)
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise Invalid("Give the minutes as a number, for example 45.", field=name)
    return int(text)


def _day(form: Fields, name: str) -> str:
    try:
        return date.fromisoformat(form.text(name)).isoformat()
    except ValueError as error:
        raise Invalid("Give a day, for example 2026-12-01.", field=name) from error


def _record(connection: Connection, ctx: Context, signed: Signed, action: str, subject: str) -> None:
    audit.record(connection, now=ctx.now(), person_id=signed.person.id, action=action, subject=subject)
