"""A real browser, shared by the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browsing import chromium, somebody
from tests.widgets import stand


# For a module, not for the session: while Playwright's loop runs, no other may run in this process.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium where it is, else Playwright's own."""
    with chromium() as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page, in a context of its own; an error in the page's own script fails the test."""
    errors: list[str] = []
    with somebody(browser, viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        found = list(errors)  # what is broken off by leaving is no error of the page
    assert found == []


@pytest.fixture(scope="module")
def stand_url() -> Iterator[str]:
    """The address of a stand with all widgets."""
    with stand.serving(stand.stand()) as url:
        yield url
