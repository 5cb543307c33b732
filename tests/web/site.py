"""A furnished lab with everything in it, running: for tests that look at all its pages in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fastapi import FastAPI

from tests.conftest import Clock, lab
from tests.mturk.furnish import with_bridge
from tests.web.builders import Furnished, furnish, with_coach, with_work
from tests.web.serving import serving
from tests.web.test_access import routes, who_may
from workbench.domain import Role
from workbench.web.app import create_app

FILES = ("/pdf", ".pdf", ".zip")  # no pages, and a PDF takes seconds to make


@dataclass
class Site:
    """The running lab."""

    url: str
    app: FastAPI
    here: Furnished
    clock: Clock
    deep: set[str] = field(default_factory=set)  # paths that were looked at in every theme and walked by keyboard
    seen: set[str] = field(default_factory=set)  # parts of pages (head, main, foot) that were looked at, by language
    inks: set[str] = field(default_factory=set)  # ways of writing whose contrast was judged

    def pages_of(self, role: Role | None) -> list[str]:
        """The paths that answer this role with a page."""
        gets = [route for method, route in routes(self.app) if method == "GET" and role in who_may(route)]
        named = {
            re.sub(r"{(\w+)(:\w+)?}", lambda name: self.here.paths.get(name.group(1), "no-such"), route.path) for route in gets
        }
        # The last is a client's own page, which stands in a frame of a page of ours.
        left_out = ("/api/", "/metrics", "/media/", "/language/", "/mturk/look/")
        return sorted(path for path in named if not path.startswith(left_out) and not path.endswith(FILES))


@contextmanager
def running(folder: Path) -> Iterator[Site]:
    """One furnished lab on one server; its data stand in this folder."""
    clock = Clock()
    ctx = lab(folder / "lab", clock)
    here = furnish(ctx)
    with_work(ctx, here, folder / "texts")
    with_coach(ctx, here)
    with_bridge(ctx, here)
    app = create_app(ctx)
    with serving(app) as url:
        yield Site(url, app, here, clock)
    ctx.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The lab of one module's tests."""
    with running(tmp_path_factory.mktemp("site")) as started:
        yield started
