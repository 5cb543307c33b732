"""A running lab and a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browsing import chromium, somebody, watched
from tests.journeys.lab import Lab, opened
from workbench.context import Context


# For a module, not for the session: while Playwright's loop runs, no other may run in this process.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium where it is, else Playwright's own."""
    with chromium() as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page of somebody who was never here: nothing is kept for them yet."""
    with somebody(browser, viewport={"width": 1280, "height": 900}) as context, watched(context) as page:
        yield page


@pytest.fixture
def lab(ctx: Context) -> Iterator[Lab]:
    """An empty lab that answers over HTTP."""
    with opened(ctx) as lab:
        yield lab
