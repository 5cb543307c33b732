"""A template and a table become work, and come back as the file that a requester's script reads."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from mturk_bridge import batches, migrations
from mturk_bridge.batches import Wanted
from mturk_bridge.errors import RequestError
from mturk_bridge.kinds.html import TASK_TYPE
from mturk_bridge.pages import checking, converting, filling, framing
from mturk_bridge.results import MTURK, TURKLE
from task_types.protocol import Need
from tests.builders import person, rows
from tests.mturk.endpoint import with_requester, work
from tests.web.builders import furnish
from tests.web.conftest import csrf
from workbench import export, ingest, projects
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Role
from workbench.errors import Invalid
from workbench.web.app import create_app

TEMPLATE = '<p>${tekst}</p><img src="${image_url}" alt=""><label>Tag <input name="tag"></label>'
FORM = """<h1>Boats</h1><p>Read: ${tekst}</p>
<fieldset><legend>Is it about a boat?</legend>
<label><input type="radio" name="isBoat" value="yes" required> Yes</label>
<label><input type="radio" name="isBoat" value="no"> No</label></fieldset>
<label>Which one in ${plaats}? <input name="which-one"></label><label for="w">Why?</label><textarea id="w" name="why"></textarea>
<select name="size" aria-label="How large?"><option value="">Choose</option>
<option value="s">Small</option><option>Large</option></select>
<input type="submit">"""


def shown(html: str, **values: str) -> str:
    """A template with these values; the first underscore of a name is a hyphen."""
    given = {name.replace("_", "-", 1): value for name, value in values.items()}
    return filling.filled(filling.compiled(html, frozenset(given)), given)


def table(folder: Path, *lines: str, name: str = "boats.csv") -> Path:
    """A CSV file."""
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("template", "value", "expected"),
    [
        ("<p>${a-b}</p>", "O'Brien & <Co>", "<p>O'Brien &amp; &lt;Co&gt;</p>"),
        ('<i title="${a-b}">', 'say "hi" é', '<i title="say &quot;hi&quot; é">'),
        ("<i title=${a-b}>", "a b=c", "<i title=a&#32;b&#61;c>"),
        ("<script>x = '${a-b}';</script>", "it's </script>", r"<script>x = 'it\'s \u003c/script>';</script>"),
        ('<script>x = "${a-b}";</script>', 'a"b\n', r'<script>x = "a\"b\n";</script>'),
        ("<script>x = ${a-b};</script>", '{"a": ["<b>"]}', r'<script>x = {"a": ["\u003cb>"]};</script>'),
        ("<script>x = ${a-b};</script>", "a boat", '<script>x = "a boat";</script>'),
        ("<script>r = /'/; x = `${a-b} ${i}`;</script>", "`${9}", r"<script>r = /'/; x = `\`\${9} ${i}`;</script>"),
        ("<a onclick=\"f('${a-b}')\">", "it's", "<a onclick=\"f('it\\&#x27;s')\">"),
        ("<style>p { color: ${a-b} }</style>", "red;}", r"<style>p { color: red\3b \7d  }</style>"),
        ("<textarea>${ a-b }</textarea> ${other}", "</textarea>", "<textarea>&lt;/textarea&gt;</textarea> ${other}"),
        ("<!-- ${a-b} -->", "--> x", "<!-- - - x -->"),
    ],
)
def test_a_value_is_written_as_its_place_asks(template: str, value: str, expected: str) -> None:
    """In text, attributes, scripts and styles; only names of the table are places, and nothing is evaluated."""
    assert shown(template, a_b=value) == expected


def test_a_page_of_any_shape_becomes_a_whole_document() -> None:
    """The lab's script stands first, libraries come from here, and there is a form to send."""
    bare = framing.document("<p>${x}</p>", {"x": "é"})
    assert bare.index("/mturk/shown/page.js") < bare.index("<p>é</p>") < bare.index("</form>")
    own = framing.document(
        '<html><head><script src="https://code.jquery.com/jquery-3.1.1.min.js"></script></head><form></form></html>', {}
    )
    assert (own.count("<form"), '"/mturk/shown/lib/jquery.js"' in own, "code.jquery.com" in own) == (1, True, False)
    large = "<p>${x}</p>" + "<div>words</div>" * 7000
    assert len(framing.document(large, {"x": "1"})) > 105_000
    raw = framing.document("<p>${x}</p>", {"x": "<b>1</b>"}, raw=["x"])
    assert "<p><b>1</b></p>" in raw


def test_a_batch_comes_in_and_goes_out_as_a_requesters_script_expects(ctx: Context, tmp_path: Path) -> None:
    """Every row is a question, also two that are the same; the file again adds nothing; columns, quotes, line ends fit."""
    path = table(
        tmp_path,
        "id,image_url,tekst",
        "7,https://zender.example/a.jpg,Een zeilboot",
        "7,https://zender.example/a.jpg,Een zeilboot",
    )
    made = batches.import_batch(ctx, TEMPLATE, path, Wanted(name="Boten", requester="Zender Noord", assignments=2))
    assert (made.rows, made.problems, ingest.ingest(ctx, made.project, [path]).sources_added) == (2, [], 0)
    people = [person(ctx, name) for name in ("Fatima", "Wim")]
    for one in people:
        for number in range(2):
            work(ctx, one, {"fields": {"tag": f'boat "{number}"', "colour": ["red", "white"]}})
    out = tmp_path / "results.csv"
    export.export(ctx, made.project, "mturk_csv", out)
    text = out.read_bytes()
    found = list(csv.DictReader(text.decode().splitlines()))
    assert tuple(found[0])[:27] == MTURK
    assert list(found[0])[27:] == [
        "Input.id",
        "Input.image_url",
        "Input.tekst",
        "Answer.colour",
        "Answer.tag",
        "Approve",
        "Reject",
    ]
    assert text.count(b"\r\n") == len(found) + 1 == 5
    assert all(field.startswith('"') for field in text.decode().splitlines()[0].split(","))
    assert {row["Answer.colour"] for row in found} == {"red|white"}
    assert found[0]["Answer.tag"].startswith('boat "')
    assert (len({row["HITId"] for row in found}), len({row["WorkerId"] for row in found}), found[0]["Input.id"]) == (2, 2, "7")
    assert {row["AcceptTime"] for row in found} == {"Mon Nov 23 09:00:00 UTC 2026"}
    export.export(ctx, made.project, "turkle_csv", out)
    header = out.read_text(encoding="utf-8").splitlines()[0].replace('"', "").split(",")
    assert header == [*TURKLE, "Input.id", "Input.image_url", "Input.tekst", "Answer.colour", "Answer.tag", "Turkle.Username"]
    assert "turkle_csv" in export.formats(ctx, made.project)


def test_a_form_is_asked_as_questions_of_our_own(ctx: Context, tmp_path: Path) -> None:
    """Labelled fields and words: one by one, by voice too, with each row's values; the results keep the requester's names."""
    path = table(tmp_path, "tekst,plaats", "Een zeilboot,Urk")
    made = batches.import_batch(ctx, FORM, path, Wanted(name="Vragen", requester="Zender Noord", native=True))
    payload = rows(ctx, t.microtask)[0].payload
    assert payload["overview"] == "Boats\nRead: Een zeilboot"
    assert [field["label"] for field in payload["fields"]] == ["Is it about a boat?", "Which one in Urk?", "Why?", "How large?"]
    assert [field["kind"] for field in payload["fields"]] == ["one", "text", "long_text", "one"]
    work(ctx, person(ctx, "Fatima"), {"fields": {"q1": "yes", "q2": "de blauwe", "q4": "s"}})
    export.export(ctx, made.project, "turkle_csv", tmp_path / "out.csv")
    found = next(csv.DictReader((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()))
    assert (found["Answer.isBoat"], found["Answer.which-one"], found["Answer.size"]) == ("yes", "de blauwe", "s")
    for more in ("<script>f()</script>", '<img src="x">', "<crowd-slider></crowd-slider>", '<input type="file" name="f">'):
        with pytest.raises(Invalid):
            converting.convert(FORM + more)


def test_what_cannot_be_a_batch_is_told_and_nothing_is_made(ctx: Context, tmp_path: Path) -> None:
    """No place for any column, no such column, no header, a reward under the floor."""
    path = table(tmp_path, "tekst", "Een boot")
    wanted = Wanted(name="Boten", requester="Zender Noord")
    with pytest.raises(Invalid, match=r"Write a place such as \$\{tekst\}"):
        batches.import_batch(ctx, "<p>Hi</p>", path, wanted)
    with pytest.raises(Invalid, match='no column "html"'):
        batches.import_batch(ctx, "${tekst}", path, Wanted(name="B", requester="Z", html_columns=("html",)))
    with_requester(ctx)
    with pytest.raises(RequestError, match="would do"):
        batches.import_batch(ctx, "${tekst}", path, Wanted(name="B", requester="Zender Noord", reward_cents=1))
    assert rows(ctx, t.project) == []
    made = batches.import_batch(ctx, "${tekst} Your phone number? <input name=p>", path, wanted)
    assert (made.held, made.project.status) == (True, "draft")


def test_a_page_is_looked_at_for_what_stands_in_peoples_way() -> None:
    """Fields without a label, pictures without words, what the keyboard misses, what hurries, and what will not load."""
    html = """<html><script src="https://evil.example/x.js"></script><script src="//code.jquery.com/jquery.js"></script>
    <img src="${image}"><div onclick="go()">Go</div><input name="a"><label>B <input name="b"></label><label for="c">C</label>
    <input id="c" name="c"><audio src="${sound}" autoplay></audio><crowd-bounding-box></crowd-bounding-box>
    <script>setTimeout(() => document.forms[0].submit(), 9000)</script></html>"""
    found = checking.check(html, ["image", "sound", "spare"])
    assert found.needs == {Need.SIGHT, Need.READING, Need.HEARING, Need.POINTER}
    told = {str(each): each.places for each in found.findings}
    assert told["A field has no label: somebody who does not see it cannot know what it asks."] == 1
    assert "<crowd-bounding-box> is not here. Make a project of the workbench's own for it." in told
    assert len(told) == 7
    assert (found.elsewhere, found.here, found.unused) == ([("script-src", "evil.example")], ["jquery.js"], ["spare"])
    assert checking.check(FORM, ["tekst", "plaats"]).not_native == ""


def test_settings_that_reach_out_are_a_managers(ctx: Context) -> None:
    """Servers whose pictures may show, and the page itself, are not the client's to change."""
    assert TASK_TYPE.settings_model.guarded["hosts"] == "always"
    assert "mturk_html" not in projects.askable()
    migrations.ready(ctx)
    assert json.dumps(sorted(TASK_TYPE.accepts)) == '["row"]'


def test_a_batch_comes_in_on_a_page_and_may_be_asked_natively(ctx: Context) -> None:
    """Template and table in one form; a report; servers that may show; the same table as our own questions."""
    here = furnish(ctx, locale="en")
    client = TestClient(create_app(ctx), follow_redirects=True)
    client.get(here.by_role[Role.MANAGER].link_path)
    token = csrf(client)
    files = {
        "template": ("boats.html", FORM.encode(), "text/html"),
        "table": ("boats.csv", b"tekst,plaats\nEen boot,Urk\n", "text/csv"),
    }
    url, before = "/manager/mturk/batches", rows(ctx, t.project)
    assert client.post(f"{url}/upload", data={"csrf": token}).status_code == 422
    wrong = client.post(f"{url}/upload", data={"csrf": token, "requester": "Zender Noord", "reward": "lots"}, files=files)
    assert (wrong.status_code, "such as 250" in wrong.text, rows(ctx, t.project)) == (422, True, before)
    data = {"csrf": token, "requester": "Zender Noord", "language": "en", "opinion": "yes"}
    page = client.post(f"{url}/upload", data=data, files=files)
    shared = rows(ctx, t.step_version)[-1].settings
    assert (shared["language"], shared["opinion"]) == ("en", True)
    assert (page.status_code, "The table is being read" in page.text, "by keyboard and by voice" in page.text) == (
        200,
        True,
        True,
    )
    assert "boats" in client.get(url).text
    one = page.url.path
    assert client.post(f"{one}/hosts", data={"csrf": token, "hosts": "https://x"}).status_code == 422
    client.post(f"{one}/hosts", data={"csrf": token, "hosts": "media.example.org"})
    step = next(row for row in rows(ctx, t.step_version) if row.settings.get("hosts"))
    assert step.settings["hosts"] == ["media.example.org"]
    assert 'value="boats, as questions"' in client.get(one).text
    taken = client.post(f"{one}/native", data={"csrf": token, "name": "boats"})
    assert (taken.status_code, 'value="boats"' in taken.text) == (409, True)
    again = client.post(f"{one}/native", data={"csrf": token, "name": "Boats by voice"})
    assert "Boats by voice" in again.text
    statuses = {row.name: row.status for row in rows(ctx, t.project)}
    assert (statuses["boats"], statuses["Boats by voice"]) == ("paused", "open")
    assert [row.kind for row in rows(ctx, t.job)].count("ingest") >= 2
