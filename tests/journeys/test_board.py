"""What a worker asks stands on the coach's open board: by the stream, and without one by asking now and then."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browsing import somebody, watched
from tests.journeys.lab import Lab
from workbench import coaching
from workbench.domain import Role

STREAM = "**/coach/stream"
NEVER_ASKS = "window.setInterval = () => 0;"  # so that only the stream can tell
ASK_MS = 10_000  # workbench/static/board.js


@pytest.fixture
def coachs(browser: Browser, lab: Lab) -> Iterator[BrowserContext]:
    """Joke's part of the browser; she coaches Noor. Requests go past no service worker, so that one can be stopped."""
    noor, joke = lab.person(), lab.person("Joke", Role.COACH)
    coaching.give_coach(lab.ctx, noor, joke, by=joke)
    with somebody(browser, service_workers="block") as context:
        yield context


def opened(lab: Lab, board: Page) -> None:
    """The coach's board, on which nobody asks."""
    lab.sign_in(board, "Joke")
    board.goto(lab.url + "/coach")
    expect(board.get_by_text("Nobody asked for you.")).to_be_visible()


def ask(lab: Lab, page: Page, words: str) -> None:
    """The worker asks, on their own page."""
    lab.sign_in(page)
    page.goto(lab.url + "/work/more/coach")
    page.get_by_label("Do you want to say something with it?").fill(words)
    page.get_by_role("button", name="I want to talk").click()
    expect(page.get_by_text("Your coach sees this now.")).to_be_visible()


def shown(board: Page, words: str) -> None:
    """Who asks, what, and in which words; a screen reader says it too."""
    request = board.locator("[data-request]")
    expect(request).to_contain_text("Noor")
    expect(request).to_contain_text(words)
    expect(board.locator("#board-news")).to_contain_text("Noor")


def test_a_request_reaches_the_open_board_by_the_stream(lab: Lab, page: Page, coachs: BrowserContext) -> None:
    """Nobody reloads it, and it never asks by itself."""
    coachs.add_init_script(NEVER_ASKS)
    with watched(coachs) as board:
        with board.expect_response(lambda reply: reply.url.endswith("/coach/stream")):
            opened(lab, board)
        ask(lab, page, "The sound is gone")
        shown(board, "The sound is gone")


def test_a_request_reaches_the_open_board_without_a_stream(lab: Lab, page: Page, coachs: BrowserContext) -> None:
    """A proxy lets no stream through: the board asks now and then, however often the browser tries the stream again."""
    with watched(coachs) as board:
        board.clock.install()
        board.route(STREAM, lambda route: route.abort())
        opened(lab, board)
        ask(lab, page, "May I stop early?")
        board.clock.run_for(ASK_MS * 0.6)
        with board.expect_event("requestfailed", lambda each: each.url.endswith("/coach/stream"), timeout=20_000):
            pass  # one more try in vain, which must not put off the next look
        board.clock.run_for(ASK_MS * 0.6)
        shown(board, "May I stop early?")
