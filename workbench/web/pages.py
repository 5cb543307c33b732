"""Pages out of templates: language, look and nonce of this request filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader, StrictUndefined

from accessibility.preferences import html_attributes, preferences
from accessibility.sentences import unpacked
from task_types import plug_ins, registry
from workbench.context import Context
from workbench.domain import Person, Role
from workbench.errors import TooMany
from workbench.store import lab
from workbench.web import access
from workbench.web.access import Signed
from workbench.web.browser_files import WIDGETS, version
from workbench.web.languages import NAMES, locale_of, say, told, translations

HOMES = {
    Role.WORKER: "/work",
    Role.COACH: "/coach",
    Role.SUPERVISOR: "/supervisor",
    Role.CLIENT: "/projects",
    Role.MANAGER: "/manager",
}
FALLBACK_ZONE = "Europe/Amsterdam"


def render(request: Request, template: str, signed: Signed | None = None, *, status: int = 200, **data: Any) -> HTMLResponse:
    """
    A page. Templates find, next to `data`: `_`, `ngettext`, `locale`, `person` (None: signed out), `csrf`, `nonce`,
    `look` (attributes of <html>), `homes`, and the filters `said`, `day`, `clock`, `date`, `money`, `number`.
    """
    person = signed.person if signed else None
    locale = locale_of(request, person)
    context = {
        "request": request,
        "path": request.url.path,
        "person": person,
        "csrf": signed.csrf if signed else None,
        "locale": locale,
        "languages": NAMES,
        "nonce": request.state.nonce,
        "look": html_attributes(preferences(person.preferences if person else {})),
        "homes": homes(person),
        "plugged_in": links(),
        "zone": request.app.state.zone,
    }
    return HTMLResponse(environment(locale).get_template(template).render(context | data), status_code=status)


def words(request: Request, signed: Signed | None, text: str, **values: object) -> str:
    """One message in the language of who is asking: for texts made in Python."""
    return say(locale_of(request, signed.person if signed else None), text, **values)


def home_of(person: Person) -> str:
    """Where this person starts: their part of the workbench; for a worker who wants that, work by voice."""
    if person.has(Role.WORKER) and (person.preferences.get("voice") or {}).get("first") is True:
        return "/voice"
    return next((path for role, path in HOMES.items() if person.has(role)), "/account")


def homes(person: Person | None) -> Mapping[str, str]:
    """The parts of the workbench by role; empty where it is not theirs."""
    return {str(role): path if person and person.has(role) else "" for role, path in HOMES.items()}


@lru_cache
def links() -> Mapping[str, Sequence[tuple[str, str]]]:
    """What plug-ins hang on a home, by role: addresses with what they are called."""
    found: dict[str, list[tuple[str, str]]] = {str(role): [] for role in HOMES}
    for point in plug_ins.points("workbench.links"):
        for role, added in point.load().items():
            found[role] += added
    return found


def see_other(path: str) -> RedirectResponse:
    """After a form: go and look. Only ever a path of our own."""
    safe = path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"
    return RedirectResponse(safe, status_code=303)


def signed_in(request: Request, token: str, path: str) -> RedirectResponse:
    """Off to work, with the session's cookie. The token is in the cookie and nowhere else."""
    answer = see_other(path)
    # No lifetime: the cookie of a shared workstation ends with the browser; the server ends it after a long day.
    secure = request.url.scheme == "https"
    answer.set_cookie(access.cookie_name(request), token, path="/", secure=secure, httponly=True, samesite="lax")
    return answer


def task_types(names: Sequence[str], locale: str) -> list[tuple[str, str]]:
    """Task types by name, with what people call them."""
    titles = ((name, registry.get(name).title) for name in names)
    return sorted(((name, title.get(locale) or title["en"]) for name, title in titles), key=lambda each: each[1].lower())


async def error_page(
    request: Request, status: int, message: str, *, until_ms: int | None = None, request_id: str | None = None
) -> HTMLResponse:
    """The calm page for when something does not work; it must itself work whatever is broken."""
    try:
        signed = await access.whoever(request)
    except Exception:  # the database may be what is broken
        signed = None
    data = {"status_code": status, "message": message, "until_ms": until_ms, "request_id": request_id}
    return render(request, "shell/error.html", signed, status=status, **data)


@lru_cache
def environment(locale: str) -> Environment:
    """The templates in one language. Everything is escaped; an unknown name is an error, not an empty place."""
    plugged_in = [PackageLoader(point.module) for point in plug_ins.points("workbench.templates")]
    loader = ChoiceLoader([PackageLoader("workbench"), PrefixLoader({"widgets": FileSystemLoader(WIDGETS)}), *plugged_in])
    made = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["zip"] = zip
    made.globals["points"] = points
    made.globals["static"], made.globals["widgets"] = f"/static/{version()}", f"/widgets/{version()}"
    made.install_gettext_translations(translations(locale), newstyle=True)  # type: ignore[attr-defined]
    # For texts that come from elsewhere (an error's sentence): translated when known, never taken for HTML or a format.
    made.filters["said"] = lambda text: _said(text, locale)
    made.filters["day"] = lambda ms, zone: format_date(_moment(ms, zone), "d MMMM yyyy", locale=locale)
    made.filters["clock"] = lambda ms, zone: _moment(ms, zone).strftime("%H:%M")  # the same in both; a board has hundreds
    made.filters["date"] = lambda day: format_date(_date(day), "d MMMM yyyy", locale=locale)
    made.filters["money"] = lambda amount: format_currency(amount, "EUR", locale=locale)
    made.filters["weekday"] = lambda ms, zone: format_date(_moment(ms, zone), "EEEE", locale=locale)
    made.filters["number"] = lambda value: format_decimal(value, locale=locale)
    return made


def _said(text: object, locale: str) -> str:
    if isinstance(text, TooMany):
        spoken = translations(locale).ngettext(
            "Too many tries. Please wait %(num)s second, then try again.",
            "Too many tries. Please wait %(num)s seconds, then try again.",
            text.wait_seconds,
        )
        return spoken % {"num": text.wait_seconds}
    message = unpacked(getattr(text, "message", text))
    return told(locale, message if isinstance(message, str) else str(message)) if message else ""


def zone_of_lab(ctx: Context) -> str:
    """The lab's time zone; a lab that is not set up yet is in Hilversum."""
    found = ctx.db.read(lab.the_lab)
    return found.time_zone if found else FALLBACK_ZONE


def _date(day: date | str) -> date:
    return date.fromisoformat(day) if isinstance(day, str) else day


def _moment(ms: int, zone: str) -> datetime:
    return datetime.fromtimestamp(ms / 1000, tz=UTC).astimezone(ZoneInfo(zone))


def points(curve: Sequence[Mapping[str, float]], size: int = 200, edge: int = 30) -> list[tuple[float, float]]:
    """Where a calibration curve's points lie in a drawing of so many units, (0, 0) top left."""
    return [(round(edge + one["shown"] * size, 1), round(edge + (1 - one["right"]) * size, 1)) for one in curve]
