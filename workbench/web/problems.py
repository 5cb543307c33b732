"""What went wrong, said twice: RFC 9457 problem+json for programs, a calm page for people."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException

from accessibility.sentences import noted
from task_types.errors import TaskTypeError
from workbench.domain import Json
from workbench.errors import BadInput, Invalid, NotNow, NotSignedIn, TooMany, WorkbenchError
from workbench.web import access, logs, pages
from workbench.web.languages import asked_for, told

log = logs.logger()
KNOWN = {404: noted("There is nothing at this address."), 405: noted("This address does not take that.")}
OURS = noted("Something went wrong on our side. What you had sent before is safe. Please try again in a moment.")


def install(app: FastAPI) -> None:
    """Every foreseen error of this app is answered here; `unexpected` is called by the outermost layer."""
    app.add_exception_handler(WorkbenchError, _workbench_error)
    app.add_exception_handler(TaskTypeError, _task_type_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)


def problem(status: int, title: str, detail: str, **more: Json) -> JSONResponse:
    """An RFC 9457 answer; members that are None are left out, except `until`, whose null means "not known"."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    body |= {key: value for key, value in more.items() if value is not None or key == "until"}
    return JSONResponse(body, status_code=status, media_type="application/problem+json")


def problem_of(error: WorkbenchError, locale: str) -> JSONResponse:
    """The problem document of one of our errors, in this language."""
    more: dict[str, Json] = {"field": error.field}
    if isinstance(error, NotNow):
        more |= {"reason": error.reason, "until": error.until_ms, "block": error.block}
    if isinstance(error, BadInput):
        more |= {"file": error.file, "line": error.line}
    if isinstance(error, TooMany):
        more |= {"wait_seconds": error.wait_seconds}
    answer = problem(error.status, told(locale, error.title), told(locale, error.message), **more)
    if isinstance(error, NotSignedIn):
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


async def _language(request: Request) -> str:
    """Of who reads the problem; also when the database is what is broken."""
    try:
        signed = await access.whoever(request)
    except Exception:
        signed = None
    return asked_for(request, signed.person if signed else None)


def wants_problem(request: Request) -> bool:
    """Is a program asking? The API, or anything that asks for JSON."""
    return request.url.path.startswith("/api/") or "application/json" in request.headers.get("accept", "")


async def _workbench_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, WorkbenchError)
    if wants_problem(request):
        answer: Response = problem_of(error, await _language(request))
    elif isinstance(error, NotSignedIn):
        answer = _to_sign_in(request)
    else:
        answer = await pages.error_page(request, error.status, error.message, until_ms=getattr(error, "until_ms", None))
    if isinstance(error, TooMany):
        answer.headers["Retry-After"] = str(error.wait_seconds)
    return answer


async def _task_type_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, TaskTypeError)
    return await _workbench_error(request, Invalid(error.message, field=error.field))


def _to_sign_in(request: Request) -> Response:
    # Only a page that can be asked for again is worth coming back to: of a form, the page on which it stands.
    lost = request.method not in ("GET", "HEAD")
    came_from = urlsplit(request.headers.get("referer", ""))
    here = came_from.path if lost and came_from.netloc == request.headers.get("host") else "" if lost else request.url.path
    asked = ({"next": here} if here not in ("", "/") else {}) | ({"again": "1"} if lost else {})
    return RedirectResponse("/sign-in" + (f"?{urlencode(asked, safe='/')}" if asked else ""), status_code=303)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    words = KNOWN.get(error.status_code, str(error.detail))
    answer: Response
    if wants_problem(request):
        answer = problem(error.status_code, "Not found" if error.status_code == 404 else "That did not work", words)
    else:
        answer = await pages.error_page(request, error.status_code, words)
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    return answer


async def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first: dict[str, Any] = dict(error.errors()[0])
    where = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
    words = f"{where or 'body'}: {first['msg']}. Correct it and send it again."
    if wants_problem(request):
        return problem(422, "Please check this", words, field=where or None)
    return await pages.error_page(request, 422, words)


async def unexpected(request: Request, error: Exception) -> Response:
    """A mistake of ours: logged with where it happened, told calmly, with a number to find it by."""
    request_id = getattr(request.state, "request_id", "-")
    # The route's template, not the address: that may hold a card's secret.
    route = getattr(request.scope.get("route"), "path", "-")
    log.error("unexpected", request_id=request_id, route=route, exc_info=error)
    if wants_problem(request):
        return problem(500, "Unexpected", OURS, request_id=request_id)
    return await pages.error_page(request, 500, OURS, request_id=request_id)
