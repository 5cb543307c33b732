"""The worker's own pages of the day, as plain forms, and the same as JSON."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.builders import key, rows
from tests.conftest import Clock
from tests.test_timetable import WEEK, at
from tests.web.builders import Furnished, with_work
from tests.web.conftest import SignIn, csrf
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Role
from workbench.store import groups, own_words, plans, requests
from workbench.store import people as store


@pytest.fixture
def worker(ctx: Context, here: Furnished, browser: SignIn, tmp_path: Path) -> TestClient:
    """The worker's browser, in an English lab with work."""
    with_work(ctx, here, tmp_path / "texts")
    client = browser(Role.WORKER)
    client.headers["x-csrf-token"] = csrf(client)
    return client


def in_group(ctx: Context, here: Furnished) -> None:
    """The worker has a timetable."""

    def write(connection) -> None:
        group = groups.add_group(connection, name="Red", now=1)
        groups.set_timetable(connection, group.id, WEEK, from_day="2026-01-01", by=None, now=1)
        groups.put_in(connection, group.id, here.by_role[Role.WORKER].person.id, now=1)

    ctx.db.write(write)


def test_the_start_page_has_one_button_for_what_comes_now(
    worker: TestClient, ctx: Context, here: Furnished, clock: Clock
) -> None:
    """Go on; a break; a training; the end of the day; tomorrow."""
    seen = [worker.get("/work").text]
    assert worker.post("/work/break").headers["location"] == "/work/next"
    seen.append(worker.get("/work").text)
    in_group(ctx, here)
    me = here.by_role[Role.WORKER].person.id
    plan = {"kind": "training", "title": "Ondertitels", "start_ms": at("13:00"), "end_ms": at("13:45")}
    ctx.db.write(lambda c: plans.plan_block(c, **plan, person_id=me, by=None, now=1))
    for moment in ("13:10", "20:00"):
        clock.now_ms = at(moment)
        seen.append(worker.get("/work").text)
    clock.now_ms = at("08:30") + 86_400_000
    worker.get(here.by_role[Role.WORKER].link_path)
    seen.append(worker.get("/work").text)
    words = [">Verder<", "Je hebt pauze.", "Nu: Ondertitels", "Je werk voor vandaag is klaar.", "We beginnen om 09:00."]
    assert [word in page for word, page in zip(words, seen, strict=True)] == [True] * 5
    assert all(page.count('class="button button--large button--wide"') <= 1 for page in seen)


def test_at_a_training_one_press_says_that_i_am_here(worker: TestClient, ctx: Context, here: Furnished, clock: Clock) -> None:
    """It is a block that counts; the page says so."""
    in_group(ctx, here)
    me = here.by_role[Role.WORKER].person.id
    clock.now_ms = at("13:05")
    plan = {"kind": "talk", "title": "", "start_ms": at("13:00"), "end_ms": at("13:45")}
    ctx.db.write(lambda c: plans.plan_block(c, **plan, person_id=me, by=None, now=1))
    worker.post("/work/here")
    assert "Je bent er. Dat telt." in worker.get("/work").text
    assert [row.kind for row in rows(ctx, t.block)][-1] == "talk"


def test_when_a_break_ends_is_said_to_who_asks(worker: TestClient) -> None:
    """As a time of the clock, folded away; nothing counts down."""
    worker.post("/work/break")
    page = worker.get("/work/next").text
    assert '<details class="when"><summary>Wanneer kan ik verder?</summary>' in page
    assert "data-until" not in page
    asked = worker.post("/work/break/longer").headers["location"]
    page = worker.get(asked).text
    assert "10:25" in page
    assert "<title>Langer pauze. Pauze –" in page
    assert 'role="status">Je kunt verder vanaf' in worker.get("/work/next?again=1").text, "who presses too early is told"


def test_a_question_cannot_be_opened_in_a_break(worker: TestClient, here: Furnished) -> None:
    """Not by its address either; a break that was a mistake is undone."""
    address = f"/work/{here.paths['assignment_id']}"
    assert worker.get(address).status_code == 200
    worker.post("/work/break")
    assert worker.get(address).headers["location"] == "/work/next"
    worker.post("/work/go-on")
    assert worker.get(address).status_code == 200
    assert "Tijd voor pauze" in worker.get("/work/break").text, "what the browser keeps for when the network is away"


def test_asking_the_coach_is_one_press(worker: TestClient, ctx: Context, here: Furnished, clock: Clock) -> None:
    """The answer is on the start page until it was read; pressing twice asks once."""
    once = key()
    for _ in range(2):
        worker.post("/work/more/coach", data={"kind": "other_work", "key": once, "words": "Liever geluid"})
    waits = ctx.db.read(requests.waiting)
    assert [(each.kind, each.words) for each in waits] == [("talk", None), ("other_work", "Liever geluid")]
    coach = here.by_role[Role.COACH].person.id
    ctx.db.write(lambda c: requests.answer(c, waits[1].public_id, "coming", by=coach, words="Zo meteen", now=clock()))
    assert "Carla: Ik kom naar je toe." in worker.get("/work").text
    question = f"/work/{here.paths['assignment_id']}"
    assert "Carla: Ik kom naar je toe." in worker.get(question).text, "and beside the work, for half an hour"
    clock.forward(minutes=31)
    assert "Carla:" not in worker.get(question).text
    assert "Zo meteen" in worker.get("/work/more/coach").text
    assert "Carla:" not in worker.get("/work").text
    worker.post(f"/work/more/coach/{waits[0].public_id}/take-back")
    assert ctx.db.read(requests.waiting) == []


def test_a_check_in_may_be_skipped_and_is_shared_only_when_i_say_so(worker: TestClient, ctx: Context, here: Furnished) -> None:
    """Nothing chosen, nothing kept."""
    me = here.by_role[Role.WORKER].person.id
    worker.post("/work/more/check-in", data={"key": key()})
    worker.post("/work/more/check-in", data={"key": key(), "pace": "too_fast"})
    newest = ctx.db.read(lambda c: own_words.check_ins(c, me))
    assert [each.pace for each in newest] == ["too_fast", "fine"]
    assert ctx.db.read(lambda c: own_words.shared_check_ins(c, me)) == []
    worker.post(f"/work/more/check-in/{newest[0].public_id}/share", data={"shared": "yes"})
    assert [each.pace for each in ctx.db.read(lambda c: own_words.shared_check_ins(c, me))] == ["too_fast"]


def test_behind_more_stands_only_what_is_there(worker: TestClient) -> None:
    """Every link leads to a page."""
    page = worker.get("/work/more").text
    links = re.findall(r'<li><a href="([^"]+)"', page)
    assert "/work/more/day" in links
    assert [path for path in links if worker.get(path).status_code != 200] == []


def test_the_day_as_json(ctx: Context, here: Furnished, app, tmp_path: Path, clock: Clock) -> None:
    """What the pages do, for programs: a break and its 409, a request, a check-in, a wish, other work."""
    with_work(ctx, here, tmp_path / "texts")
    token = here.by_role[Role.WORKER].token
    client = TestClient(app, base_url="http://testserver/api/v1", headers={"authorization": f"Bearer {token}"})
    assert client.get("day").json()["now"]["block"] == "work"
    until = client.post("day/break").json()["now"]["until"]
    refused = client.post("work/next")
    assert (refused.status_code, refused.json()["reason"], refused.json()["block"]) == (409, "break", "break")
    assert refused.json()["until"] == until
    assert client.post("day/break/longer").json()["now"]["until"] == until + 600_000
    clock.forward(minutes=30)
    work = client.get("day/work").json()["work"]
    assert [each["name"] for each in work] == ["Journaal"]
    assert client.post("day/work", json={"step": work[0]["step"]}).json()["work"][0]["chosen"]
    asked = client.post("requests", json={"kind": "talk", "key": "k" * 8})
    assert (asked.status_code, client.post("requests", json={"kind": "talk", "key": "k" * 8}).status_code) == (201, 200)
    assert client.post(f"requests/{asked.json()['id']}/take-back").json()["answer"] == "taken_back"
    assert client.post("requests", json={"kind": "lunch", "key": "x" * 8}).status_code == 422
    assert client.post("check-ins", json={"key": "c" * 8, "pace": "fine"}).json()["shared"] is False
    assert client.post("wishes", json={"words": "Video"}).status_code == 201
    assert [len(client.get(name).json()[name.replace("-", "_")]) for name in ("requests", "check-ins", "wishes")] == [2, 2, 2]
    client.post("day/stop")
    assert client.post("work/next").json()["reason"] == "day over"
    assert client.post("day/go-on").json()["now"]["block"] == "work"


def test_a_worker_sets_their_own_limit_on_difficult_material(browser: SignIn, ctx: Context, here: Furnished) -> None:
    """It holds in the profile at once, can be taken back, and nothing else of the profile changes."""
    worker, me = browser(Role.WORKER), here.by_role[Role.WORKER].person
    before = ctx.db.read(lambda connection: store.person_by_id(connection, me.id)).profile

    def choose(most: str) -> object:
        sent = worker.post("/work/more/limits", data={"most": most, "csrf": csrf(worker)})
        assert sent.headers["location"] == "/work/more/limits?saved=1"
        return ctx.db.read(lambda connection: store.person_by_id(connection, me.id)).profile

    assert choose("0") == {**before, "most_distressing": 0}
    assert re.search(r'value="0"[^>]* checked', worker.get("/work/more/limits").text)
    assert choose("") == before
    assert worker.post("/work/more/limits", data={"most": "-1", "csrf": csrf(worker)}).status_code == 422
