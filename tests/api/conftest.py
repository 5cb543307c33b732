"""The API over real HTTP: a server in a thread, and a program with a bearer token for each person."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.web.serving import serving
from workbench import people
from workbench.context import Context
from workbench.domain import Role
from workbench.web.app import create_app

Caller = Callable[..., httpx.Client]


@pytest.fixture
def server(ctx: Context) -> Iterator[str]:
    """The address of this lab's API."""
    with serving(create_app(ctx)) as url:
        yield f"{url}/api/v1"


@pytest.fixture
def caller(ctx: Context, server: str) -> Iterator[Caller]:
    """A program of a new person; without a role: of nobody."""
    opened: list[httpx.Client] = []

    def call(name: str = "Noor", role: Role | None = Role.WORKER) -> httpx.Client:
        headers = {}
        if role is not None:
            made = people.enrol(ctx, name, [role], client=name if role is Role.CLIENT else None, locale="en")
            headers["Authorization"] = f"Bearer {made.token}"
        # No environment: a proxy of this machine must not come between.
        opened.append(httpx.Client(base_url=server, headers=headers, trust_env=False, timeout=30))
        return opened[-1]

    yield call
    for client in opened:
        client.close()
