"""The bridge's addresses: the endpoint for requesters' programs, and pages for people."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from mturk_bridge import batch_pages, frames, manager_pages, worker_pages
from mturk_bridge.endpoint import BURST, PER_SECOND, Throttle, answer
from workbench.web.access import Ctx, visitor

router = APIRouter(include_in_schema=False)
for pages in (worker_pages, frames, batch_pages, manager_pages):
    router.routes.extend(pages.router.routes)


def throttle_of(request: Request) -> Throttle:
    """The app's own bucket, so that tests and servers do not share one."""
    if not hasattr(request.app.state, "mturk_throttle"):
        processes = request.app.state.ctx.settings.processes
        request.app.state.mturk_throttle = Throttle(max(1, BURST / processes), PER_SECOND / processes)
    found: Throttle = request.app.state.mturk_throttle
    return found


@router.post("/mturk/requester", dependencies=[Depends(visitor)])
@router.post("/mturk/requester/", dependencies=[Depends(visitor)])
async def requester_api(request: Request, ctx: Ctx, throttle: Annotated[Throttle, Depends(throttle_of)]) -> Response:
    """
    MTurk's Requester API. The signature of each request says whose it is.

    Who may: everybody.
    """
    body = await request.body()
    return await run_in_threadpool(answer, ctx, request, body, throttle)
