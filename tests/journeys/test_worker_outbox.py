"""Nothing is lost: no network, a server that goes away, a reply that is lost, a next person, a plain-http workstation."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Error, Page, Route, expect

from tests.conftest import Clock
from tests.journeys.lab import Lab
from tests.widgets import stand
from workbench.web.browser_files import version

KEPT = """caches.keys()
.then(names => Promise.all(names.filter(name => name.startsWith('workbench-pages-')).map(name => caches.open(name))))
.then(found => Promise.all(found.map(cache => cache.keys()))).then(all => all.flat().map(each => new URL(each.url).pathname))"""
MODULE = f"import('/static/{version()}/outbox.js')"
OTHERS = (
    MODULE
    + """.then(module => module.put({key: 'other', assignment: '0'.repeat(24), person: 'sem', at: 0,
refused: {status: 422, message: "somebody else's"}}))"""
)
OUTBOX = MODULE + ".then(module => module.all())"


def begin(lab: Lab, page: Page, folder: Path, texts: int = 3) -> None:
    """Signed in, on the first question, with the next ones kept."""
    lab.texts(folder, [f"Text {number}." for number in range(texts)])
    lab.person()
    lab.sign_in(page)
    page.goto(lab.url + "/work/next")
    wait_for_kept(page, min(texts, 3))


def wait_for_kept(page: Page, count: int) -> None:
    """The service worker has kept so many questions."""
    wait_until(page, rf"{KEPT}.then(all => all.filter(path => /^\/work\/[0-9a-f]{{24}}$/.test(path)).length >= {count})")
    wait_until(page, "Promise.resolve(Boolean(navigator.serviceWorker.controller))")


def wait_until(page: Page, promise: str) -> None:
    """Wait in the page; a strict policy forbids Playwright's own way."""
    for _ in range(600):
        with suppress(Error):  # the page went on to the next one just now
            if page.evaluate(f"() => {promise}"):
                return
        page.wait_for_timeout(50)
    raise AssertionError(f"Not so after thirty seconds: {promise}")


def wait_for_rows(lab: Lab, page: Page, count: int) -> None:
    """So many answers are in the database."""
    for _ in range(600):
        if len(lab.annotations()) >= count:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{len(lab.annotations())} of {count} answers arrived")


class BadGateway(BaseHTTPRequestHandler):
    """What a proxy says to everything while the workbench behind it starts again."""

    def do_GET(self) -> None:
        """502, with a page of the proxy's own."""
        self.send_response(502)
        self.send_header("content-length", "0")
        self.end_headers()

    do_POST = do_PUT = do_GET

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def proxy_alone(port: int) -> Iterator[None]:
    """A proxy without a workbench."""
    with ThreadingHTTPServer(("127.0.0.1", port), BadGateway) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield
        proxy.shutdown()


def answer(page: Page, label: str) -> None:
    """Choose and send, and be somewhere else."""
    page.get_by_label(label).check()
    address = page.url
    page.get_by_role("button", name="Send").click()
    page.wait_for_url(lambda url: url != address)


def test_work_goes_on_without_a_network_and_arrives_once(lab: Lab, page: Page, tmp_path: Path) -> None:
    """Three kept questions are answered offline; each arrives once when the network is back."""
    begin(lab, page, tmp_path)
    page.context.set_offline(True)
    for label in ("Fine", "Easy to read", "Hard to read"):
        answer(page, label)
    wait_until(page, "caches.match('/symbols/yes').then(Boolean)")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no connection")
    expect(page.locator("[data-outbox]")).to_contain_text("3 answers wait on this computer.")
    assert lab.annotations() == []
    page.context.set_offline(False)
    wait_for_rows(lab, page, 3)
    expect(page.locator("[data-outbox]")).to_have_text("All your answers are saved.")
    assert [row.answer["value"] for row in lab.annotations()] == [2, 3, 1]
    assert {row.via for row in lab.annotations()} == {"offline"}


def test_an_answer_survives_a_server_that_was_away_and_a_closed_tab(lab: Lab, page: Page, tmp_path: Path) -> None:
    """The server dies behind its proxy, the tab is closed; both come back, and the answers go by themselves."""
    begin(lab, page, tmp_path)
    lab.server.stop()
    with proxy_alone(lab.server.port):
        answer(page, "Fine")
        answer(page, "Easy to read")  # on a kept page, with the scripts that were kept: the proxy has none
        context = page.context
        page.close()
    lab.server.start()
    again = context.new_page()
    again.goto(lab.url + "/work")
    wait_for_rows(lab, again, 2)
    wait_until(again, f"{OUTBOX}.then(entries => entries.length === 0)")
    assert [row.answer["value"] for row in lab.annotations()] == [2, 3]


def test_what_only_the_workbench_can_do_waits_for_it(lab: Lab, page: Page, tmp_path: Path) -> None:
    """Give back, or a break, while it is away: the question stays with what was filled in; elsewhere a page of ours says so."""
    begin(lab, page, tmp_path)
    other = page.context.new_page()
    other.goto(lab.url + "/work/more/day")
    page.get_by_label("Fine").check()
    lab.server.stop()
    page.get_by_text("Something is wrong").click()
    page.get_by_role("button", name="This is not for me").click()
    expect(page.get_by_role("alert").filter(has_text="There is no connection")).to_be_focused()
    page.get_by_text("Help or a break").click()
    page.locator(".give-back").get_by_role("button", name="A break now").click()
    expect(page.get_by_label("Fine")).to_be_checked()
    other.get_by_role("button", name="A break now").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("There is no connection")
    lab.server.start()
    page.locator(".give-back").get_by_role("button", name="A break now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Time for a break")


def test_a_lost_reply_makes_one_row(lab: Lab, page: Page, tmp_path: Path) -> None:
    """The server stored it, the browser never heard: it asks again with the same key."""
    begin(lab, page, tmp_path)
    lost: list[int] = []

    def lose_first(route: Route) -> None:
        reply = route.fetch()
        lost.append(reply.status)
        if len(lost) == 1:
            route.abort()
        else:
            route.fulfill(response=reply)

    page.context.route("**/annotation", lose_first)
    answer(page, "Fine")
    wait_until(page, f"{OUTBOX}.then(entries => entries.length === 0)")
    assert lost[:2] == [201, 200]
    assert len(lab.annotations()) == 1


def test_one_answer_that_goes_wrong_does_not_hold_up_everybodys(lab: Lab, page: Page, tmp_path: Path) -> None:
    """The server stumbles over one; the next person's arrives, and the first is tried again later."""
    begin(lab, page, tmp_path, texts=5)
    first = page.url.partition("?")[0].rpartition("/")[2]
    page.context.route(f"**/{first}/annotation", lambda route: route.fulfill(status=500, json={"title": "Unexpected"}))
    page.get_by_label("Fine").check()
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**?thanks=1")
    wait_until(page, f"{OUTBOX}.then(entries => entries.some(each => each.tries))")
    sem = lab.person("Sem")
    lab.sign_in(page, "Sem")
    page.goto(lab.url + "/work/next")
    answer(page, "Easy to read")
    wait_for_rows(lab, page, 1)
    assert [row.person_id for row in lab.annotations()] == [sem.id]
    page.context.unroute(f"**/{first}/annotation")
    wait_for_rows(lab, page, 2)


def test_a_break_comes_also_without_a_network(lab: Lab, page: Page, tmp_path: Path, clock: Clock) -> None:
    """Kept questions wait until the break is over, as they would on the server."""
    begin(lab, page, tmp_path)
    clock.forward(minutes=44, seconds=58)
    page.reload()
    wait_until(
        page,
        "caches.keys().then(n => caches.open(n.find(x => x.startsWith('workbench-pages-'))))"
        ".then(c => c.match('/work/block')).then(r => r.json()).then(b => b.until - Date.now() < 60000)",
    )
    page.context.set_offline(True)
    page.wait_for_timeout(2500)
    answer(page, "Fine")
    expect(page.get_by_role("heading", level=1)).to_have_text("Time for a break")


def test_what_was_kept_for_one_person_is_gone_for_the_next(lab: Lab, page: Page, tmp_path: Path) -> None:
    """Also when the first did not sign out, and the second only looks at the start page."""
    begin(lab, page, tmp_path)
    lab.person("Sem")
    lab.sign_in(page, "Sem")
    page.goto(lab.url + "/work")
    wait_until(page, f"{KEPT}.then(all => all.length === 0)")


def test_what_is_kept_under_a_version_is_not_asked_for_again_and_goes_with_it(lab: Lab, page: Page, tmp_path: Path) -> None:
    """An update brings other styles and scripts: the old ones go, once no page names them."""
    begin(lab, page, tmp_path)
    wait_until(page, f"caches.match('/static/{version()}/task.js').then(Boolean)")
    old = ["/static/v0123456789ab/task.js", "/static/task.js", "/widgets/v0123456789ab/rating/widget.js"]
    here = f"/static/{version()}/no-such.js"  # the server has no such file: who gets it got it from what is kept
    headers = "{'content-type': 'text/javascript', 'cache-control': 'public, max-age=31536000, immutable'}"
    kept = f"new Response('export default 1', {{headers: {headers}}})"
    page.evaluate(f"caches.open('workbench-shell-1').then(all => Promise.all({[*old, here]}.map(path => all.put(path, {kept}))))")
    assert page.evaluate(f"import('{here}').then(module => module.default)") == 1
    page.goto(lab.url + "/work/next")
    wait_until(page, f"Promise.all({old}.map(path => caches.match(path))).then(found => !found.some(Boolean))")
    assert page.evaluate(
        f"Promise.all(['/symbols/yes', '{here}'].map(path => caches.match(path))).then(found => found.every(Boolean))"
    )


def test_a_script_is_kept_with_what_it_imports(lab: Lab, page: Page, tmp_path: Path) -> None:
    """After an update nobody has opened this kind of question yet; what a server of before gave is asked for again."""
    begin(lab, page, tmp_path)
    wait_until(page, f"caches.match('/static/{version()}/task.js').then(Boolean)")
    outline, stale = f"/widgets/{version()}/polygon/widget.js", f"/static/{version()}/voice/loudspeaker.js"
    assert not page.evaluate(f"caches.match('/widgets/{version()}/drawing/geometry.js').then(Boolean)")
    old = "new Response('export default 1', {headers: {'content-type': 'text/javascript', 'cache-control': 'no-cache'}})"
    page.evaluate(f"caches.open('workbench-shell-1').then(all => all.put('{stale}', {old}))")
    asked = f"{{keep: ['/work/offline'], files: ['{outline}'], person: 'sem', left_ms: null}}"
    page.evaluate(f"navigator.serviceWorker.ready.then(found => found.active.postMessage({asked}))")
    wait_until(page, f"caches.match('{outline}').then(Boolean)")
    imported = [f"/widgets/{version()}/{name}.js" for name in ("drawing/editor", "drawing/geometry", "common/words")]
    assert page.evaluate(f"Promise.all({imported}.map(path => caches.match(path))).then(found => found.every(Boolean))")
    assert page.evaluate(f"import('{stale}').then(module => Object.keys(module))") == ["Loudspeaker"]


def test_the_start_page_begins_no_work(lab: Lab, page: Page, tmp_path: Path) -> None:
    """Looking at it hands out nothing, also when a program of the browser asks for questions to keep."""
    lab.texts(tmp_path, ["Text 0."])
    lab.person()
    lab.sign_in(page)
    page.goto(lab.url + "/work")
    told = page.evaluate("() => fetch('/work/ahead').then(reply => reply.json())")
    assert told == {"pages": [], "left_ms": None}


def test_pressing_send_many_times_makes_one_row(lab: Lab, page: Page, tmp_path: Path) -> None:
    """A hand that trembles."""
    begin(lab, page, tmp_path)
    page.get_by_label("Fine").check()
    page.evaluate("() => { const send = document.querySelector('.task__bar button'); send.click(); send.click(); send.click(); }")
    page.wait_for_url("**?thanks=1")
    wait_for_rows(lab, page, 1)
    page.reload()
    assert len(lab.annotations()) == 1


def test_the_next_person_never_gets_this_ones_answer(lab: Lab, page: Page, tmp_path: Path) -> None:
    """An answer that waits goes under its own writer, after sign-out, while somebody else is signed in."""
    begin(lab, page, tmp_path)
    noor = lab.annotations
    page.context.route("**/annotation", lambda route: route.abort())
    answer(page, "Fine")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in**")
    assert page.evaluate(f"() => {KEPT}") == []
    page.context.unroute("**/annotation")
    sem = lab.person("Sem")
    lab.sign_in(page, "Sem")
    wait_for_rows(lab, page, 1)
    [row] = noor()
    assert row.person_id != sem.id


def test_a_refused_answer_is_told_and_can_be_mended(lab: Lab, page: Page, tmp_path: Path) -> None:
    """What the server does not take is shown at once; the mended answer is another write."""
    begin(lab, page, tmp_path)
    page.get_by_label("Fine").check()
    page.locator("input[name=value]:checked").evaluate("one => { one.value = '99' }")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".task__trouble")).to_be_focused()
    page.get_by_label("Easy to read").check()
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**?thanks=1")
    assert [row.answer for row in lab.annotations()] == [{"value": 3}]
    wait_until(page, f"{OUTBOX}.then(entries => entries.length === 0)")


def test_plain_http_on_a_local_network_loses_nothing_either(lab: Lab, page: Page, tmp_path: Path) -> None:
    """No service worker, no locks, no randomUUID there: the page waits with its answer, and says so."""
    lab.texts(tmp_path, ["Text 0.", "Text 1."])
    lab.person()
    context = page.context
    context.add_init_script(
        "for (const name of ['serviceWorker', 'locks']) Object.defineProperty(Navigator.prototype, name, {value: undefined});"
        "delete Crypto.prototype.randomUUID; delete globalThis.caches;"
    )
    lab.sign_in(page)
    page.goto(lab.url + "/work/next")
    context.set_offline(True)
    page.get_by_label("Hard to read").check()
    page.locator("input[name=value]:checked").evaluate("one => { one.value = '99' }")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".task__trouble")).to_contain_text("kept on this computer")
    context.set_offline(False)
    expect(page.locator(".task__trouble")).not_to_contain_text("kept on this computer")  # why it was not taken
    context.set_offline(True)
    page.get_by_label("Fine").check()
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".task__trouble")).to_contain_text("kept on this computer")
    context.set_offline(False)
    page.wait_for_url("**?thanks=1")
    assert [row.answer for row in lab.annotations()] == [{"value": 2}]


def test_a_browser_that_keeps_nothing_still_sends(lab: Lab, page: Page, tmp_path: Path) -> None:
    """Without IndexedDB the plain form is used."""
    lab.texts(tmp_path, ["Text 0."])
    lab.person()
    page.context.add_init_script("Object.defineProperty(globalThis, 'indexedDB', {value: undefined})")
    lab.sign_in(page)
    page.goto(lab.url + "/work/next")
    page.get_by_role("button", name="I don't know").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("There are no questions for you now")
    assert [(row.answer, row.via) for row in lab.annotations()] == [({"dont_know": True}, "page")]


def test_a_form_that_the_server_reads_waits_in_the_outbox_too(lab: Lab, page: Page, tmp_path: Path) -> None:
    """Its fields are kept as they were typed, and read when they arrive; the newest draft of it comes back.

    One that the server cannot read is told to who wrote it, who finds the way to the question.
    """
    fields = [{"name": "total", "label": "Total", "kind": "amount"}]
    lab.project(
        "Receipts", "form", {"one.png": stand.picture(), "two.png": stand.picture(2)}, tmp_path / "receipts", fields=fields
    )
    lab.person()
    lab.sign_in(page)
    page.goto(lab.url + "/work/next")
    wait_for_kept(page, 2)
    late: list[Route] = []
    page.context.route("**/draft", lambda route: (route.fetch(), late.append(route)), times=1)  # kept, but told late
    page.get_by_role("textbox", name="Total").fill("12")
    for _ in range(600):
        if late:
            break
        page.wait_for_timeout(50)
    page.get_by_role("textbox", name="Total").fill("12,5")
    expect(page.get_by_text("Kept for you.")).to_be_visible()
    late[0].abort()
    page.reload()
    expect(page.get_by_role("textbox", name="Total")).to_have_value("12,5")
    page.get_by_label("I cannot read this: Total").check()
    expect(page.get_by_text("Kept for you.")).to_be_visible()
    page.reload()
    expect(page.get_by_label("I cannot read this: Total")).to_be_checked()
    page.get_by_role("textbox", name="Total").fill("12,5O")
    page.context.set_offline(True)
    address = page.url
    page.get_by_role("button", name="Send").click()
    page.wait_for_url(lambda url: url != address)
    page.evaluate(f"() => {OTHERS}")
    page.context.set_offline(False)
    expect(page.locator("[data-outbox]")).to_contain_text("One answer could not be taken:")
    expect(page.locator("[data-outbox]")).not_to_contain_text("somebody else's")
    page.get_by_role("link", name="Look at the question").click()
    page.wait_for_url(address.partition("?")[0])  # loaded, with its scripts
    page.get_by_role("textbox", name="Total").fill("12,50")
    page.get_by_role("button", name="Send").click()
    wait_for_rows(lab, page, 1)
    wait_until(page, f"{OUTBOX}.then(entries => entries.length === 1)")  # the refused one is gone with it
    [row] = lab.annotations()
    assert row.via == "offline"
    assert float(row.answer["fields"]["total"]) == 12.5
