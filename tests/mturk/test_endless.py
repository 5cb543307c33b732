"""A requester's page whose script never ends: whoever got it goes on, in browsers that isolate it and in one that does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import pytest
from playwright.sync_api import Browser, Error, Page, Route, expect

from mturk_bridge.operations import OPERATIONS, Call
from mturk_bridge.store import blocked
from mturk_bridge.store.requesters import Requester
from tests import browsing
from tests.builders import rows
from tests.conftest import Clock, lab
from tests.mturk.endpoint import NAMESPACES, TYPE, with_requester
from tests.web.serving import a_free_port, serving
from workbench import people
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Role
from workbench.people import Enrolled
from workbench.web.app import create_app

PATIENCE_MS = 30_000
AT_LOAD = "<p>Wait</p><script>for (;;) {}</script>"
# Not before the press itself is over: who presses here waits for that.
AT_A_PRESS = "<button type='button' onclick='setTimeout(() => { for (;;) {} }, 100)'>Press here</button>"
# A loop without end would send nothing: what it says leaves when it rests.
FLOOD = """<p>Wait</p><script>
setInterval(() => { for (let n = 0; n < 500; n += 1) parent.postMessage({ page: 1, say: "words", words: "x" }, "*"); }, 1);
</script>"""
OWN_SCRIPT = re.compile(r"/framed_page/widget[^/]*\.js")
SILENT_AFTER = "SILENT_AFTER_MS = 12_000"
GOOD = "<label>Tag <input name='tag'></label>"
# As browsers do that give a sandbox no process of its own. Of two such lists Chromium takes the last.
SHARED = f"--disable-features={','.join((*browsing.NO_FEATURES, 'IsolateSandboxedIframes'))}"


@dataclass
class Place:
    """A lab with a requester and a worker, on a server."""

    ctx: Context
    requester: Requester
    worker: Enrolled
    url: str

    def publish(self, *pages: str) -> list[str]:
        """A HIT with each of these pages, the first one to be asked first."""
        made = []
        for number, html in enumerate(pages):
            content = f"<HTMLContent>{escape(html)}</HTMLContent><FrameHeight>300</FrameHeight>"
            question = f'<HTMLQuestion xmlns="{NAMESPACES}/2011-11-11/HTMLQuestion.xsd">{content}</HTMLQuestion>'
            given = {**TYPE, "Reward": "5.00", "LifetimeInSeconds": 86_400, "Question": question}
            made.append(self.ask("CreateHIT", **given, RequesterAnnotation=str(number))["HIT"]["HITId"])
        return made

    def ask(self, operation: str, **given: Any) -> dict[str, Any]:
        """What a requester's program asks."""
        return OPERATIONS[operation](Call(self.ctx, self.requester, operation, given, self.ctx.now()))

    def answers(self, hit: str) -> int:
        """How many answers a HIT has."""
        return len(self.ask("ListAssignmentsForHIT", HITId=hit)["Assignments"])


@contextmanager
def place(folder: Path, *, other_name: bool = False) -> Iterator[Place]:
    """The lab; with another name for pages where a test wants one."""
    port = a_free_port()
    ctx = lab(folder / "lab", Clock())
    if other_name:
        ctx = replace(ctx, settings=replace(ctx.settings, pages_url=f"http://localhost:{port.getsockname()[1]}"))
    requester, _ = with_requester(ctx)
    worker = people.enrol(ctx, "Wim", [Role.WORKER], locale="en")
    with serving(create_app(ctx), port) as url:
        yield Place(ctx, requester, worker, url)
    ctx.close()


@contextmanager
def at_work(browser: Browser, place: Place, *, in_a_hurry: bool = False) -> Iterator[Page]:
    """The worker's own part of a browser, signed in. In a hurry: silence is told sooner, for a loop takes a whole core."""
    with browsing.somebody(browser, viewport={"width": 1280, "height": 900}) as context:
        if in_a_hurry:
            context.route(OWN_SCRIPT, impatient)
        page = context.new_page()
        page.goto(place.url + place.worker.link_path)
        expect(page.locator("h1")).to_be_visible()
        yield page


def impatient(route: Route) -> None:
    """The script of the page around, with a third of its patience."""
    script = route.fetch().text()
    assert SILENT_AFTER in script
    route.fulfill(body=script.replace(SILENT_AFTER, "SILENT_AFTER_MS = 4_000"), content_type="text/javascript")


def begin(page: Page, place: Place) -> None:
    """Open the next question. A page that never loads keeps the browser's own sign of that waiting too: nobody waits for it."""
    page.goto(f"{place.url}/work/next", wait_until="commit")
    expect(page.locator("framed-page iframe")).to_be_visible(timeout=PATIENCE_MS)


def give_back(page: Page) -> None:
    """By the way out that every question has."""
    page.get_by_text("Something is wrong", exact=True).click()
    page.get_by_role("button", name="I cannot see it well").click(no_wait_after=True)


def answer(page: Page, place: Place, hit: str) -> None:
    """The question that follows is done as if nothing had happened."""
    field = page.frame_locator("framed-page iframe").get_by_label("Tag")
    expect(field).to_be_visible(timeout=PATIENCE_MS)
    field.fill("boat")
    here = page.url.partition("?")[0]
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page).not_to_have_url(re.compile(re.escape(here)), timeout=PATIENCE_MS)
    assert place.answers(hit) == 1


def test_a_page_that_never_loads_says_so_and_is_given_back(browser: Browser, tmp_path: Path) -> None:
    """After a while the page around tells that nobody answers, with a button there; the next question is done as ever."""
    with place(tmp_path) as here, at_work(browser, here) as page:
        endless, good = here.publish(AT_LOAD, GOOD)
        begin(page, here)
        silent = page.get_by_role("alert").filter(has_text="does not answer any more")
        expect(silent).to_be_visible(timeout=PATIENCE_MS)
        silent.get_by_role("button", name="Give it back").click(no_wait_after=True)
        answer(page, here, good)
        assert here.answers(endless) == 0
        assert [row.reason for row in rows(here.ctx, t.work_return)] == ["other"]


def test_a_page_that_floods_the_page_around_is_closed(browser: Browser, tmp_path: Path) -> None:
    """It answers, without end: the page around closes it before nothing else is done there."""
    with place(tmp_path) as here, at_work(browser, here) as page:
        endless, good = here.publish(FLOOD, GOOD)
        page.goto(f"{here.url}/work/next", wait_until="commit")
        expect(page.get_by_role("alert").filter(has_text="does not answer any more")).to_be_visible(timeout=PATIENCE_MS)
        expect(page.locator("framed-page iframe")).to_have_count(0)
        give_back(page)
        answer(page, here, good)
        assert here.answers(endless) == 0


def test_a_page_that_stops_at_a_press_is_given_back(browser: Browser, tmp_path: Path) -> None:
    """Its own button begins a loop; the way out beside it works, and so does what comes after."""
    with place(tmp_path) as here, at_work(browser, here, in_a_hurry=True) as page:
        endless, good = here.publish(AT_A_PRESS, GOOD)
        begin(page, here)
        button = page.frame_locator("framed-page iframe").get_by_role("button", name="Press here")
        with suppress(Error):  # on a busy machine the loop begins before the press has been told to be over
            button.click(timeout=PATIENCE_MS)
        expect(page.get_by_role("alert").filter(has_text="does not answer any more")).to_be_visible(timeout=PATIENCE_MS)
        give_back(page)
        answer(page, here, good)
        assert here.answers(endless) == 0


@pytest.fixture(scope="module")
def sharing(browser: Browser) -> Iterator[Browser]:
    """A browser that puts a sandbox into the process of the page around, as others than Chromium do."""
    started = browsing.launched(browser.browser_type, SHARED, windows=True)
    yield started
    started.close()


def test_under_another_name_the_page_around_goes_on_in_every_browser(sharing: Browser, tmp_path: Path) -> None:
    """Another name is another site, with a process of its own: the question is given back, and the day's own pages go on."""
    with place(tmp_path, other_name=True) as here, at_work(sharing, here, in_a_hurry=True) as page:
        (endless,) = here.publish(AT_LOAD)
        begin(page, here)
        shown = page.url
        expect(page.get_by_role("alert").filter(has_text="does not answer any more")).to_be_visible(timeout=PATIENCE_MS)
        give_back(page)
        expect(page).not_to_have_url(shown, timeout=PATIENCE_MS)
        page.goto(f"{here.url}/mturk/requesters")
        expect(page.get_by_role("link", name="Zender Noord")).to_be_visible()
        assert here.answers(endless) == 0
        assert [row.reason for row in rows(here.ctx, t.work_return)] == ["cannot_see"]


def test_under_another_name_pages_are_done_as_ever(browser: Browser, tmp_path: Path) -> None:
    """Filled in and sent with the workbench's own button; the frame's address is the other name's."""
    with place(tmp_path, other_name=True) as here, at_work(browser, here) as page:
        (good,) = here.publish(GOOD)
        begin(page, here)
        expect(page.frame_locator("framed-page iframe").get_by_label("Tag")).to_be_visible(timeout=PATIENCE_MS)
        assert {urlsplit(frame.url).hostname for frame in page.frames if "/mturk/" in frame.url} == {"localhost"}
        answer(page, here, good)


def test_where_nothing_contains_it_it_is_not_opened_a_second_time(browser: Browser, tmp_path: Path) -> None:
    """The browser hangs and is ended; the worker comes back, is asked before it opens again, and gives it back instead."""
    with place(tmp_path) as here:
        endless, good = here.publish(AT_LOAD, GOOD)
        doomed = browsing.launched(browser.browser_type, SHARED, windows=True)
        context = doomed.new_context()
        page = context.new_page()
        page.goto(here.url + here.worker.link_path)
        expect(page.locator("h1")).to_be_visible()
        with page.expect_request(lambda request: "/mturk/to/" in request.url, timeout=PATIENCE_MS):
            page.goto(f"{here.url}/work/next", wait_until="commit")
        cookies = context.cookies()  # what the browser has on its disk; asked of the browser, not of the page that hangs
        doomed.close()
        assert "mturk_opened" in {each["name"] for each in cookies}
        with browsing.somebody(browser) as again:
            again.add_cookies(cookies)  # type: ignore[arg-type]  (Playwright's own two types for the same thing)
            page = again.new_page()
            begin(page, here)
            frame = page.frame_locator("framed-page iframe")
            expect(frame.get_by_role("status")).to_have_text("This page stopped the last time.", timeout=PATIENCE_MS)
            expect(frame.get_by_role("link", name="Open the page again")).to_be_visible()
            give_back(page)
            answer(page, here, good)
        assert here.answers(endless) == 0
        project = rows(here.ctx, t.project)[0].id
        assert [(each.what, each.times) for each in here.ctx.db.read(lambda c: blocked.of_project(c, project))] == [
            ("stopped", 1)
        ]


def test_leaving_while_it_still_loads_is_leaving_in_order(browser: Browser, tmp_path: Path) -> None:
    """Somebody in a hurry opens the question again and again: nobody says that the page stopped."""
    with place(tmp_path) as here, at_work(browser, here) as page:
        (good,) = here.publish(GOOD)
        begin(page, here)
        for _ in range(5):
            with page.expect_response(lambda response: "/mturk/frame/" in response.url, timeout=PATIENCE_MS):
                page.goto(page.url, wait_until="commit")
        expect(page.frame_locator("framed-page iframe").get_by_label("Tag")).to_be_visible(timeout=PATIENCE_MS)
        answer(page, here, good)


def test_leaving_before_the_page_around_is_ready_is_leaving_in_order(browser: Browser, tmp_path: Path) -> None:
    """On a slow network somebody leaves before the scripts are there: nothing was opened yet, so nothing stopped."""
    with place(tmp_path) as here, at_work(browser, here) as page:
        (good,) = here.publish(GOOD)
        page.route(OWN_SCRIPT, lambda route: route.abort())
        begin(page, here)
        page.unroute(OWN_SCRIPT)
        page.goto(page.url, wait_until="commit")
        answer(page, here, good)


def test_a_second_tab_is_no_page_that_stopped(browser: Browser, tmp_path: Path) -> None:
    """It is open and goes on in the first one: the second shows it too."""
    with place(tmp_path) as here, at_work(browser, here) as page:
        (good,) = here.publish(GOOD)
        begin(page, here)
        expect(page.frame_locator("framed-page iframe").get_by_label("Tag")).to_be_visible(timeout=PATIENCE_MS)
        second = page.context.new_page()
        second.goto(page.url)
        answer(second, here, good)
