"""The sign-in page: a badge for workers, a card with a link, a name and password for staff. And the way out."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from accessibility.preferences import LOCALES
from workbench import sign_in, throttling
from workbench.domain import DAY_MS
from workbench.errors import NotSignedIn, TooMany, WorkbenchError
from workbench.web import pages, setup
from workbench.web.access import Ctx, Signed, cookie_name, require, session_cookie, visitor
from workbench.web.forms import Form


class WaitFirst(APIRoute):
    """A way in that answers an address which has to wait before a byte of its form is read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request."""
        handle = super().get_route_handler()

        async def waiting_first(request: Request) -> Response:
            try:
                await run_in_threadpool(throttling.must_wait, request.app.state.ctx, sign_in.tries_of(_address(request)))
            except TooMany as error:
                return await run_in_threadpool(_page, request, "", error=error)
            return await handle(request)

        return waiting_first


router = APIRouter(include_in_schema=False, dependencies=[Depends(visitor)])
ways_in = APIRouter(include_in_schema=False, dependencies=[Depends(visitor)], route_class=WaitFirst)
Visitor = Annotated[Signed | None, Depends(visitor)]


@router.get("/")
def start(ctx: Ctx, signed: Visitor) -> Response:
    """
    The way to where this person works; an empty lab's way to its set-up.

    Who may: everybody.
    """
    if signed:
        return pages.see_other(pages.home_of(signed.person))
    return pages.see_other("/setup" if setup.is_needed(ctx) else "/sign-in")


@router.get("/sign-in")
def sign_in_page(request: Request, signed: Visitor, next: str = "", out: bool = False, again: bool = False) -> Response:
    """
    Two ways in, side by side: hold a badge to the reader, or type a name and password.

    Who may: everybody.
    """
    if signed:
        return pages.see_other(next or pages.home_of(signed.person))
    return _page(request, next, out=out, again=again)


@ways_in.post("/sign-in/badge")
def by_badge(request: Request, ctx: Ctx, form: Form) -> Response:
    """
    A reader typed a badge's code and pressed Enter.

    Who may: everybody.
    """
    code, pin = form.text("badge"), form.text("pin") or None
    if "/s/" in code:  # a QR scanner that types: it read the card's link
        return _by_link(request, ctx, code.rpartition("/s/")[2], pin)
    try:
        begun = sign_in.by_badge(ctx, code, address=_address(request), pin=pin, ending=session_cookie(request))
    except (sign_in.PinNeeded, NotSignedIn, TooMany) as error:
        return _again(request, error, action="/sign-in/badge", hidden={"badge": code, "next": form.text("next")})
    return _welcome(request, begun, form.text("next"))


@ways_in.post("/sign-in/password")
def by_password(request: Request, ctx: Ctx, form: Form) -> Response:
    """
    Staff sign in with a name and a password.

    Who may: everybody.
    """
    name, secret = form.text("name"), form.secret("password")
    try:
        begun = sign_in.by_password(ctx, name, secret, address=_address(request), ending=session_cookie(request))
    except (NotSignedIn, TooMany) as error:
        return _page(request, form.text("next"), error=error, name=name)
    return _welcome(request, begun, form.text("next"))


@router.get("/s/{secret}")
def card(request: Request, ctx: Ctx, secret: str) -> Response:
    """
    The link on a card signs in at once. Where a browser only looks ahead, or another site sent it, a press is asked.

    Who may: everybody.
    """
    # A page of another site must not sign somebody in behind their back, nor a mail program by looking ahead.
    elsewhere = request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
    ahead = "prefetch" in request.headers.get("sec-purpose", "") + request.headers.get("purpose", "")
    if elsewhere or ahead:
        holder = sign_in.holder_of_link(ctx, secret)
        return pages.render(request, "sign_in/card.html", holder=holder, secret=secret, error=None)
    return _by_link(request, ctx, secret, None)


@ways_in.post("/s/{secret}")
def card_pressed(request: Request, ctx: Ctx, form: Form, secret: str) -> Response:
    """
    The button under a card, or the PIN that goes with it.

    Who may: everybody.
    """
    return _by_link(request, ctx, secret, form.text("pin") or None)


@router.post("/sign-out")
def sign_out(request: Request, ctx: Ctx, signed: Annotated[Signed, Depends(require())]) -> Response:
    """
    End this browser's session. Answers that still wait here have tokens of their own and arrive later.

    Who may: everybody signed in.
    """
    if signed.session_id is not None:
        sign_in.sign_out(ctx, signed.session_id)
    answer = pages.see_other("/sign-in?out=1")
    answer.delete_cookie(cookie_name(request), path="/", secure=_secure(request), httponly=True, samesite="lax")
    return answer


@router.get("/language/{locale}")
def language(request: Request, locale: str, next: str = "/") -> Response:
    """
    Choose a language before signing in.

    Who may: everybody.
    """
    answer = pages.see_other(next)
    if locale in LOCALES:
        answer.set_cookie("lang", locale, max_age=365 * DAY_MS // 1000, httponly=True, samesite="lax", secure=_secure(request))
    return answer


@router.get("/help")
def help_page(request: Request, signed: Visitor) -> Response:
    """
    Help: always at the same place on every page, and always with a person in it.

    Who may: everybody.
    """
    return pages.render(request, "shell/help.html", signed)


router.routes.extend(ways_in.routes)

# --- parts -----------------------------------------------------------------------------------------------------------


def _by_link(request: Request, ctx: Ctx, secret: str, pin: str | None) -> Response:
    try:
        begun = sign_in.by_link(ctx, secret, address=_address(request), pin=pin, ending=session_cookie(request))
    except sign_in.PinNeeded as error:
        return _again(request, error, action=f"/s/{secret}", hidden={})
    except (NotSignedIn, TooMany) as error:
        if error.field == "pin":
            return _again(request, error, action=f"/s/{secret}", hidden={})
        return _page(request, "", error=error)
    return _welcome(request, begun, "")


def _again(request: Request, error: WorkbenchError, *, action: str, hidden: dict[str, str]) -> Response:
    if error.field != "pin":
        return _page(request, hidden.get("next", ""), error=error)
    first = isinstance(error, sign_in.PinNeeded)
    name = error.person.name if isinstance(error, sign_in.PinNeeded) else None
    data: dict[str, Any] = {"error": None if first else error, "action": action, "hidden": hidden, "name": name}
    return pages.render(request, "sign_in/pin.html", status=200 if first else _status(error), **data)


def _page(
    request: Request,
    next: str,
    *,
    out: bool = False,
    again: bool = False,
    error: WorkbenchError | None = None,
    name: str = "",
) -> Response:
    wait = error.wait_seconds if isinstance(error, TooMany) else None
    answer = pages.render(
        request,
        "sign_in/sign_in.html",
        status=_status(error) if error else 200,
        error=error,
        name=name,
        next=next,
        wait=wait,
        out=out,
        again=again,
    )
    if wait:
        answer.headers["Retry-After"] = str(wait)
    return answer


def _welcome(request: Request, begun: sign_in.SignedIn, path: str) -> Response:
    return pages.signed_in(request, begun.token, path or pages.home_of(begun.person))


def _status(error: WorkbenchError) -> int:
    # 401 would say that a program should send a token; here a form was filled in wrongly.
    return 422 if isinstance(error, NotSignedIn) else error.status


def _secure(request: Request) -> bool:
    return request.url.scheme == "https"


def _address(request: Request) -> str:
    return request.client.host if request.client else "-"
