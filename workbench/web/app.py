"""The application: routers, errors and the security layer, put together."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import workbench_assets  # type: ignore[import-untyped]  # put there by the build hook
from fastapi import APIRouter, FastAPI

from task_types import plug_ins
from workbench.attention import Supply
from workbench.context import Context
from workbench.web import (
    account,
    api,
    api_results,
    api_work,
    attendance,
    belonging,
    certificates,
    coach,
    coach_person,
    data,
    day,
    day_api,
    gold,
    group_week,
    groups,
    guiding,
    health,
    house_style,
    house_style_api,
    instructions,
    limits,
    manager,
    manager_coaches,
    media,
    names,
    pages,
    pay,
    person_plan,
    practice,
    privacy,
    problems,
    projects,
    quality,
    reports,
    setup,
    sign_in,
    steps,
    stream,
    supervisor,
    symbols,
    together,
    voice,
    with_coach,
    worker,
)
from workbench.web.browser_files import STATIC, WIDGETS, BrowserFiles
from workbench.web.security import LARGE_BODY, Measures, Security

PLUG_INS = "workbench.routers"  # the bridge hangs its routes on here, so that nothing imports it


def create_app(
    ctx: Context,
    *,
    hosts: Sequence[str] = (),
    setup_code: str | None = None,
    upload_limit: int = LARGE_BODY,
) -> FastAPI:
    """
    The workbench over HTTP.

    Args:
        hosts: host names to answer to; empty: every name.
        setup_code: what the first set-up asks for from elsewhere; None: nothing, for a lab that has its manager.
        upload_limit: most bytes of one upload.
    """
    routers = _routers()
    app = FastAPI(
        title="AI Annotation Lab workbench",
        lifespan=_of_all(routers),
        version=version("annotation-lab"),
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # it loads scripts from elsewhere
        redoc_url=None,
    )
    measures = Measures()
    app.state.ctx, app.state.measures, app.state.setup_code = ctx, measures, setup_code
    app.state.zone, app.state.supply = pages.zone_of_lab(ctx), Supply()
    app.add_middleware(Security, measures=measures, hosts=hosts, upload_limit=upload_limit, pages_url=ctx.settings.pages_url)
    problems.install(app)
    # A module's routes are ready when it is imported. Including its router would analyse them once more for every application,
    # a third of a second at its first request, and ask each router in turn at each request.
    app.router.routes.extend(route for router in routers for route in router.routes)
    app.mount("/static", BrowserFiles(directory=STATIC), name="static")
    app.mount("/assets", BrowserFiles(directory=Path(next(iter(workbench_assets.__path__)))), name="assets")
    app.mount("/widgets", BrowserFiles(directory=WIDGETS), name="widgets")
    return app


def _of_all(routers: Sequence[APIRouter]) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as begun:
            for router in routers:
                await begun.enter_async_context(router.lifespan_context(app))
            yield

    return lifespan


def new_setup_code() -> str:
    """A one-time code for the first set-up, to be read from the server's own screen and typed."""
    return "-".join(secrets.token_hex(2) for _ in range(4))


def _routers() -> list[APIRouter]:
    # The hot path first: routes are tried in this order.
    ours: tuple[Any, ...] = (
        api_work,
        api,
        api_results,
        day_api,
        day,
        worker,
        media,
        sign_in,
        setup,
        account,
        projects,
        house_style,
        house_style_api,
        steps,
        quality,
        gold,
        practice,
        data,
        manager,
        manager_coaches,
        symbols,
        coach,
        stream,
        attendance,
        groups,
        group_week,
        person_plan,
        coach_person,
        with_coach,
        limits,
        supervisor,
        instructions,
        names,
        together,
        belonging,
        guiding,
        voice,
        pay,
        certificates,
        reports,
        privacy,
        health,
    )
    plugged_in = [point.load() for point in plug_ins.points(PLUG_INS)]
    return [module.router for module in ours] + plugged_in
