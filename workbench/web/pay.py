"""Pages about hours and price: a worker's own statement, everybody's for coach and manager, quotes, the lab's settings."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any

from babel.numbers import format_decimal
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from workbench import coaching, hours, minimum_wages, payroll, pricing, promising
from workbench.context import Context
from workbench.domain import Person, Role
from workbench.errors import Invalid, WorkbenchError
from workbench.lab_settings import KEY, LabSettings, amount, read_form
from workbench.store import audit, lab
from workbench.store import people as people_store
from workbench.web import pages
from workbench.web.access import Ctx, Signed, project_for, require
from workbench.web.forms import Fields, Form

router = APIRouter(include_in_schema=False)
Worker = Annotated[Signed, Depends(require(Role.WORKER))]
Guide = Annotated[Signed, Depends(require(Role.COACH, Role.MANAGER))]
Manager = Annotated[Signed, Depends(require(Role.MANAGER))]
_NEW_WAGE = dict.fromkeys(("since", "hourly", "source"), "")
Named = tuple[str, str, hours.Statement]  # name, public id, statement


@router.get("/work/more/hours")
def own_hours(request: Request, ctx: Ctx, signed: Worker, month: str = "") -> Response:
    """
    My hours, one month at a time.

    Who may: worker.
    """
    first, last = _month(ctx, month)
    found = payroll.of_person(ctx, signed.person.id, first, last)
    before = first - timedelta(days=1)
    after = last + timedelta(days=1)
    data: dict[str, Any] = {
        "statement": found,
        "before": before.strftime("%Y-%m"),
        "after": after.strftime("%Y-%m") if after <= today(ctx) else "",
    }
    return pages.render(request, "take/own_hours.html", signed, hm=hours.clock_text, **data)


@router.get("/hours")
def everybody(request: Request, ctx: Ctx, signed: Guide, first: str = "", last: str = "") -> Response:
    """
    Everybody's hours in a period; for a coach those of their own people.

    Who may: coach, manager.
    """
    try:
        start, end = _period(ctx, first, last)
        found, error = _guided(ctx, signed.person, payroll.of_everybody(ctx, start, end)), None
    except WorkbenchError as wrong:
        start, end = hours.month_of(today(ctx))
        found, error = [], wrong
    data: dict[str, Any] = {"statements": found, "first": start, "last": end, "error": error, "hm": hours.clock_text}
    data["minimum"] = _minimum(ctx) if signed.person.has(Role.MANAGER) else None
    return pages.render(request, "take/hours.html", signed, status=error.status if error else 200, **data)


@router.get("/hours/payroll.csv")
def payroll_file(ctx: Ctx, signed: Manager, first: str = "", last: str = "") -> Response:
    """
    The same as a file for payroll.

    Who may: manager.
    """
    start, end = _period(ctx, first, last)
    text = hours.payroll_csv(payroll.of_everybody(ctx, start, end))

    def note(connection: Any) -> None:
        subject = f"{start} {end}"
        audit.record(connection, now=ctx.now(), person_id=signed.person.id, action="hours.export", subject=subject)

    ctx.db.write(note)
    headers = {"content-disposition": f'attachment; filename="hours-{start}-{end}.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/hours/{person_id}")
def hours_of(request: Request, ctx: Ctx, signed: Guide, person_id: str, first: str = "", last: str = "") -> Response:
    """
    One person's hours, with a form to correct them.

    Who may: coach, manager.
    """
    return _person_page(request, ctx, signed, _worker(ctx, signed.person, person_id), _period(ctx, first, last))


@router.post("/hours/{person_id}")
def correct_hours(request: Request, ctx: Ctx, signed: Guide, form: Form, person_id: str) -> Response:
    """
    Add or take minutes, with a reason that the worker reads.

    Who may: coach, manager.
    """
    person = _worker(ctx, signed.person, person_id)
    try:
        day = payroll.read_day(form.text("day"), "day")
        minutes = _minutes(form.text("minutes"))
        payroll.correct(
            ctx, person, day=day, kind=form.text("kind"), minutes=minutes, reason=form.text("reason"), by=signed.person
        )
    except WorkbenchError as error:
        return _person_page(request, ctx, signed, person, hours.month_of(today(ctx)), error=error, form=form)
    first, last = hours.month_of(day)
    return pages.see_other(f"/hours/{person.public_id}?first={first}&last={last}&saved=1")


# --- price -----------------------------------------------------------------------------------------------------------


@router.get("/projects/{project_id}/quote")
def quote_page(request: Request, ctx: Ctx, signed: Manager, project_id: str) -> Response:
    """
    What a project costs its client, with an interval.

    Who may: manager.
    """
    found = pricing.offer(ctx, project_for(ctx, signed.person, project_id))
    titles = dict(pages.task_types([part.task_type for part in found.quote.parts], signed.person.locale))
    return pages.render(request, "take/quote.html", signed, offer=found, titles=titles)


@router.get("/manager/capacity")
def capacity_page(request: Request, ctx: Ctx, signed: Manager, wanted: str = "", until: str = "") -> Response:
    """
    Can we promise so many hours by that day without hurrying anyone? And how long does the work last?

    Who may: manager.
    """
    error = None
    try:
        day = payroll.read_day(until, "until") if until else None
        found = promising.outlook(ctx, wanted=_wanted(wanted), until=day)
    except Invalid as wrong:
        found, error = promising.outlook(ctx), wrong
    data: dict[str, Any] = {"outlook": found, "wanted": wanted, "until": until, "error": error}
    return pages.render(request, "take/capacity.html", signed, status=error.status if error else 200, **data)


@router.get("/manager/lab")
def lab_page(request: Request, ctx: Ctx, signed: Manager, saved: bool = False) -> Response:
    """
    What the lab decides about money, certificates and privacy.

    Who may: manager.
    """
    return _lab_page(request, ctx, signed, _filled(ctx, signed.person.locale), saved=saved)


@router.post("/manager/lab")
def change_lab(request: Request, ctx: Ctx, signed: Manager, form: Form) -> Response:
    """
    Change them.

    Who may: manager.
    """
    given = {name: form.text(name) for name in form.data}
    try:
        settings = read_form(given)
    except Invalid as error:
        filled = {**dict.fromkeys(asdict(LabSettings()), ""), **given, "paid_breaks": given.get("paid_breaks") == "yes"}
        return _lab_page(request, ctx, signed, filled, error=error)

    def write(connection: Any) -> None:
        lab.change_settings(connection, KEY, settings.as_json())
        audit.record(connection, now=ctx.now(), person_id=signed.person.id, action="lab.settings", subject="lab")

    ctx.db.write(write)
    return pages.see_other("/manager/lab?saved=1")


@router.post("/manager/lab/minimum-wage")
def add_minimum_wage(request: Request, ctx: Ctx, signed: Manager, form: Form) -> Response:
    """
    Add an amount of the minimum wage, with its day and its source.

    Who may: manager.
    """
    given = {name: form.text(name) for name in _NEW_WAGE}
    try:
        minimum_wages.add(ctx, given, signed.person)
    except Invalid as error:
        return _lab_page(request, ctx, signed, {**_filled(ctx, signed.person.locale), **given}, error=error)
    return pages.see_other("/manager/lab?saved=1")


# --- parts -----------------------------------------------------------------------------------------------------------


def today(ctx: Context) -> date:
    """The lab's calendar day."""
    return hours.day_of(ctx.now(), ctx.db.read(lambda connection: lab.time_zone(connection, ctx.now())))


def _month(ctx: Context, month: str) -> tuple[date, date]:
    try:
        return hours.month_of(date.fromisoformat(f"{month}-01"))
    except ValueError:
        return hours.month_of(today(ctx))


def _period(ctx: Context, first: str, last: str) -> tuple[date, date]:
    if not first and not last:
        return hours.month_of(today(ctx))
    start, end = payroll.read_day(first, "first"), payroll.read_day(last, "last")
    payroll.check_period(start, end)
    return start, end


def _wanted(text: str) -> float | None:
    if not text.strip():
        return None
    found = amount(text)
    if found is None:
        raise Invalid("Please give a number of hours, for example 40.", field="wanted")
    return float(found)


def _minutes(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise Invalid("Please give minutes as a whole number, for example 30 or -15.", field="minutes") from error


def _worker(ctx: Context, guide: Person, public_id: str) -> Person:
    """A manager sees everybody's hours, a coach those of their own people."""
    if guide.has(Role.MANAGER):
        return ctx.db.read(lambda connection: people_store.person_by_public_id(connection, public_id))
    return coaching.person_for(ctx, guide, public_id)


def _guided(ctx: Context, guide: Person, statements: list[Named]) -> list[Named]:
    if guide.has(Role.MANAGER):
        return statements

    def read(connection: Connection) -> set[str]:
        mine = coaching.people_of(connection, guide, now=ctx.now())
        return {people_store.person_by_id(connection, each).public_id for each in mine}

    mine = ctx.db.read(read)
    return [each for each in statements if each[1] in mine]


def _person_page(
    request: Request,
    ctx: Context,
    signed: Signed,
    person: Person,
    period: tuple[date, date],
    *,
    error: WorkbenchError | None = None,
    form: Fields | None = None,
) -> Response:
    first, last = period
    data: dict[str, Any] = {
        "somebody": person,
        "statement": payroll.of_person(ctx, person.id, first, last),
        "kinds": payroll.KINDS,
        "typed": {name: form.text(name) for name in form.data} if form else {},
        "saved": request.query_params.get("saved") == "1",
        "today": today(ctx),
        "error": error,
        "hm": hours.clock_text,
    }
    return pages.render(request, "take/person_hours.html", signed, status=error.status if error else 200, **data)


def _minimum(ctx: Context) -> minimum_wages.Known:
    return ctx.db.read(lambda connection: minimum_wages.known(connection, ctx.now()))


def _filled(ctx: Context, locale: str) -> dict[str, Any]:
    return {name: _as_typed(value, locale) for name, value in asdict(payroll.settings_of(ctx)).items()}


def _as_typed(value: object, locale: str) -> object:
    # Without a mark for thousands: what stands in a field is read again.
    return "" if value is None else format_decimal(value, "0.####", locale=locale) if isinstance(value, Decimal) else value


def _lab_page(
    request: Request,
    ctx: Context,
    signed: Signed,
    filled: dict[str, Any],
    *,
    saved: bool = False,
    error: WorkbenchError | None = None,
) -> Response:
    data: dict[str, Any] = {"filled": _NEW_WAGE | filled, "saved": saved, "error": error, "minimum": _minimum(ctx)}
    return pages.render(request, "take/lab.html", signed, status=error.status if error else 200, **data)
