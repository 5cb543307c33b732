"""The app over a furnished lab, and browsers that are signed in."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.conftest import Clock, lab
from tests.web.builders import Furnished, furnish
from workbench.context import Context
from workbench.domain import Role
from workbench.web.app import create_app

SignIn = Callable[[Role | None], TestClient]


@pytest.fixture(scope="session")
def model_lab(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Furnished]:
    """A furnished lab that nobody works in: others are copied from it, which is cheaper than furnishing each."""
    folder = tmp_path_factory.mktemp("model") / "lab"
    ctx = lab(folder, Clock())
    here = furnish(ctx)
    ctx.close()
    return folder, here


@pytest.fixture
def ctx(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Context]:
    """A lab on SQLite and a local folder: a furnished one where the test asks who and what is `here`, else an empty one."""
    if "here" in request.fixturenames:
        shutil.copytree(request.getfixturevalue("model_lab")[0], tmp_path / "lab")
    context = lab(tmp_path / "lab", clock)
    yield context
    context.close()


@pytest.fixture
def here(ctx: Context, model_lab: tuple[Path, Furnished]) -> Furnished:
    """Who and what is in the lab."""
    return deepcopy(model_lab[1])


@pytest.fixture
def app(ctx: Context, here: Furnished) -> FastAPI:
    """The workbench of that lab."""
    return create_app(ctx)


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    """The event loop that answers browsers: without, each request gets a loop and a thread of its own."""
    with start_blocking_portal() as opened:
        yield opened


@pytest.fixture
def browser(app: FastAPI, here: Furnished, portal: BlockingPortal) -> SignIn:
    """A browser signed in as somebody with this one role; None: signed out."""

    def sign_in(role: Role | None) -> TestClient:
        client = TestClient(app, follow_redirects=False, client=("192.0.2.7", 5000), raise_server_exceptions=False)
        client.portal = portal
        if role is not None:
            assert client.get(here.by_role[role].link_path).status_code == 303
        return client

    return sign_in


def csrf(client: TestClient) -> str:
    """The CSRF token of this browser's session, as a page carries it."""
    found = re.search(r'name="csrf" content="([^"]+)"', client.get("/account").text)
    assert found, "the account page carries no CSRF token"
    return found.group(1)
