"""The lab manager's pages: an overview, people and their cards, clients, background work."""

from __future__ import annotations

from typing import Annotated, Any

import segno
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from markupsafe import Markup
from sqlalchemy.engine import Connection

from accessibility.preferences import LOCALES
from workbench import attention, people
from workbench.context import Context
from workbench.domain import NEED_BITS, Person, Role
from workbench.errors import Invalid, NotFound, WorkbenchError
from workbench.store import audit, coaches, overviews, projects
from workbench.store import people as store
from workbench.web import pages
from workbench.web.access import Ctx, Signed, require
from workbench.web.forms import Fields, Form

router = APIRouter(prefix="/manager", include_in_schema=False)
Manager = Annotated[Signed, Depends(require(Role.MANAGER))]
USES = ("screen_reader", "braille", "magnifier", "keyboard", "switch", "symbols", "read_aloud")
READING_LEVELS = ("", "A1", "A2", "B1", "B2")


@router.get("")
def overview(request: Request, ctx: Ctx, signed: Manager) -> Response:
    """
    What there is, and the ways to it.

    Who may: manager.
    """

    def read(connection: Connection) -> dict[str, Any]:
        everything = projects.projects_of(connection, None)
        return {
            "open_projects": sum(each.status == "open" for each in everything),
            "projects": len(everything),
            "people": store.count_people(connection),
            "workers": store.count_people(connection, role=Role.WORKER),
            "clients": len(store.clients(connection)),
            "jobs": overviews.running_jobs(connection),
            "start": attention.start(connection),
        }

    waits = attention.attention(ctx, request.app.state.supply)
    return pages.render(request, "manager/overview.html", signed, waits=waits, **ctx.db.read(read))


# --- people ----------------------------------------------------------------------------------------------------------


@router.get("/people")
def list_people(request: Request, ctx: Ctx, signed: Manager, role: str = "", search: str = "", page: int = 1) -> Response:
    """
    Everybody here, by name.

    Who may: manager.
    """
    wanted = Role(role) if role in list(Role) else None
    page = max(1, page)

    def read(connection: Connection) -> list[Person]:
        return store.list_people(connection, role=wanted, page=page, search=search.strip(), page_size=store.PAGE + 1)

    found = ctx.db.read(read)
    data: dict[str, Any] = {
        "people": found[: store.PAGE],
        "more": len(found) > store.PAGE,
        "page": page,
        "role": role,
        "search": search,
    }
    return pages.render(request, "manager/people.html", signed, **data, roles=list(Role))


@router.get("/people/new")
def new_person(request: Request, ctx: Ctx, signed: Manager) -> Response:
    """
    Add somebody.

    Who may: manager.
    """
    return _new_page(request, ctx, signed)


@router.post("/people")
def add_person(request: Request, ctx: Ctx, signed: Manager, form: Form) -> Response:
    """
    Add somebody; the card to print comes next, shown this once.

    Who may: manager.
    """
    try:
        roles = _roles(form)
        company = form.text("client") or None
        locale = _locale(form)
        enrolled = people.enrol(ctx, form.text("name"), roles, client=company, locale=locale, by=signed.person)
    except WorkbenchError as error:
        return _new_page(request, ctx, signed, error=error, form=form)
    card = people.Card(enrolled.person, enrolled.link_path, enrolled.badge_code or "")
    return _card_page(request, signed, card)


@router.get("/people/{person_id}")
def person_page(request: Request, ctx: Ctx, signed: Manager, person_id: str, saved: bool = False) -> Response:
    """
    One person: roles, language, what they use and need, how they sign in.

    Who may: manager.
    """
    return _person_page(request, ctx, signed, _person(ctx, person_id), saved=saved)


@router.post("/people/{person_id}")
def change_person(request: Request, ctx: Ctx, signed: Manager, form: Form, person_id: str) -> Response:
    """
    Change name, roles, language and company.

    Who may: manager.
    """
    person = _person(ctx, person_id)

    def change(connection: Connection) -> None:
        roles = _roles(form)
        if not form.text("name"):
            raise Invalid("Please give a name.", field="name")
        if person.id == signed.person.id and Role.MANAGER not in roles:
            raise Invalid("You cannot take the manager role from yourself. Ask another manager.", field="roles")
        client_id = _company(connection, form.text("client"), roles)
        store.update_person(connection, person.id, name=form.text("name"), locale=_locale(form), client_id=client_id)
        store.set_roles(connection, person.id, roles)
        if Role.COACH not in roles:
            coaches.end_coach(connection, person.id, now=ctx.now())
        people.log(connection, ctx, signed.person, "person.change", person, roles=sorted(roles))

    return _done(request, ctx, signed, person, lambda: ctx.db.write(change))


@router.post("/people/{person_id}/profile")
def change_profile(request: Request, ctx: Ctx, signed: Manager, form: Form, person_id: str) -> Response:
    """
    What this person uses and needs, as they chose it with the coach. There is no diagnosis field.

    Who may: manager.
    """
    person = _person(ctx, person_id)
    profile = {
        **person.profile,
        "cannot_use": [need for need in form.all("cannot_use") if need in NEED_BITS],
        "uses": [each for each in form.all("uses") if each in USES],
        "reading_level": form.text("reading_level") if form.text("reading_level") in READING_LEVELS else "",
        "topics_off": [line.strip()[:60] for line in form.text("topics_off").splitlines() if line.strip()],
    }

    def change(connection: Connection) -> None:
        store.update_profile(connection, person.id, profile)
        # What was chosen may be health data: the record says that it changed, not into what.
        people.log(connection, ctx, signed.person, "person.profile", person)

    return _done(request, ctx, signed, person, lambda: ctx.db.write(change))


@router.post("/people/{person_id}/card")
def new_card(request: Request, ctx: Ctx, signed: Manager, person_id: str) -> Response:
    """
    A new card to print; the old one stops working.

    Who may: manager.
    """
    return _card_page(request, signed, people.new_card(ctx, _person(ctx, person_id), by=signed.person))


@router.post("/people/{person_id}/badge")
def register_badge(request: Request, ctx: Ctx, signed: Manager, form: Form, person_id: str) -> Response:
    """
    Let a card that this person already has sign them in.

    Who may: manager.
    """
    person = _person(ctx, person_id)
    return _done(request, ctx, signed, person, lambda: people.register_badge(ctx, person, form.text("badge"), by=signed.person))


@router.post("/people/{person_id}/pin")
def set_pin(request: Request, ctx: Ctx, signed: Manager, form: Form, person_id: str) -> Response:
    """
    A PIN next to the badge, where the lab wants one; empty takes it away.

    Who may: manager.
    """
    person = _person(ctx, person_id)
    pin = form.text("pin") or None
    return _done(request, ctx, signed, person, lambda: people.set_pin(ctx, person, pin, by=signed.person))


@router.post("/people/{person_id}/password")
def set_password(request: Request, ctx: Ctx, signed: Manager, form: Form, person_id: str) -> Response:
    """
    A first or new password for somebody.

    Who may: manager.
    """
    person = _person(ctx, person_id)
    secret = form.secret("password")
    return _done(request, ctx, signed, person, lambda: people.set_password(ctx, person, secret, by=signed.person))


@router.post("/people/{person_id}/token")
def new_token(request: Request, ctx: Ctx, signed: Manager, person_id: str) -> Response:
    """
    An API token for a program of this person; shown this once.

    Who may: manager.
    """
    person = _person(ctx, person_id)
    token = people.new_token(ctx, person, label="page", by=signed.person)
    return _person_page(request, ctx, signed, person, token=token)


@router.post("/people/{person_id}/end")
def end_person(request: Request, ctx: Ctx, signed: Manager, person_id: str) -> Response:
    """
    Somebody leaves: nothing signs them in any more; their work stays.

    Who may: manager.
    """
    person = _person(ctx, person_id)
    if person.id == signed.person.id:
        error = Invalid("You cannot end yourself. Ask another manager.")
        return _person_page(request, ctx, signed, person, error=error)
    people.end(ctx, person, by=signed.person)
    return pages.see_other("/manager/people")


# --- clients and background work -------------------------------------------------------------------------------------


@router.get("/clients")
def list_clients(request: Request, ctx: Ctx, signed: Manager) -> Response:
    """
    The companies that bring datasets.

    Who may: manager.
    """
    return pages.render(request, "manager/clients.html", signed, clients=ctx.db.read(store.clients), error=None, name="")


@router.post("/clients")
def add_client(request: Request, ctx: Ctx, signed: Manager, form: Form) -> Response:
    """
    A new client.

    Who may: manager.
    """
    name = form.text("name")

    def add(connection: Connection) -> None:
        if not name or len(name) > 200:
            raise Invalid("Please give a name of at most 200 characters.", field="name")
        added = store.add_client(connection, name=name, now=ctx.now())
        audit.record(connection, now=ctx.now(), person_id=signed.person.id, action="client.add", subject=added.public_id)

    try:
        ctx.db.write(add)
    except WorkbenchError as error:
        known = ctx.db.read(store.clients)
        return pages.render(request, "manager/clients.html", signed, status=error.status, clients=known, error=error, name=name)
    return pages.see_other("/manager/clients")


@router.get("/jobs")
def list_jobs(request: Request, ctx: Ctx, signed: Manager) -> Response:
    """
    Work in the background, newest first.

    Who may: manager.
    """
    return pages.render(request, "manager/jobs.html", signed, jobs=ctx.db.read(overviews.jobs))


# --- parts -----------------------------------------------------------------------------------------------------------


def qr(text: str) -> Markup:
    """A QR code as SVG without inline style."""
    return Markup(segno.make(text, error="m").svg_inline(omitsize=True, border=2, lineclass=None, svgclass=None))  # noqa: S704 - drawn by segno from modules, holds no text


def _person(ctx: Context, public_id: str) -> Person:
    found = ctx.db.read(lambda connection: store.person_by_public_id(connection, public_id))
    if not found.name:  # erased: an empty row, about which nothing can be said or changed
        raise NotFound("There is no such person here.")
    return found


def _roles(form: Fields) -> frozenset[Role]:
    chosen = frozenset(Role(role) for role in form.all("roles") if role in list(Role))
    if not chosen:
        raise Invalid("Please choose at least one role.", field="roles")
    return chosen


def _company(connection: Connection, name: str, roles: frozenset[Role]) -> int | None:
    people.check_company(roles, name)
    if Role.CLIENT not in roles:
        return None
    found = store.client_by_name(connection, name)
    if found is None:
        raise Invalid("There is no client with that name. Choose one of the list, or make it first.", field="client")
    return found.id


def _locale(form: Fields) -> str:
    return form.text("locale") if form.text("locale") in LOCALES else LOCALES[0]


def _done(request: Request, ctx: Context, signed: Signed, person: Person, act: Any) -> Response:
    try:
        act()
    except WorkbenchError as error:
        return _person_page(request, ctx, signed, person, error=error)
    return pages.see_other(f"/manager/people/{person.public_id}?saved=1")


def _new_page(
    request: Request, ctx: Context, signed: Signed, *, error: WorkbenchError | None = None, form: Fields | None = None
) -> Response:
    data: dict[str, Any] = {
        "roles": list(Role),
        "clients": ctx.db.read(store.clients),
        "chosen": form.all("roles") if form else ["worker"],
        "name": form.text("name") if form else "",
        "company": form.text("client") if form else "",
        "error": error,
    }
    return pages.render(request, "manager/new_person.html", signed, status=error.status if error else 200, **data)


def _card_page(request: Request, signed: Signed, card: people.Card) -> Response:
    # On paper stands where the lab is reached, also when the card is made on the server itself, as "localhost".
    link = (request.app.state.ctx.settings.public_url or str(request.base_url).rstrip("/")) + card.link_path
    return pages.render(request, "manager/card.html", signed, card=card, link=link, qr=qr(link))


def _person_page(
    request: Request,
    ctx: Context,
    signed: Signed,
    person: Person,
    *,
    error: WorkbenchError | None = None,
    saved: bool = False,
    token: str | None = None,
) -> Response:
    def read(connection: Connection) -> dict[str, Any]:
        held = store.credentials_of(connection, person.id)
        company = store.client_by_id(connection, person.client_id).name if person.client_id else ""
        return {"kinds": {each.kind for each in held}, "company": company, "clients": store.clients(connection)}

    data: dict[str, Any] = {
        "somebody": person,
        "roles": list(Role),
        "needs": list(NEED_BITS),
        "uses": USES,
        "reading_levels": READING_LEVELS,
        "error": error,
        "saved": saved,
        "token": token,
    }
    status = error.status if error else 200
    return pages.render(request, "manager/person.html", signed, status=status, **data, **ctx.db.read(read))
