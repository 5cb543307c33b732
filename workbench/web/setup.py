"""The first page of an empty lab: three small steps. The lab, its first manager, its first project."""

from __future__ import annotations

import hmac
import re
from typing import Annotated, Any
from zoneinfo import available_timezones

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from accessibility.sentences import noted
from task_types.errors import TaskTypeError
from workbench import people, projects, sign_in
from workbench.context import Context
from workbench.domain import Role
from workbench.errors import Conflict, Invalid, NotAllowed, WorkbenchError
from workbench.people import sha256
from workbench.store import lab as lab_store
from workbench.store import people as people_store
from workbench.web import pages
from workbench.web.access import Ctx, Signed, from_this_machine, require, session_cookie, visitor
from workbench.web.forms import Fields, Form
from workbench.web.languages import locale_of

router = APIRouter(include_in_schema=False, dependencies=[Depends(visitor)])
Visitor = Annotated[Signed | None, Depends(visitor)]
Manager = Annotated[Signed, Depends(require(Role.MANAGER))]
COOKIE = "setup"
AT_HOME = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?", re.IGNORECASE)


def is_needed(ctx: Context) -> bool:
    """Is there nobody yet who can manage this lab?"""
    return ctx.db.read(lambda connection: people_store.count_people(connection, role=Role.MANAGER)) == 0


@router.get("/setup")
def setup(request: Request, ctx: Ctx) -> Response:
    """
    The step that comes now.

    Who may: everybody.
    """
    return _step(request, ctx) if is_needed(ctx) else pages.see_other("/")


@router.post("/setup/lab")
def name_the_lab(request: Request, ctx: Ctx, form: Form) -> Response:
    """
    Step 1: what the lab is called and where its clock stands.

    Who may: everybody.
    """
    name, zone = form.text("name"), form.text("time_zone")
    try:
        _check_open(request, ctx, form)
        if not name:
            raise Invalid("Please give the lab a name.", field="name")
        if zone not in available_timezones():
            raise Invalid("That time zone is not known. Choose one from the list.", field="time_zone")
        ctx.db.write(lambda connection: _name(connection, ctx, name, zone))
    except WorkbenchError as error:
        return _step(request, ctx, error=error, form=form)
    request.app.state.zone = zone
    answer = pages.see_other("/setup")
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, sha256(form.text("code")), httponly=True, samesite="strict", secure=secure, max_age=3600)
    return answer


@router.post("/setup/manager")
def first_manager(request: Request, ctx: Ctx, form: Form) -> Response:
    """
    Step 2: the first manager, who is signed in at once.

    Who may: everybody.
    """
    try:
        _check_open(request, ctx, form)
        if len(form.secret("password")) < people.SHORTEST_PASSWORD:
            raise Invalid("Please choose a password of 10 characters or more. A short sentence works well.", field="password")
        locale = locale_of(request, None)
        enrolled = people.enrol(ctx, form.text("name"), [Role.MANAGER], locale=locale, check=_still_nobody)
        people.set_password(ctx, enrolled.person, form.secret("password"), by=enrolled.person)
    except WorkbenchError as error:
        return _step(request, ctx, error=error, form=form)
    begun = sign_in.begin(ctx, enrolled.person, ending=session_cookie(request), how="setup")
    answer = pages.signed_in(request, begun.token, "/setup/project")
    answer.delete_cookie(COOKIE)
    return answer


@router.get("/setup/project")
def project_page(request: Request, signed: Manager) -> Response:
    """
    Step 3: the first project, or later.

    Who may: manager.
    """
    return _project_page(request, signed)


@router.post("/setup/project")
def first_project(request: Request, ctx: Ctx, signed: Manager, form: Form) -> Response:
    """
    Step 3, filled in.

    Who may: manager.
    """
    labels = [line.strip() for line in form.text("labels").splitlines() if line.strip()]
    settings = {"question": form.text("question") or None, "labels": labels or None}
    given = {key: value for key, value in settings.items() if value}
    try:
        project = projects.create(ctx, form.text("name"), form.text("type"), given, draft=True, created_by=signed.person.id)
    except (WorkbenchError, TaskTypeError) as error:
        return _project_page(request, signed, error=error, form=form)
    return pages.see_other(f"/projects/{project.public_id}")


def _check_open(request: Request, ctx: Context, form: Fields) -> None:
    if not is_needed(ctx):
        raise Conflict("This lab is set up already. Sign in instead.")
    wanted = _wanted_code(request)
    given = sha256(form.text("code")) if form.text("code") else request.cookies.get(COOKIE, "")
    if wanted is not None and not _same(given, sha256(wanted)):
        words = noted("That is not the set-up code. It stands on the screen where the server was started, or in its log.")
        raise NotAllowedHere(words, field="code")


def _wanted_code(request: Request) -> str | None:
    """The code that is asked for here. Who sits at the server itself is not asked."""
    # The name as it was sent: by a name of their own that points here, pages of others could ask through this browser.
    at_home = AT_HOME.fullmatch(request.headers.get("host", "")) is not None
    code: str | None = request.app.state.setup_code
    return None if at_home and from_this_machine(request) else code


def _same(given: str, expected: str) -> bool:
    # As bytes: a cookie may hold any letters, and compare_digest takes only ASCII as text.
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())


class NotAllowedHere(NotAllowed):
    """The set-up code is missing or wrong."""


def _still_nobody(connection: Connection) -> None:
    """Asked again inside the write: of two people who finish at once, one becomes the first manager."""
    if not lab_store.lock(connection):
        raise Conflict("Give the lab its name first.")
    if people_store.count_people(connection, role=Role.MANAGER):
        raise Conflict("This lab is set up already. Sign in instead.")


def _name(connection: Connection, ctx: Context, name: str, zone: str) -> None:
    lab_store.set_up(connection, name=name, time_zone=zone, now=ctx.now())


def _step(request: Request, ctx: Context, *, error: WorkbenchError | None = None, form: Fields | None = None) -> Response:
    lab = ctx.db.read(lab_store.the_lab)
    wanted = _wanted_code(request)
    has_code = wanted is not None and not _same(request.cookies.get(COOKIE, ""), sha256(wanted))
    data: dict[str, Any] = {
        "error": error,
        "lab": lab,
        "ask_code": has_code,
        "zones": sorted(available_timezones()),
        "filled": {name: form.text(name) if form else "" for name in ("name", "code")},
        "time_zone": (form.text("time_zone") if form else "") or pages.FALLBACK_ZONE,
    }
    template = "setup/manager.html" if lab else "setup/lab.html"
    return pages.render(request, template, status=error.status if error else 200, **data)


def _project_page(
    request: Request, signed: Signed, *, error: WorkbenchError | TaskTypeError | None = None, form: Fields | None = None
) -> Response:
    types = pages.task_types(projects.askable(), signed.person.locale)
    filled = {name: form.text(name) if form else "" for name in ("name", "type", "question", "labels")}
    status = 422 if error else 200
    return pages.render(request, "setup/project.html", signed, status=status, error=error, types=types, filled=filled)
