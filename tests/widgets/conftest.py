"""A real browser, shared by the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from accessibility.audit import bring_axe
from tests.browsing import VIEW, chromium, fresh, somebody, watching
from tests.widgets import stand


# For a module, not for the session: while Playwright's loop runs, no other may run in this process.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for many small pages."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """One visitor of the stand, whose scripts and styles are loaded once."""
    with somebody(browser, viewport=VIEW) as context:
        bring_axe(context)
        yield context


@pytest.fixture(scope="module")
def tab(visitor: BrowserContext) -> Page:
    """One tab: each new one is a process of its own, which compiles every script again."""
    return visitor.new_page()


@pytest.fixture
def page(tab: Page) -> Iterator[Page]:
    """A page as if fresh; an error in its own script fails the test."""
    with watching(tab) as page:
        yield page
    fresh(tab)


@pytest.fixture(scope="module")
def stand_url() -> Iterator[str]:
    """The address of a stand with all widgets."""
    with stand.serving(stand.stand()) as url:
        yield url
