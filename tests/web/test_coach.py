"""The coach's pages: only their own people, requests answered on the board, and a mirror that is exact."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.builders import key, person
from tests.coached import a_life
from tests.conftest import Clock
from tests.web.builders import Furnished
from tests.web.conftest import SignIn, csrf
from workbench import coaching, people
from workbench.context import Context
from workbench.domain import Role
from workbench.local_days import start_of
from workbench.person_view import PersonView
from workbench.store import agreements as agreements_store
from workbench.store import board, coaches, own_words, requests
from workbench.web.languages import say

PART = re.compile(r'<section class="card part" data-part="(\w+)".*?</section>', re.DOTALL)


@pytest.fixture
def life(ctx: Context, here: Furnished) -> dict[str, str]:
    """Wim has a past, and Carla coaches him."""
    assert here.project
    worker, coach = here.by_role[Role.WORKER].person, here.by_role[Role.COACH].person
    return a_life(ctx, worker, coach, here.project)


def parts_of(html: str) -> dict[str, str]:
    """The parts of a person's record on a page, each as it is shown."""
    return {found.group(1): found.group(0) for found in PART.finditer(html)}


def wim(here: Furnished) -> str:
    """The page of the worker, for the coach."""
    return f"/coach/people/{here.by_role[Role.WORKER].person.public_id}"


def test_the_worker_sees_exactly_what_the_coach_sees(browser: SignIn, here: Furnished, life: dict[str, str]) -> None:
    """Field by field: each field of the record stands on both pages, letter for letter, and nothing else does."""
    coach, worker = browser(Role.COACH), browser(Role.WORKER)
    seen, mirror = parts_of(coach.get(wim(here)).text), parts_of(worker.get("/work/more/coach-sees").text)
    assert set(seen) == {field.name for field in fields(PersonView)}
    assert {name: seen[name] == mirror.get(name) for name in seen} == dict.fromkeys(seen, True)
    assert set(mirror) == set(seen)
    assert "Carla" in mirror["looks"], "who looked stands there too"


def test_what_is_not_shared_is_on_neither_page(ctx: Context, browser: SignIn, here: Furnished, life: dict[str, str]) -> None:
    """A check-in that the worker kept, and a sign that the worker did not share."""
    worker = here.by_role[Role.WORKER].person
    ctx.db.write(
        lambda connection: own_words.add_check_in(
            connection, worker.id, work_kind="other", shared=False, key=key(), now=ctx.now()
        )
    )
    page = browser(Role.COACH).get(wim(here)).text
    assert "te moeilijk" in page
    assert "te snel" not in page
    assert "liever ander werk" not in page


def test_each_look_is_kept_and_shown(browser: SignIn, here: Furnished, life: dict[str, str], ctx: Context) -> None:
    """The person's page and the file count; the worker's own look does not."""
    coach, worker = browser(Role.COACH), browser(Role.WORKER)
    coach.get(wim(here))
    coach.get(f"{wim(here)}/file")
    worker.get("/work/more/coach-sees")
    found = ctx.db.read(lambda connection: coaches.looks(connection, here.by_role[Role.WORKER].person.id))
    assert [(look.name, look.page) for look in found] == [("Carla", "file"), ("Carla", "person")]


def test_a_person_of_another_coach_is_not_found_on_any_page(
    app: FastAPI, ctx: Context, here: Furnished, life: dict[str, str]
) -> None:
    """Neither the page, nor the file, nor the work, nor a request of theirs."""
    other = people.enrol(ctx, "Piet", [Role.COACH])
    client = TestClient(app, follow_redirects=False, raise_server_exceptions=False)
    client.get(other.link_path)
    token = csrf(client)
    found = [client.get(wim(here) + path).status_code for path in ("", "/file", "/work")]
    answer = client.post(f"/coach/requests/{life['request_id']}", data={"csrf": token, "answer": "coming"})
    assert (found, answer.status_code) == ([404, 404, 404], 404)
    assert "Wim" not in client.get("/coach").text
    assert "Nummer 3" not in client.get("/coach/feedback").text


def test_a_request_is_answered_on_the_board(browser: SignIn, here: Furnished, life: dict[str, str], ctx: Context) -> None:
    """It stands on top, with its words, and leaves when it is answered; a second answer says that it was done."""
    coach = browser(Role.COACH)
    assert "Over morgen" in coach.get("/coach/board").json()["html"]
    form = {"csrf": csrf(coach), "answer": "coming"}
    assert coach.post(f"/coach/requests/{life['request_id']}", data=form).headers["location"] == "/coach"
    assert "Over morgen" not in coach.get("/coach").text
    again = coach.post(f"/coach/requests/{life['request_id']}", data=form).headers["location"]
    assert say("nl", "Somebody answered this already.") in coach.get(again).text
    answered = ctx.db.read(lambda connection: requests.by_public_id(connection, life["request_id"]))
    assert (answered.answer, answered.answer_by) == ("coming", "Carla")


def test_a_request_is_answered_on_the_persons_own_page_too(browser: SignIn, here: Furnished, life: dict[str, str]) -> None:
    """Whoever looks somebody up need not go back to the board."""
    coach = browser(Role.COACH)
    assert f'action="/coach/requests/{life["request_id"]}"' in coach.get(wim(here)).text
    coach.post(f"/coach/requests/{life['request_id']}", data={"csrf": csrf(coach), "answer": "coming"})
    assert f'action="/coach/requests/{life["request_id"]}"' not in coach.get(wim(here)).text


def test_somebody_without_a_coach_is_taken_on_from_the_board(browser: SignIn, here: Furnished, ctx: Context) -> None:
    """That they asked is shown, and what they asked only to their coach."""
    noor = person(ctx, "Noor")
    ctx.db.write(lambda connection: requests.ask(connection, noor.id, "stop_today", key=key(), words="geheim", now=ctx.now()))
    coach = browser(Role.COACH)
    before = coach.get("/coach").text
    assert "vroeg om een coach" in before
    assert "geheim" not in before
    coach.post(f"/coach/people/{noor.public_id}/take-on", data={"csrf": csrf(coach)})
    assert "geheim" in coach.get("/coach").text


def test_a_proposal_holds_when_the_worker_agrees(browser: SignIn, here: Furnished, ctx: Context, life: dict[str, str]) -> None:
    """Needs that the coach proposes change nothing before the worker's yes, and the profile after it."""
    coach, worker = browser(Role.COACH), browser(Role.WORKER)
    wanted = {"csrf": csrf(coach), "kind": "needs", "cannot_use": "hearing", "topics_off": "geweld"}
    coach.post(f"{wim(here)}/agreements", data=wanted)
    assert "Horen" not in parts_of(coach.get(wim(here)).text)["needs"]
    who = here.by_role[Role.WORKER].person.id
    [proposal] = ctx.db.read(lambda connection: agreements_store.of_person(connection, who, kind="needs"))
    worker.post(f"/work/more/agreed/{proposal.public_id}/agree", data={"csrf": csrf(worker)})
    needs = parts_of(coach.get(wim(here)).text)["needs"]
    assert "horen" in needs
    assert "geweld" in needs


def test_what_was_typed_on_a_refused_form_is_still_there(browser: SignIn, here: Furnished, life: dict[str, str]) -> None:
    """A long talk with minutes in words, other blocks, a trajectory that ends too early: open, as typed, and nothing written."""
    coach, address = browser(Role.COACH), wim(here)
    before = parts_of(coach.get(address).text)
    for form, typed in (
        ("entries", {"kind": "development_talk", "words": "Een lang gesprek.", "minutes": "half uur", "on_date": "2026-11-19"}),
        ("agreements", {"kind": "blocks", "work_minutes": "17", "break_minutes": "400"}),
        ("trajectory", {"start_day": "2027-01-04", "end_day": "2026-01-03", "leads_to": "Een drukkerij"}),
    ):
        answer = coach.post(f"{address}/{form}", data={**typed, "csrf": csrf(coach)})
        [opened] = re.findall("<details open>.*?</details>", answer.text, re.DOTALL)
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in opened
        assert [value for value in typed.values() if value not in opened] == []
        assert {**parts_of(answer.text), "looks": ""} == {**before, "looks": ""}


def test_feedback_reaches_the_worker_in_the_words_of_the_coach(browser: SignIn, here: Furnished, life: dict[str, str]) -> None:
    """Not before, and never in the client's words."""
    coach, worker = browser(Role.COACH), browser(Role.WORKER)
    assert "Nummer 3 klopt niet." in coach.get("/coach/feedback").text
    assert "Nummer 3" not in worker.get("/work/more/feedback").text
    form = {"csrf": csrf(coach), "batch": "review-1", "decision": "pass_on", "words": ""}
    assert coach.post(f"{wim(here)}/feedback", data=form).status_code == 422
    coach.post(f"{wim(here)}/feedback", data={**form, "words": "Kijk nog eens naar het derde plaatje."})
    text = worker.get("/work/more/feedback").text
    assert "Kijk nog eens naar het derde plaatje." in text
    assert "Nummer 3" not in text


def test_work_is_chosen_together_and_the_reason_is_kept(
    browser: SignIn, here: Furnished, ctx: Context, life: dict[str, str]
) -> None:
    """The worker asks, the coach agrees; without a reason a coach cannot propose."""
    coach, worker = browser(Role.COACH), browser(Role.WORKER)
    step = here.paths["step"]
    assert coach.post(f"{wim(here)}/work", data={"csrf": csrf(coach), "step": step}).status_code == 422
    worker.post("/work/more/fitting", data={"csrf": csrf(worker), "step": step, "reason": "Ik lees graag"})
    who = here.by_role[Role.WORKER].person.id
    [wish] = ctx.db.read(lambda connection: agreements_store.of_person(connection, who, kind="work"))
    coach.post(f"{wim(here)}/agreements/{wish.public_id}/agree", data={"csrf": csrf(coach)})
    assert "Samen gekozen" in worker.get("/work/more/fitting").text
    assert "Ik lees graag" in coach.get(f"{wim(here)}/file").text


def test_a_stand_in_is_seen_on_both_boards_and_by_the_worker(
    browser: SignIn, app: FastAPI, here: Furnished, ctx: Context, life: dict[str, str]
) -> None:
    """Who stands in sees the people; the worker reads who it is."""
    other = people.enrol(ctx, "Piet", [Role.COACH])
    coach = browser(Role.COACH)
    days = {"csrf": csrf(coach), "stand_in": other.person.public_id, "from": "2026-11-23", "until": "2026-11-24"}
    assert coach.post("/coach/stand-in", data=days).status_code == 303
    assert "Piet neemt waar voor jou tot en met 24 november 2026" in coach.get("/coach").text
    client = TestClient(app, follow_redirects=False)
    client.get(other.link_path)
    assert "Wim" in client.get("/coach").text
    assert client.get(wim(here)).status_code == 200
    assert "Piet" in parts_of(browser(Role.WORKER).get("/work/more/coach-sees").text)["guides"]
    refused = coach.post("/coach/stand-in", data={**days, "from": "2026-11-24", "until": "2026-11-22"})
    assert refused.status_code == 422
    assert f'value="{other.person.public_id}" selected' in refused.text
    assert ['value="2026-11-24"' in refused.text, 'value="2026-11-22"' in refused.text] == [True, True]


def test_a_page_that_was_open_long_takes_no_coach_away(browser: SignIn, here: Furnished, ctx: Context) -> None:
    """A coach took somebody on while the manager's page was open; the manager changes another, and only that other."""
    manager, coach = browser(Role.MANAGER), here.by_role[Role.COACH].person
    noor, sem = person(ctx, "Noor"), person(ctx, "Sem")
    opened = manager.get("/manager/coaches").text
    assert f'name="before-{noor.public_id}" value=""' in opened
    coaching.take_on(ctx, coach, noor.public_id)
    chosen = {f"coach-{noor.public_id}": "", f"coach-{sem.public_id}": coach.public_id}
    before = {f"before-{each.public_id}": "" for each in (noor, sem)}
    manager.post("/manager/coaches", data={**chosen, **before, "csrf": csrf(manager)})
    assert [ctx.db.read(lambda c, each=each: coaches.coach_of(c, each.id)) for each in (noor, sem)] == [coach.id] * 2
    other = {"name": coach.name, "roles": ["supervisor"], "locale": "nl", "csrf": csrf(manager)}
    manager.post(f"/manager/people/{coach.public_id}", data=other)
    assert ctx.db.read(lambda c: coaches.coach_of(c, noor.id)) is None, "who is no coach any more coaches nobody"


@pytest.mark.parametrize(("day", "told"), [("2027-02-20", "eindigt op"), ("2027-03-10", "eindigde op")])
def test_the_board_tells_of_a_trajectory_that_ends_or_ended(
    browser: SignIn, clock: Clock, life: dict[str, str], day: str, told: str
) -> None:
    """Four weeks before its last day, and four weeks after it."""
    clock.now_ms = start_of(day, "Europe/Amsterdam")
    assert f"Het traject van Wim {told} 28 februari 2027" in browser(Role.COACH).get("/coach").text


def test_the_board_shows_the_block_of_today(ctx: Context, here: Furnished, life: dict[str, str]) -> None:
    """A block that was left open on another day makes nobody present."""
    coach = here.by_role[Role.COACH].person
    now = ctx.now()
    [today] = ctx.db.read(lambda connection: board.board(connection, [coach.id], today_ms=now - 1000))
    [tomorrow] = ctx.db.read(lambda connection: board.board(connection, [coach.id], today_ms=now + 1000))
    assert (today.block, tomorrow.block) == ("work", None)
    assert [asked.words for asked in tomorrow.asked] == ["Over morgen"]
