"""A real browser for tests: how it starts, and how one person's part of it is closed without a race."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Error, Page, ViewportSize, expect, sync_playwright

from workbench.start.packages import PLAYWRIGHTS

CHROMIUM = (Path("/usr/bin/chromium"), Path("/usr/bin/google-chrome"))
WINDOWLESS = Path("/usr/lib/chromium/chromium-headless-shell")  # the same pages, without a window that is drawn around them
FAKE = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]  # a microphone that beeps, a camera with a clock
# The first three draw and prepare Chromium's own address bar for each new window, in a renderer of its own: 0.7 s of processor
# time that no page needs. The fourth starts a renderer for a next site that never comes. The others Playwright switches off
# itself: of two such lists Chromium takes the last.
NO_FEATURES = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxFullPopup",
    "WebUIOmniboxAimPopup",
    "SpareRendererForSitePerProcess",
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    f"--disable-features={','.join(NO_FEATURES)}",
]
VIEW: ViewportSize = {"width": 1280, "height": 900}
expect.set_options(timeout=20_000)  # two busy cores; who finds what it expects waits no moment longer


@contextmanager
def chromium(*more: str, windows: bool = False) -> Iterator[Browser]:
    """
    Debian's Chromium where it is, else Playwright's own.

    Args:
        more: further words on its command line.
        windows: the whole browser as people have it. Without, and where Debian has it: the one that draws no windows around its
            pages, which takes half the work for each.
    """
    with sync_playwright() as playwright:
        browser = launched(playwright.chromium, *more, windows=windows)
        yield browser
        browser.close()


def launched(kind: BrowserType, *more: str, windows: bool = False) -> Browser:
    """One more browser beside the one that runs, for what only a command line can say (another microphone)."""
    programs = CHROMIUM if windows else (WINDOWLESS, *CHROMIUM)
    program = next((str(each) for each in programs if each.exists()), None)
    if program is None and not Path(kind.executable_path).exists():
        pytest.skip(f"No Chromium here: apt-get install chromium (Debian), or {PLAYWRIGHTS}")
    # Of its own, Playwright takes the one without windows where nobody says otherwise.
    channel = "chromium" if windows and program is None else None
    return kind.launch(executable_path=program, channel=channel, args=[*ARGUMENTS, *more])


@contextmanager
def somebody(browser: Browser, **options: Any) -> Iterator[BrowserContext]:
    """One person's part of the browser, with cookies of its own."""
    context = browser.new_context(**options)
    try:
        yield context
    finally:
        leave(context)


@contextmanager
def watched(context: BrowserContext) -> Iterator[Page]:
    """A new page; an error in its own script fails the test."""
    with watching(context.new_page()) as page:
        yield page


@contextmanager
def watching(page: Page) -> Iterator[Page]:
    """This page; an error in its own script fails the test."""
    errors: list[str] = []

    def note(error: Error) -> None:
        errors.append(str(error))

    page.on("pageerror", note)
    yield page
    found = list(errors)  # what is broken off by leaving is no error of the page
    page.remove_listener("pageerror", note)
    assert found == []


def fresh(page: Page) -> None:
    """Make a tab as new for who comes next: nothing that somebody stored, sized, blocked or switched on is left."""
    with suppress(Error):  # a page that never went anywhere has no storage
        page.evaluate("localStorage.clear(); sessionStorage.clear()")
    page.goto("about:blank")
    page.unroute_all()
    page.emulate_media(media="null", color_scheme="null", reduced_motion="null", forced_colors="null", contrast="null")
    page.set_viewport_size(VIEW)


def leave(context: BrowserContext) -> None:
    """
    Close this part of the browser.

    Each page goes to an empty one first: a page that is still on its way to another (after a click) can keep
    `context.close()` waiting for ever on a busy machine.
    """
    for page in context.pages:
        with suppress(Error):  # a page that is gone already, or that will not go, is closed all the same
            page.goto("about:blank", timeout=5000)
        with suppress(Error):
            page.close(run_before_unload=False)
    context.close()
