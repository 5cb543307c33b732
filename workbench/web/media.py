"""Pictures and sound, to people who may see them: by parts (Range), cacheable by content, never as a page.

Whoever may not see a file is told that it is not there: the two look the same.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any, cast
from urllib.parse import quote

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict
from sqlalchemy.engine import Connection

from accessibility.sentences import sentence
from workbench import derivatives, listening, submit
from workbench.context import Context
from workbench.domain import Assignment, Person, Role
from workbench.errors import NotFound
from workbench.store import media as store
from workbench.store import offering, people, projects
from workbench.store.media import Made, Medium
from workbench.web.access import Ctx, Signed, may_see_material, may_see_project, require

router = APIRouter(include_in_schema=False)
Anybody = Annotated[Signed, Depends(require())]

STAFF = (Role.MANAGER, Role.SUPERVISOR, Role.COACH)
OF_ORIGINALS = (Role.MANAGER, Role.SUPERVISOR, Role.CLIENT)
SHOWN = re.compile(r"image/(jpeg|png|webp|gif|avif)|(audio|video)/[\w.+-]+|application/json")
ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
HEADERS = {
    # An uploaded SVG or HTML file is other people's text: it may not run, load or frame anything.
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "x-content-type-options": "nosniff",
    "accept-ranges": "bytes",
    "cache-control": "private, max-age=31536000, immutable",
    # A shared workstation: what one person's session fetched is not given to the next from the browser's cache.
    "vary": "Cookie, Authorization",
}

PIECES = frozenset({"clip", "crop", "frame"})  # forms of which there are any number
Piece = tuple[float | None, ...]

AT_ONCE = 6  # threads for media: pages have the others, and do not wait for sound that is being made
MOST_QUESTIONS = 200  # of one file, that are looked through for the piece that was asked
_guard = threading.Lock()
_making: dict[tuple[object, ...], tuple[threading.Lock, int]] = {}


class Asked(BaseModel):
    """What an address says about the form: times in ms from the start of the original, places in its upright pixels."""

    model_config = ConfigDict(frozen=True)

    start_ms: int = 0
    end_ms: int | None = None
    at_ms: float | None = None
    x: int = 0
    y: int = 0
    width: int = 0
    height: int = 0

    def of(self, variant: str) -> Piece:
        """The values that make this piece another one."""
        if variant == "crop":
            return self.x, self.y, self.width, self.height
        return (self.at_ms,) if variant in ("frame", "proposals") else (self.start_ms, self.end_ms)


FORMS: Mapping[str, Callable[[Context, Medium, Asked], Made]] = {
    "upright": lambda ctx, medium, _: derivatives.picture(ctx, medium, "upright"),
    "thumbnail": lambda ctx, medium, _: derivatives.picture(ctx, medium, "thumbnail"),
    "crop": lambda ctx, medium, asked: derivatives.crop(ctx, medium, asked.x, asked.y, asked.width, asked.height),
    "frame": lambda ctx, medium, asked: derivatives.frame(ctx, medium, asked.at_ms),
    "proposals": lambda ctx, medium, asked: derivatives.proposals(ctx, medium, asked.at_ms),
    "clip": lambda ctx, medium, asked: derivatives.clip(ctx, medium, asked.start_ms, asked.end_ms),
    "play": lambda ctx, medium, _: derivatives.playable(ctx, medium),
    "poster": lambda ctx, medium, _: derivatives.overview(ctx, medium, "poster"),
    "strip": lambda ctx, medium, _: derivatives.overview(ctx, medium, "strip"),
}


def _threads(request: Request) -> CapacityLimiter:
    state = request.app.state
    if not hasattr(state, "media_threads"):
        state.media_threads = CapacityLimiter(AT_ONCE)
    return cast(CapacityLimiter, state.media_threads)


@router.get("/media/{media_id}/frames")
async def frames(
    request: Request, ctx: Ctx, signed: Anybody, media_id: str, start_ms: int = 0, end_ms: int | None = None
) -> Response:
    """
    When each frame of a piece of film is shown, as JSON.

    Who may: everybody signed in.
    """

    def find() -> dict[str, Any]:
        medium, _ = _visible(ctx, signed.person, media_id)
        with _one_at_a_time((medium.id, "frames")):
            return derivatives.frames(ctx, medium, max(0, start_ms), end_ms)

    return JSONResponse(await to_thread.run_sync(find, limiter=_threads(request)), headers=HEADERS)


@router.get("/media/{media_id}/peaks")
async def peaks(
    request: Request, ctx: Ctx, signed: Anybody, media_id: str, start_ms: int = 0, end_ms: int | None = None
) -> Response:
    """
    The waveform of a piece of sound: pairs of signed bytes, lowest and highest, 100 a second.

    Who may: everybody signed in.
    """

    def find() -> bytes:
        medium, _ = _visible(ctx, signed.person, media_id)
        with _one_at_a_time((medium.id, "peaks")):
            return derivatives.peaks(ctx, medium, max(0, start_ms), end_ms)

    data = await to_thread.run_sync(find, limiter=_threads(request))
    return Response(data, media_type="application/octet-stream", headers=HEADERS)


@router.api_route("/media/{media_id}/{variant}", methods=["GET", "HEAD"])
async def file(
    request: Request,
    ctx: Ctx,
    signed: Anybody,
    media_id: str,
    variant: str,
    asked: Annotated[Asked, Query()],
    range: Annotated[str | None, Header()] = None,
    if_none_match: Annotated[str | None, Header()] = None,
    if_range: Annotated[str | None, Header()] = None,
) -> Response:
    """
    One file: `upright`, `thumbnail` or `crop` (x, y, width, height) of a picture; `frame` (at_ms), `poster` or `strip` of a
    video; `proposals` for drawing on either; `clip` (start_ms, end_ms) or `play` of a recording; or `original`.

    Who may: everybody signed in.
    """

    def find() -> tuple[Medium, Made]:
        return _found(ctx, signed.person, media_id, variant, asked)

    medium, found = await to_thread.run_sync(find, limiter=_threads(request))
    etag = f'"{found.sha256}"'
    headers = {**HEADERS, "etag": etag, "content-disposition": _disposition(medium, found, variant)}
    if if_none_match is not None and etag in if_none_match:
        return Response(status_code=304, headers=headers)
    wanted = range if if_range is None or if_range == etag else None
    return await to_thread.run_sync(_send, ctx, found, headers, wanted)


def _found(ctx: Context, person: Person, media_id: str, variant: str, asked: Asked) -> tuple[Medium, Made]:
    medium, freely = _visible(ctx, person, media_id)
    one_of_many = variant in PIECES or (variant == "proposals" and asked.at_ms is not None)
    if one_of_many and not freely:
        _check_piece(ctx, person, medium, asked.of(variant))
    with _one_at_a_time((medium.id, variant, asked)):
        return medium, _variant(ctx, person, medium, variant, asked)


def _visible(ctx: Context, person: Person, media_id: str) -> tuple[Medium, bool]:
    """Worker: what they were handed. Client: their own. Staff: by role. Embargoed: cleared people only.

    Returns the file, and whether any piece of it may be asked for.
    """
    found = ctx.db.read(lambda connection: _may_see(connection, person, media_id, ctx.now()))
    if found is None:
        raise NotFound("There is no such file here, or it is not yours.")
    return found


def _may_see(connection: Connection, person: Person, media_id: str, now: int) -> tuple[Medium, bool] | None:
    medium = store.medium(connection, media_id)
    if medium is None:
        return None
    project = projects.project_by_id(connection, medium.project_id)
    clearances = people.clearances_of(connection, person.id)
    if not may_see_project(person, project, clearances, now) or not may_see_material(person, project, clearances, now):
        return None
    of_client = person.client_id is not None and person.client_id == project.client_id
    if of_client or person.has(*STAFF):
        return medium, True
    return (medium, False) if store.was_given(connection, medium, person.id) else None


def _check_piece(ctx: Context, person: Person, medium: Medium, asked: Piece) -> None:
    """Each piece is decoded once and kept: a worker gets those of their own questions, not any number of others."""
    given = ctx.db.read(lambda connection: store.assignments_with(connection, medium, person.id))
    length = ctx.db.read(lambda connection: listening.length_for(connection, person)) if len(asked) == 2 else None
    for public_id in given[:MOST_QUESTIONS]:
        # What a page and a dialogue play may be longer than what the payload names: a subtitle comes with its surroundings.
        assignment = _assignment(ctx, public_id)
        task_type, case = submit.case_of(assignment, person.locale)
        shown = (listening.divided(task_type.widget(case).data, length), case.payload.model_dump(mode="json"))
        if any(asked in _pieces(each, medium.public_id) for each in shown):
            return
    raise NotFound("There is no such piece of this file in your questions.")


def _assignment(ctx: Context, public_id: str) -> Assignment:
    found = ctx.db.read(lambda connection: offering.assignment_by_public_id(connection, public_id))
    assert found is not None  # its address was just read
    return found


def _pieces(value: Any, media: str) -> Iterator[Piece]:
    """What is named of this file, at any depth: a time with its end, a part of a picture, moments of a video."""
    if isinstance(value, Mapping):
        if value.get("media") == media:
            yield value.get("start_ms") or 0, value.get("end_ms")
            part = value.get("crop")
            if isinstance(part, Mapping):
                yield tuple(part.get(side) for side in ("x", "y", "width", "height"))
            yield from ((moment,) for moment in value.get("moments_ms") or ())
            yield from ((start, end) for start, end in value.get("parts") or ())
        value = list(value.values())
    if isinstance(value, list | tuple):
        for inner in value:
            yield from _pieces(inner, media)


@contextmanager
def _one_at_a_time(what: tuple[object, ...]) -> Iterator[None]:
    """Three people who ask for the same piece wait until one of them has made it."""
    with _guard:
        lock, waiting = _making.get(what, (threading.Lock(), 0))
        _making[what] = lock, waiting + 1
    try:
        with lock:
            yield
    finally:
        with _guard:
            lock, waiting = _making[what]
            _making[what] = lock, waiting - 1
            if waiting == 1:
                del _making[what]


def _variant(ctx: Context, person: Person, medium: Medium, variant: str, asked: Asked) -> Made:
    if variant == "original" and person.has(*OF_ORIGINALS):
        return Made(medium.sha256, medium.mime)
    if variant not in FORMS:
        raise NotFound(sentence('There is no form "{variant}" of this file here.', variant=variant))
    return FORMS[variant](ctx, medium, asked)


def _disposition(medium: Medium, found: Made, variant: str) -> str:
    kind = "inline" if SHOWN.fullmatch(found.mime) and variant != "original" else "attachment"
    name = medium.name.rsplit("/", 1)[-1]
    return f"{kind}; filename*=UTF-8''{quote(name)}" if variant == "original" else kind


def _send(ctx: Context, found: Made, headers: dict[str, str], wanted: str | None) -> Response:
    size = ctx.files.size(found.sha256)
    mime = found.mime if SHOWN.fullmatch(found.mime) else "application/octet-stream"
    part = _part(wanted, size)
    if part is None:
        body = ctx.files.open(found.sha256)
        return StreamingResponse(body, media_type=mime, headers={**headers, "content-length": str(size)})
    start, end = part
    if start >= end:
        return Response(status_code=416, headers={**headers, "content-range": f"bytes */{size}"})
    headers |= {"content-range": f"bytes {start}-{end - 1}/{size}", "content-length": str(end - start)}
    return StreamingResponse(ctx.files.open(found.sha256, start, end), status_code=206, media_type=mime, headers=headers)


def _part(wanted: str | None, size: int) -> tuple[int, int] | None:
    """The bytes asked for, as [start, end); None for the whole. A request for several parts gets the whole, as it may."""
    match = ONE_RANGE.fullmatch(wanted.strip()) if wanted else None
    if match is None or match.group(0) == "bytes=-":
        return None
    first, last = match.groups()
    if not first:
        return max(0, size - int(last)), size if int(last) else 0
    return int(first), min(int(last) + 1, size) if last else size
