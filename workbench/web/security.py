"""One pure ASGI layer around everything: security headers, body limits, the host check, request ids, log and metrics."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from accessibility.sentences import noted
from workbench.web import logs
from workbench.web.problems import problem, unexpected

log = logs.logger()
MIB = 1 << 20
SMALL_BODY = 2 * MIB
LARGE_BODY = 64 * 1024 * MIB
# These addresses, and no others that end alike: a card's secret may be any word, and /s/upload is a stranger's.
# Whoever sends much here is known first: the guard runs before the body is read.
LARGE_PATHS = re.compile(r"/(projects/[^/]+/upload|api/v1/projects/[^/]+/datasets|manager/mturk/batches/upload)")
RECORDING_PATH = re.compile(r"/work/[^/]+/recording")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})  # anybody can make up others
TOO_LARGE = noted("This is too large to send at once. Send less, or ask the lab manager to raise the limit.")
RECORDING_BODY = 65 * MIB
CAMERA_POLICY = "microphone=(self), camera=(self), geolocation=(), payment=(), usb=(), display-capture=(), browsing-topics=()"
LASTING = re.compile(r"^/assets/")
OPEN_STATIC = re.compile(r"^/(static|widgets)/")

_ALWAYS = (
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "microphone=(self), camera=(), geolocation=(), payment=(), usb=(), display-capture=(), browsing-topics=()",
    ),
)


@dataclass
class Measures:
    """What /metrics tells; a registry of its own for each app, so that tests do not share counts."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    def __post_init__(self) -> None:
        names = ("method", "route", "status")
        self.requests = Counter("workbench_requests", "Requests answered", names, registry=self.registry)
        self.seconds = Histogram("workbench_request_seconds", "Time to answer", ("route",), registry=self.registry)


class Security:
    """
    The layer itself.

    Args:
        hosts: host names this lab answers to; empty: every name.
        upload_limit: most bytes of one upload.
        pages_url: another name of this server, whose pages may stand in frames of ours; None: none.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        measures: Measures,
        hosts: Sequence[str] = (),
        upload_limit: int = LARGE_BODY,
        pages_url: str | None = None,
    ) -> None:
        self.app = app
        self.measures = measures
        self.hosts = frozenset(host.lower() for host in hosts)
        self.upload_limit = upload_limit
        self.frames = framed(pages_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = Headers(scope=scope)
        state = scope.setdefault("state", {})
        state["request_id"], state["nonce"] = secrets.token_hex(8), secrets.token_urlsafe(16)
        if scope["type"] == "websocket":
            if self._known_host(headers):
                await self.app(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 1008})
            return
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(MutableHeaders(scope=message), scope, self.frames)
            await send(message)

        try:
            refusal = self._refusal(scope, headers)
            if refusal is not None:
                await refusal(scope, receive, answer)
            else:
                await self.app(scope, _limited(receive, self._limit(scope["path"])), answer)
        except Exception as error:
            # Answered here, inside the headers: Starlette's own last resort stands outside this layer.
            if status:
                raise
            await (await unexpected(Request(scope, receive), error))(scope, receive, answer)
        finally:
            self._note(scope, status, time.perf_counter() - started)

    def _known_host(self, headers: Headers) -> bool:
        return not self.hosts or headers.get("host", "").rsplit(":", 1)[0].strip("[]").lower() in self.hosts

    def _limit(self, path: str) -> int:
        if RECORDING_PATH.fullmatch(path):
            return min(self.upload_limit, RECORDING_BODY)
        return self.upload_limit if LARGE_PATHS.fullmatch(path) else SMALL_BODY

    def _refusal(self, scope: Scope, headers: Headers) -> ASGIApp | None:
        if not self._known_host(headers):
            return problem(400, "Unknown host", "This lab does not answer to that name. Use the address you were given.")
        length = headers.get("content-length", "0")
        # A number of thousands of digits is one that int() refuses to read.
        if length.isascii() and length.isdigit() and (len(length) > 18 or int(length) > self._limit(scope["path"])):
            return _too_large
        return None

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "-")
        method = scope["method"] if scope["method"] in METHODS else "other"
        self.measures.requests.labels(method, route, str(status)).inc()
        self.measures.seconds.labels(route).observe(seconds)
        if status >= 500 or not scope["path"].startswith("/api/"):
            # The path template, not the path: an address can hold a card's secret.
            ms, request_id = round(seconds * 1000, 1), scope["state"]["request_id"]
            log.info("request", method=method, route=route, status=status, ms=ms, request_id=request_id)


def _limited(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def count() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise HTTPException(413, TOO_LARGE)  # FastAPI would make a 400 of any other error here
        return message

    return count


async def _too_large(scope: Scope, receive: Receive, send: Send) -> None:
    await problem(413, "Too large", TOO_LARGE)(scope, receive, send)


def framed(*others: str | None) -> str:
    """What may stand in a frame: our own pages, and these addresses."""
    return " ".join(["'self'", *(each for each in others if each)])


def content_security_policy(nonce: str, frames: str = "'self'") -> str:
    """Only our own files, and inline scripts that carry this page's nonce (the import map). `frames`: what may be framed."""
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' blob: data:; "
        "media-src 'self' blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
        f"frame-src {frames}; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    )


def _add_headers(headers: MutableHeaders, scope: Scope, frames: str) -> None:
    nonce, request_id = scope["state"]["nonce"], scope["state"]["request_id"]
    for name, value in _ALWAYS:
        if name not in headers:
            headers.append(name, value)
    headers.append("x-request-id", request_id)
    if scope["scheme"] == "https":
        headers.append("strict-transport-security", "max-age=31536000")
    if "content-security-policy" not in headers:
        html = headers.get("content-type", "").startswith("text/html")
        headers.append(
            "content-security-policy",
            content_security_policy(nonce, frames) if html else "default-src 'none'; frame-ancestors 'none'",
        )
    if "cache-control" not in headers:
        headers.append("cache-control", _cache(scope["path"]))


def _cache(path: str) -> str:
    if LASTING.match(path):
        return "public, max-age=86400"
    return "no-cache" if OPEN_STATIC.match(path) else "no-store"
