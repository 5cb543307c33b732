"""A real browser, shared by the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page

from tests.browsing import chromium, somebody, watched
from tests.widgets import stand


# For a module, not for the session: while Playwright's loop runs, no other may run in this process.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium where it is, else Playwright's own."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """One visitor of the stand, whose scripts and styles are loaded once."""
    with somebody(browser, viewport={"width": 1280, "height": 900}) as context:
        yield context


@pytest.fixture
def page(visitor: BrowserContext) -> Iterator[Page]:
    """A fresh page; an error in the page's own script fails the test. What somebody set (keys) is gone for the next one."""
    with watched(visitor) as page:
        yield page
    with suppress(Error):  # a page that never went anywhere has no storage
        page.evaluate("localStorage.clear(); sessionStorage.clear()")
    page.close()


@pytest.fixture(scope="module")
def stand_url() -> Iterator[str]:
    """The address of a stand with all widgets."""
    with stand.serving(stand.stand()) as url:
        yield url
