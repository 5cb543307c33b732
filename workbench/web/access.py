"""Who may what: the one guard. Every route depends on it and says `Who may:` in its docstring.

`Who may:` is followed by role names with commas between them, or by "everybody signed in", or by "everybody"
(signed out too), and ends with a full stop. A test reads it and tries each route as each role.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Awaitable, Callable, Collection, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar, cast

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.engine import Connection
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, Headers
from starlette.formparsers import MultiPartException, MultiPartParser

from accessibility.sentences import noted
from workbench.context import Context
from workbench.domain import Person, Project, Role
from workbench.errors import BadInput, NotAllowed, NotFound, NotSignedIn
from workbench.people import sha256
from workbench.store import people, projects, sessions
from workbench.web.waiting import looked

T = TypeVar("T")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OF_PROXIES = ("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "forwarded", "via")
MOST_FILES = 500  # in one upload, each an open file meanwhile; more come as a zip
MOST_FIELDS = 2_000


@dataclass(frozen=True)
class Signed:
    """Who is asking. By browser: with a session and its CSRF token; by program (bearer token): without."""

    person: Person
    session_id: int | None
    csrf: str | None


async def get_ctx(request: Request) -> Context:
    """The lab that this app serves."""
    return cast(Context, request.app.state.ctx)


Ctx = Annotated[Context, Depends(get_ctx)]


@dataclass(frozen=True)
class Guard(Generic[T]):
    """A dependency that looks who is asking: before any of the body is read (`GuardFirst`), and once for each request."""

    look: Callable[[Request], Awaitable[T]]

    async def __call__(self, request: Request) -> T:
        """Who is asking. Raises what `look` raises."""
        seen: dict[object, Any] = request.scope.setdefault("state", {}).setdefault("guards", {})
        if self not in seen:
            seen[self] = await self.look(request)
        return cast(T, seen[self])


class GuardFirst(APIRoute):
    """A route that takes JSON: FastAPI itself would read the whole body before its guard has looked who sends it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request."""
        handle = super().get_route_handler()
        guards = [each.call for each in self.dependant.dependencies if isinstance(each.call, Guard)]

        async def looking_first(request: Request) -> Response:
            for guard in guards:
                await guard(request)
            return await handle(request)

        return looking_first


def require(*roles: Role) -> Guard[Signed]:
    """
    A dependency that lets in people who hold one of these roles; without roles, everybody signed in.

    Raises: NotSignedIn (401, or the way to the sign-in page), NotAllowed (403).
    """

    async def look(request: Request) -> Signed:
        signed = await whoever(request)
        if signed is None:
            raise NotSignedIn("Please sign in first: with a bearer token for a program, on the sign-in page for a person.")
        if roles and not signed.person.has(*roles):
            raise NotAllowed("This page is for somebody with another role. Go back, or ask the lab manager.")
        if is_upload(request) and "project_id" in request.path_params:
            # Before the body: not a byte is read for a project that this person may not know of.
            await run_in_threadpool(project_for, request.app.state.ctx, signed.person, request.path_params["project_id"])
        await _check_forged(request, signed)
        return signed

    return Guard(look)


async def _visitor(request: Request) -> Signed | None:
    if request.method not in SAFE and not same_origin(request.headers):
        raise NotAllowed("This form came from another site. Open the page here and try again.")
    return await whoever(request)


visitor = Guard(_visitor)
"""A dependency for routes that are open to everybody: who is asking, or None. Forms must come from our own pages."""


async def outsider(_request: Request) -> None:
    """
    A dependency for addresses to which pages of others post, from a sandbox or another server. Nobody's session counts
    there: a token in the address must say whose it is and what it is for.
    """


def bearer_token(headers: Headers) -> str | None:
    """The token of `Authorization: Bearer …`."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def cookie_name(request: Request) -> str:
    """`__Host-` binds the cookie to this very host; browsers take it on https only."""
    return "__Host-session" if request.url.scheme == "https" else "session"


def session_cookie(request: Request) -> str | None:
    """This browser's session token."""
    return request.cookies.get(cookie_name(request))


def same_origin(headers: Headers) -> bool:
    """Does this come from our own pages, as far as the browser says? Programs say nothing, which is fine."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2] == headers.get("host", "")


def from_this_machine(request: Request) -> bool:
    """Does this come from this very machine, and from no proxy on it? Behind a proxy everything comes from here."""
    if request.client is None or any(name in request.headers for name in OF_PROXIES):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


async def whoever(request: Request) -> Signed | None:
    """Who is asking, without asking for anything: for pages that greet. Forms come through `require` or `visitor`."""
    ctx: Context = request.app.state.ctx
    find = _by_token if "authorization" in request.headers else _by_cookie
    return await looked(ctx, lambda: find(ctx, request))


def _by_token(ctx: Context, request: Request) -> Signed | None:
    token = bearer_token(request.headers)
    if token is None:
        return None
    person = ctx.db.look(lambda connection: people.person_by_credential(connection, "token", sha256(token)))
    return Signed(person, None, None) if person else None


def _by_cookie(ctx: Context, request: Request) -> Signed | None:
    token = session_cookie(request)
    if token is None:
        return None
    found = ctx.db.look(lambda connection: sessions.find(connection, sha256(token), now=ctx.now()))
    return Signed(found.person, found.id, found.csrf) if found else None


def is_upload(request: Request) -> bool:
    """Does this request bring files, as far as it says?"""
    return request.headers.get("content-type", "").startswith("multipart/form-data")


class _Parser(MultiPartParser):
    spool_max_size = 64 * 1024  # hundreds of files at a time must not fill the memory: what is larger goes to disk


async def form_of(request: Request) -> FormData:
    """The form of this request, read once. Raises BadInput when it holds too many files or is broken off."""
    if hasattr(request.state, "form"):
        return cast(FormData, request.state.form)
    if is_upload(request):
        try:
            parser = _Parser(request.headers, request.stream(), max_files=MOST_FILES, max_fields=MOST_FIELDS)
            request.state.form = await parser.parse()
        except MultiPartException as error:
            words = noted("These files did not arrive whole, or are too many: 500 fit. Put them in a zip, then send that.")
            raise BadInput(words) from error
    else:
        request.state.form = await request.form(max_fields=MOST_FIELDS)
    return cast(FormData, request.state.form)


async def _check_forged(request: Request, signed: Signed) -> None:
    if request.method in SAFE or signed.csrf is None:
        return
    given = request.headers.get("x-csrf-token")
    if given is None and not request.url.path.startswith("/api/"):
        given = str((await form_of(request)).get("csrf", ""))
    if not same_origin(request.headers) or not hmac.compare_digest((given or "").encode(), signed.csrf.encode()):
        raise NotAllowed("This form is too old, or came from another site. Open the page again and repeat.")


# --- who may see what ------------------------------------------------------------------------------------------------


def may_see_project(person: Person, project: Project, clearances: Collection[int], now: int) -> bool:
    """May this person know of this project? People of a company: only of their own company's projects."""
    if person.has(Role.MANAGER):
        return True
    if person.client_id is not None or person.has(Role.CLIENT):
        return person.client_id is not None and project.client_id == person.client_id
    if person.has(Role.SUPERVISOR, Role.COACH):
        return True
    return may_see_material(person, project, clearances, now)


def may_see_material(person: Person, project: Project, clearances: Collection[int], now: int) -> bool:
    """May this person see its pictures and hear its sound? An embargo opens for cleared people and its own client only."""
    if person.client_id is not None and not person.has(Role.MANAGER):
        return project.client_id == person.client_id
    return not under_embargo(project, now) or project.id in clearances


def under_embargo(project: Project, now: int) -> bool:
    """Is the material still secret? Times are UTC ms."""
    return project.embargo_until_ms is not None and project.embargo_until_ms > now


def project_for(ctx: Context, person: Person, public_id: str) -> Project:
    """The project of this address. Raises NotFound also where this person may not know of it: the two look the same."""

    def find(connection: Connection) -> list[Project]:
        clearances = people.clearances_of(connection, person.id)
        found = projects.projects_by(connection, public_id)
        return [each for each in found if may_see_project(person, each, clearances, ctx.now())]

    seen = ctx.db.read(find)
    if len(seen) != 1:
        raise NotFound("There is no such project here, or it is not yours.")
    return seen[0]
