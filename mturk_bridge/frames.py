"""
A requester's page in its frame: a sandbox without an origin, with a policy and an address of its own.

The frame's first address asks who is there, by cookie, and leads on to one that carries a token: from then on nothing of
the session is in reach. A page that took the browser with it the last time, the page around says so, is not opened a second
time by itself. ADR 10 tells why.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import workbench_assets  # type: ignore[import-untyped]  # put there by the build hook
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from mturk_bridge import migrations, tokens
from mturk_bridge.ids import assignment_id as protocol_id
from mturk_bridge.ids import worker_id
from mturk_bridge.kinds.html import LONGEST_NAME, MOST_FIELDS, HtmlCase, HtmlPayload
from mturk_bridge.pages import framing
from mturk_bridge.store import blocked, hits
from workbench import assign, submit
from workbench.context import Context
from workbench.domain import Assignment, Person, Role
from workbench.errors import Conflict, KeyReused, NotFound, WorkbenchError
from workbench.store import people
from workbench.web import pages
from workbench.web.access import Ctx, Signed, form_of, outsider, require, visitor

router = APIRouter(prefix="/mturk", include_in_schema=False)
Worker = Annotated[Signed, Depends(require(Role.WORKER))]

SHOWN = Path(__file__).parent / "shown"
LIBRARIES = {
    "jquery.js": "jquery.js",
    "bootstrap.js": "bootstrap.js",
    "bootstrap.css": "bootstrap.css",
    "axe.js": "axe.js",
}
KINDS = {".js": "text/javascript", ".css": "text/css"}
# A page without an origin is a stranger to this lab: what is made for it says that strangers may load it.
FOR_STRANGERS = {"cross-origin-resource-policy": "cross-origin", "access-control-allow-origin": "*", "cache-control": "no-cache"}
OF_A_FRAME = {"referrer-policy": "no-referrer", "cache-control": "no-store", "permissions-policy": "microphone=(), camera=()"}
MOST_REPORT_BYTES = 20_000


@router.get("/frame/{assignment_id}")
def frame(request: Request, ctx: Ctx, signed: Worker, assignment_id: str, stopped: bool = False) -> Response:
    """
    The way to a question's page: here, or on the requester's own server; or a stop before one that went wrong the last time.

    Who may: worker.
    """
    migrations.ready(ctx)
    assignment = assign.shown_assignment(ctx, signed.person, assignment_id)
    payload = _case(assignment).payload
    ours = {request.url.hostname, urlsplit(ctx.settings.pages_url or "").hostname}
    if payload.url and urlsplit(payload.url).hostname in ours:
        raise Conflict("This page says that it is on another server, and names this lab. It is not shown.")
    token = tokens.token_of(ctx, assignment.public_id)
    here = _here(request) if payload.url else _of_pages(ctx, request)
    told = framing.parameters(*_named(ctx, assignment, signed.person), submit_to=f"{here}/mturk/to/{token}")
    if payload.url:
        return RedirectResponse(framing.elsewhere(payload.url, told), status_code=303, headers=OF_A_FRAME)
    address = f"{here}/mturk/to/{token}?{told}"
    if stopped:
        ctx.db.write(lambda connection: blocked.note(connection, assignment.project_id, blocked.STOPPED, "", ctx.now()))
        return _stop_before(request, signed, address)
    return RedirectResponse(address, status_code=303, headers=OF_A_FRAME)


@router.get("/to/{token}", dependencies=[Depends(visitor)])
def page(request: Request, ctx: Ctx, token: str) -> Response:
    """
    A requester's page, filled in, in its sandbox. The token says whose assignment it is.

    Who may: everybody.
    """
    assignment = tokens.assignment_of(ctx, token)
    case = _case(assignment)
    sha256 = case.payload.page or case.settings.page
    if sha256 is None:
        raise NotFound("This question's page is on another server.")
    address = f"{_of_pages(ctx, request)}/mturk/to/{token}"
    shown = framing.policy(f"{address}/mturk/externalSubmit", f"{address}/blocked", case.settings.hosts, around=_around(ctx))
    return _document(ctx, sha256, case.payload.variables, shown, case.settings.html_columns)


@router.get("/look/{sha256}", dependencies=[Depends(require())])
def look(request: Request, ctx: Ctx, sha256: str) -> Response:
    """
    A requester's page as a preview: nobody's assignment, and nothing can be sent.

    Who may: everybody signed in.
    """
    migrations.ready(ctx)
    if ctx.settings.pages_url:
        query = f"?{request.url.query}" if request.url.query else ""
        address = f"{ctx.settings.pages_url}/mturk/seen/{tokens.token_of_page(ctx, sha256)}{query}"
        return RedirectResponse(address, status_code=303, headers=OF_A_FRAME)
    return _document(ctx, sha256, dict(request.query_params), framing.policy("'none'"))


@router.get("/seen/{token}", dependencies=[Depends(visitor)])
def seen(request: Request, ctx: Ctx, token: str) -> Response:
    """
    The same preview under the lab's other name, where nobody is signed in: the token says that somebody was.

    Who may: everybody.
    """
    sha256 = tokens.page_of(ctx, token)
    migrations.ready(ctx)
    policy = framing.policy("'none'", around=_around(ctx))
    return _document(ctx, sha256, dict(request.query_params), policy)


@router.post("/to/{token}/mturk/externalSubmit", dependencies=[Depends(outsider)])
async def external_submit(request: Request, ctx: Ctx, token: str) -> Response:
    """
    MTurk's own address for answers, for pages elsewhere and forms that go there by themselves. It takes one answer; the
    token says whose.

    Who may: everybody.
    """
    given = await _fields(request) if tokens.fits(ctx, token) else {}  # nothing is read for a stranger
    signed, error = await run_in_threadpool(_take, ctx, token, given)
    settling = getattr(request.app.state, "settling", None)
    if settling is not None and error is None:
        settling.wake()
    status = error.status if error else 201
    page = pages.render(request, "mturk/sent.html", signed, status=status, error=error)
    page.headers["content-security-policy"] = _in_a_frame(request.state.nonce)
    return page


async def _fields(request: Request) -> dict[str, Any]:
    """What the page's form sent."""
    form = await form_of(request)
    fields: dict[str, Any] = {}
    for name, value in form.multi_items():
        if isinstance(value, str) and name != "assignmentId" and len(name) <= LONGEST_NAME:
            fields.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in list(fields.items())[:MOST_FIELDS]}


@router.post("/to/{token}/blocked", status_code=204, dependencies=[Depends(outsider)])
async def report_blocked(request: Request, ctx: Ctx, token: str) -> Response:
    """
    What the browser kept from a page: where it wanted to go is kept for who owns the project.

    Who may: everybody.
    """
    body = await request.body() if tokens.fits(ctx, token) else b""
    if body and len(body) <= MOST_REPORT_BYTES:
        await run_in_threadpool(_note_blocked, ctx, token, body)
    return Response(status_code=204)


@router.get("/shown/{name}", dependencies=[Depends(visitor)])
def shown(name: str) -> Response:
    """
    A script or a style that requester's pages load from this lab.

    Who may: everybody.
    """
    path = SHOWN / name
    if path.parent != SHOWN or path.suffix not in KINDS or not path.is_file():
        raise NotFound("There is no such file here.")
    return FileResponse(path, media_type=KINDS[path.suffix], headers=FOR_STRANGERS)


@router.get("/shown/lib/{library}", dependencies=[Depends(visitor)])
def shown_library(library: str) -> Response:
    """
    A library that many requester's pages load from elsewhere, from this lab.

    Who may: everybody.
    """
    path = Path(next(iter(workbench_assets.__path__))) / LIBRARIES.get(library, "")
    if not path.is_file():
        raise NotFound("There is no such library here.")
    return FileResponse(path, media_type=KINDS[path.suffix], headers=FOR_STRANGERS)


# --- what stands behind ----------------------------------------------------------------------------------------------


def _case(assignment: Assignment) -> HtmlCase:
    case = submit.case_of(assignment, "en")[1]
    if not isinstance(case.payload, HtmlPayload):
        raise NotFound("This question has no page of a requester.")
    return case


def _named(ctx: Context, assignment: Assignment, person: Person) -> tuple[str, str, str]:
    """AssignmentId, HITId and WorkerId, as the requester's program knows them."""
    hit = ctx.db.read(lambda connection: hits.of_microtask(connection, assignment.microtask.id))
    if hit is None:
        who = worker_id(ctx.secret(), 0, assignment.project_id, person.id)
        return protocol_id(assignment.public_id), protocol_id(assignment.microtask.public_id), who
    who = worker_id(ctx.secret(), hit.type.requester_id, hit.type.id, person.id)
    return protocol_id(assignment.public_id), hit.hit_id, who


def _here(request: Request) -> str:
    """This lab as its name was asked for, whole: neither another server nor a policy knows paths by themselves."""
    return f"{request.url.scheme}://{request.headers.get('host', request.url.netloc)}"


def _of_pages(ctx: Context, request: Request) -> str:
    """The name under which pages of others are shown: another one than people's own, where the lab has one."""
    return ctx.settings.pages_url or _here(request)


def _around(ctx: Context) -> str:
    """Who may frame a page: this lab, by whatever name it is reached where it has another one for pages."""
    return "*" if ctx.settings.pages_url else "'self'"


def _stop_before(request: Request, signed: Signed, address: str) -> Response:
    page = pages.render(request, "mturk/stopped.html", signed, address=address)
    page.headers["content-security-policy"] = _in_a_frame(request.state.nonce)
    return page


def _document(ctx: Context, sha256: str, values: Mapping[str, str], policy: str, raw: Collection[str] = ()) -> Response:
    html = ctx.db.read(lambda connection: hits.page(connection, sha256))
    if html is None:
        raise NotFound("There is no such page here.")
    return HTMLResponse(framing.document(html, values, raw), headers={**OF_A_FRAME, "content-security-policy": policy})


def _take(ctx: Context, token: str, fields: Mapping[str, Any]) -> tuple[Signed | None, WorkbenchError | None]:
    """The one door. Whose answer it was, for their language; an error is shown in the frame, where they look."""
    signed = None
    try:
        assignment = tokens.assignment_of(ctx, token)
        person = ctx.db.read(lambda connection: people.person_by_id(connection, assignment.person_id))
        signed = Signed(person, None, None)
        # One answer for each token: another one is no newer revision, whoever knows the address.
        key = f"page-{assignment.public_id}"
        submit.submit(ctx, person, assignment.public_id, {"fields": fields}, key=key, via="bridge")
    except KeyReused:
        return signed, Conflict("Your first answer is kept. There is nothing more to do here.")
    except WorkbenchError as error:
        return signed, error
    return signed, None


def _note_blocked(ctx: Context, token: str, body: bytes) -> None:
    try:
        assignment = tokens.assignment_of(ctx, token)
        what, where = blocked.read(body)
    except (WorkbenchError, ValueError):
        return
    ctx.db.write(lambda connection: blocked.note(connection, assignment.project_id, what, where, ctx.now()))


def _in_a_frame(nonce: str) -> str:
    return f"default-src 'none'; style-src 'self'; script-src 'nonce-{nonce}'; frame-ancestors *; base-uri 'none'"
