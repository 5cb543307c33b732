"""Reports: the coach drafts and sends, the worker reads first and adds their own words."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from workbench import certificate, coaching, hours, payroll, pdf, reports
from workbench.context import Context
from workbench.domain import Person, Role
from workbench.errors import Invalid, NotFound, Unavailable, WorkbenchError
from workbench.payroll import settings_of
from workbench.store import lab
from workbench.store import people as people_store
from workbench.store import reports as store
from workbench.store.reports import Report
from workbench.web import pages
from workbench.web.access import Ctx, Signed, require
from workbench.web.forms import Fields, Form

router = APIRouter(include_in_schema=False)
Worker = Annotated[Signed, Depends(require(Role.WORKER))]
Coach = Annotated[Signed, Depends(require(Role.COACH))]


@router.get("/coach/reports")
def list_reports(request: Request, ctx: Ctx, signed: Coach) -> Response:
    """
    Reports about my people, and a form for a new one.

    Who may: coach.
    """
    return _list_page(request, ctx, signed)


@router.post("/coach/reports")
def new_report(request: Request, ctx: Ctx, signed: Coach, form: Form) -> Response:
    """
    Draft a report: figures, goals and kinds of work are filled in.

    Who may: coach.
    """
    try:
        person = coaching.person_for(ctx, signed.person, form.text("person"))
        first, last = (payroll.read_day(form.text(name), name) for name in ("first", "last"))
        asked = reports.Asked(form.text("kind"), form.text("audience"), first, last, form.text("asked_by"))
        made = reports.draft(ctx, signed.person, person, asked)
    except Invalid as error:
        return _list_page(request, ctx, signed, error=error, form=form)
    return pages.see_other(f"/coach/reports/{made.public_id}")


@router.get("/coach/reports/{report_id}")
def coach_page(request: Request, ctx: Ctx, signed: Coach, report_id: str) -> Response:
    """
    One report: words, show it to the worker, send it.

    Who may: coach.
    """
    return _report_page(request, ctx, signed, _guided(ctx, signed, report_id), "take/coach_report.html")


@router.post("/coach/reports/{report_id}")
def coach_acts(request: Request, ctx: Ctx, signed: Coach, form: Form, report_id: str) -> Response:
    """
    Save the words, show it, send it, or withdraw it.

    Who may: coach.
    """
    found, act = _guided(ctx, signed, report_id), form.text("act")
    try:
        if act not in reports.ACTS:
            raise Invalid("Please press one of the buttons of this page.")
        if act in ("save", "show"):
            found = reports.act(ctx, signed.person, found, "save", role="coach", words=form.text("coach_words"))
        if act != "save":
            reports.act(ctx, signed.person, found, act, role="coach")
    except WorkbenchError as error:
        return _report_page(request, ctx, signed, found, "take/coach_report.html", error=error, form=form)
    return pages.see_other(f"/coach/reports/{report_id}?saved=1")


@router.get("/coach/reports/{report_id}/pdf")
def report_pdf(request: Request, ctx: Ctx, signed: Coach, report_id: str) -> Response:
    """
    The report as a tagged PDF, once the worker has read it.

    Who may: coach.
    """
    found = _guided(ctx, signed, report_id)
    if found.status not in ("read", "sent"):
        raise NotFound("The worker reads a report first. Then there is a PDF of it.")
    try:
        template = pages.environment(signed.person.locale).get_template("take/report_pdf.html")
        made = pdf.render(template.render(_data(request, ctx, found), locale=signed.person.locale))
    except Unavailable as error:
        return _report_page(request, ctx, signed, found, "take/coach_report.html", error=error)
    headers = {"content-disposition": f'attachment; filename="report-{found.public_id}.pdf"'}
    return Response(made, media_type="application/pdf", headers=headers)


@router.get("/work/more/reports")
def own_reports(request: Request, ctx: Ctx, signed: Worker) -> Response:
    """
    Reports about me.

    Who may: worker.
    """

    def read(connection: Connection) -> list[Report]:
        return store.of_people(connection, [signed.person.id], but=("draft", "withdrawn"))

    return pages.render(request, "take/own_reports.html", signed, reports=ctx.db.read(read))


@router.get("/work/more/reports/{report_id}")
def own_report(request: Request, ctx: Ctx, signed: Worker, report_id: str) -> Response:
    """
    One report about me, before anybody else reads it.

    Who may: worker.
    """
    return _report_page(request, ctx, signed, _own(ctx, signed, report_id), "take/own_report.html")


@router.post("/work/more/reports/{report_id}")
def read_report(request: Request, ctx: Ctx, signed: Worker, form: Form, report_id: str) -> Response:
    """
    I have read it, with my own words beside it.

    Who may: worker.
    """
    found = _own(ctx, signed, report_id)
    try:
        reports.act(ctx, signed.person, found, "read", role="worker", words=form.text("own_words"))
    except WorkbenchError as error:
        return _report_page(request, ctx, signed, found, "take/own_report.html", error=error, form=form)
    return pages.see_other(f"/work/more/reports/{report_id}?saved=1")


# --- parts -----------------------------------------------------------------------------------------------------------


def _guided(ctx: Context, signed: Signed, public_id: str) -> Report:
    def find(connection: Connection) -> Report:
        found = store.find(connection, public_id)
        if not coaching.may_guide(connection, signed.person, found.person_id, now=ctx.now()):
            raise NotFound("There is no such report here.")
        return found

    return ctx.db.read(find)


def _own(ctx: Context, signed: Signed, public_id: str) -> Report:
    found = ctx.db.read(lambda connection: store.find(connection, public_id))
    if found.person_id != signed.person.id or found.status in ("draft", "withdrawn"):
        raise NotFound("There is no such report here.")
    return found


def _list_page(
    request: Request, ctx: Context, signed: Signed, *, error: WorkbenchError | None = None, form: Fields | None = None
) -> Response:
    def read(connection: Connection) -> tuple[list[Person], list[Report]]:
        mine = coaching.people_of(connection, signed.person, now=ctx.now())
        return [people_store.person_by_id(connection, each) for each in mine], store.of_people(connection, mine)

    people, found = ctx.db.read(read)
    first, last = hours.month_of(hours.day_of(ctx.now(), request.app.state.zone))
    usual = {"first": first.isoformat(), "last": last.isoformat(), "person": "", "kind": "progress", "audience": "municipality"}
    typed = {name: form.text(name) if form else usual.get(name, "") for name in (*usual, "asked_by")}
    data: dict[str, Any] = {"people": people, "reports": found, "typed": typed, "error": error}
    data["names"] = {each.id: each.name for each in people}
    return pages.render(request, "take/reports.html", signed, status=error.status if error else 200, **data)


def _report_page(
    request: Request,
    ctx: Context,
    signed: Signed,
    found: Report,
    template: str,
    *,
    error: WorkbenchError | None = None,
    form: Fields | None = None,
) -> Response:
    typed = {"coach_words": found.coach_words, "own_words": found.own_words}
    if form:
        typed = {name: form.text(name, value) for name, value in typed.items()}
    data = {**_data(request, ctx, found), "typed": typed, "error": error}
    data["unfit"] = certificate.about_health(typed.get(error.field, "")) if error and error.field else []
    data["saved"] = request.query_params.get("saved") == "1"
    return pages.render(request, template, signed, status=error.status if error else 200, **data)


def _data(request: Request, ctx: Context, found: Report) -> dict[str, Any]:
    def read(connection: Connection) -> tuple[Person, Any]:
        return people_store.person_by_id(connection, found.person_id), lab.the_lab(connection)

    about, here = ctx.db.read(read)
    issuer = settings_of(ctx).issuer_name or (here.name if here else "")
    return {"report": found, "about": about, "issuer": issuer, "zone": request.app.state.zone, "hm": hours.clock_text}
