"""The coach's screen hears of requests and blocks at once: server-sent events, or the same by asking now and then.

One look at the database every half second serves everybody who listens in this process, and a listener holds no thread.
Several server processes each look for themselves, so it does not matter which of them took the request.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from sqlalchemy.engine import Connection
from starlette.concurrency import run_in_threadpool

from workbench import coaching
from workbench.context import Context
from workbench.domain import Json, Person, Role
from workbench.store import presence
from workbench.store.presence import Mark, Snapshot
from workbench.web.access import Ctx, Signed, require, whoever

router = APIRouter(prefix="/coach", include_in_schema=False)
Coach = Annotated[Signed, Depends(require(Role.COACH))]
LOOK_SECONDS = 0.5
BEAT_SECONDS = 15.0  # a line to say that we are still there; who signed out meanwhile is let go
LONGEST_SECONDS = 600.0  # then the browser connects again by itself


class Watch:
    """One look for everybody who listens."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.snapshot: Snapshot | None = None
        self._bells: set[asyncio.Event] = set()
        self._looking: asyncio.Task[None] | None = None

    def listen(self) -> asyncio.Event:
        """A bell that rings whenever something changed; the first time at once."""
        bell = asyncio.Event()
        self._bells.add(bell)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        elif self.snapshot is not None:
            bell.set()
        return bell

    def leave(self, bell: asyncio.Event) -> None:
        """Nobody listens to this one any more."""
        self._bells.discard(bell)

    async def _look(self) -> None:
        before: Mark | None = None
        while self._bells:
            with suppress(Exception):  # the database is away for a moment: look again
                now = await run_in_threadpool(self.ctx.db.read, presence.mark)
                if now != before:
                    self.snapshot = await run_in_threadpool(self.ctx.db.read, presence.snapshot)
                    before = now
                    for bell in self._bells:
                        bell.set()
            await asyncio.sleep(LOOK_SECONDS)
        self.snapshot = None


@router.get("/stream")
async def stream(request: Request, ctx: Ctx, signed: Coach) -> Response:
    """
    What waits and who is here, whenever it changes, as server-sent events; once, for who does not ask for events.

    Who may: coach.
    """
    if "text/event-stream" not in request.headers.get("accept", ""):
        return await run_in_threadpool(now, ctx, signed)
    watch = getattr(request.app.state, "watch", None)
    if watch is None:
        watch = request.app.state.watch = Watch(ctx)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_events(request, watch, signed.person), media_type="text/event-stream", headers=headers)


@router.get("/now")
def now(ctx: Ctx, signed: Coach, since: str = "") -> Response:
    """
    The same, once; 204 while nothing changed since that version.

    Who may: coach.
    """
    snapshot = ctx.db.read(presence.snapshot)
    found = ctx.db.read(lambda connection: told(connection, snapshot, signed.person, ctx.now()))
    return Response(status_code=204) if found["version"] == since else JSONResponse(found)


async def _events(request: Request, watch: Watch, coach: Person) -> AsyncIterator[str]:
    bell, version, end = watch.listen(), "", time.monotonic() + LONGEST_SECONDS
    try:
        yield "retry: 2000\n\n"
        while time.monotonic() < end:
            try:
                await asyncio.wait_for(bell.wait(), BEAT_SECONDS)
            except TimeoutError:
                if not await _still_here(request, coach):
                    return
                yield ": still here\n\n"
            bell.clear()
            found = await run_in_threadpool(_for_coach, watch, coach)
            if found and found["version"] != version:
                version = found["version"]
                yield f"id: {version}\ndata: {json.dumps(found)}\n\n"
    finally:
        watch.leave(bell)


async def _still_here(request: Request, coach: Person) -> bool:
    signed = await whoever(request)
    return signed is not None and signed.person.id == coach.id and signed.person.has(Role.COACH)


def _for_coach(watch: Watch, coach: Person) -> dict[str, Json] | None:
    snapshot = watch.snapshot
    if snapshot is None:
        return None
    return watch.ctx.db.read(lambda connection: told(connection, snapshot, coach, watch.ctx.now()))


def told(connection: Connection, snapshot: Snapshot, coach: Person, now: int) -> dict[str, Json]:
    """What this coach is told: of their own people, those they stand in for, and those whom nobody coaches."""
    mine = set(coaching.people_of(connection, coach, now=now))
    others = {each.person_id for each in snapshot.requests} | {each.person_id for each in snapshot.here}
    mine |= presence.without_coach(connection, others - mine)
    found: dict[str, Json] = {
        "requests": [
            {
                "id": each.public_id,
                "person": each.person_public_id,
                "name": each.person_name,
                "kind": each.kind,
                "words": each.words,
                "asked_ms": each.asked_ms,
            }
            for each in snapshot.requests
            if each.person_id in mine
        ],
        "people": {
            each.person: {"block": each.block, "since_ms": each.since_ms, "until_ms": each.until_ms}
            for each in snapshot.here
            if each.person_id in mine
        },
    }
    return {"version": hashlib.blake2b(json.dumps(found).encode(), digest_size=8).hexdigest(), **found}
