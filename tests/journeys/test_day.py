"""A day of a worker and a coach in real browsers, with a shortened clock: from the first press to the end."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.conftest import Clock
from tests.journeys.lab import Lab
from tests.test_timetable import WEEK, at
from workbench import coaching
from workbench.domain import Role
from workbench.store import groups, people


def answer(page: Page) -> None:
    """Answer the question that is shown."""
    page.get_by_label("Fine").check()
    page.get_by_role("button", name="Send").click()


def test_a_day_with_a_soft_sign_a_break_a_request_and_an_end(
    lab: Lab, page: Page, browser: Browser, tmp_path: Path, clock: Clock
) -> None:
    """Start, work, almost a break, the break, a longer one; the coach sees the request and answers; the day ends."""
    lab.texts(tmp_path, [f"Text {number}." for number in range(20)])
    noor, joke = lab.person(), lab.person("Joke", Role.COACH)
    coaching.give_coach(lab.ctx, noor, joke, by=joke)

    def in_group(connection) -> None:
        group = groups.add_group(connection, name="Red", now=1)
        groups.set_timetable(connection, group.id, WEEK, from_day="2026-01-01", by=None, now=1)
        groups.put_in(connection, group.id, noor.id, now=1)

    lab.ctx.db.write(in_group)
    board = browser.new_context().new_page()
    lab.sign_in(board, "Joke")
    board.goto(lab.url + "/coach")

    clock.now_ms = at("08:55")
    lab.sign_in(page)
    page.goto(lab.url + "/work")
    expect(page.get_by_text("We begin at 09:00.")).to_be_visible()
    clock.now_ms = at("09:00")
    page.get_by_role("link", name="Start").click()
    answer(page)
    expect(page.get_by_text("Your answer is saved.")).to_be_visible()
    expect(page.get_by_text("It is almost time for a break.")).to_be_hidden()
    clock.now_ms = at("09:41")
    page.reload()
    expect(page.get_by_text("It is almost time for a break.")).to_be_visible()
    clock.now_ms = at("09:47")
    answer(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Time for a break")

    page.get_by_role("main").get_by_role("link", name="Ask my coach").click()
    page.get_by_role("button", name="I want to talk").click()
    expect(page.get_by_text("Your coach sees this now.")).to_be_visible()
    request = board.locator("[data-request]")
    expect(request).to_be_visible()  # nobody reloads the board
    with board.expect_response(lambda reply: reply.request.method == "POST"):
        request.get_by_role("button").first.click()
    expect(page.get_by_text("Joke: I am coming to you.")).to_be_visible(timeout=20_000)  # nobody reloads this page either
    page.goto(lab.url + "/work")

    clock.now_ms = at("10:00")
    page.get_by_role("link", name="Go on").or_(page.get_by_role("link", name="Start")).or_(
        page.get_by_role("link", name="To my break")
    ).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How does this read?")
    clock.now_ms = at("10:20")
    page.goto(lab.url + "/work/more/coach")
    with page.expect_response(lambda reply: reply.request.method == "POST"):
        page.get_by_role("button", name="I want to stop for today").click()
    page.goto(lab.url + "/work")
    expect(page.get_by_text("Your work for today is done.")).to_be_visible()
    page.goto(lab.url + "/work/next")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your work for today is done")
    assert len(lab.annotations()) == 2


def test_who_is_quiet_for_long_is_asked_kindly(lab: Lab, page: Page, tmp_path: Path) -> None:
    """After ten minutes without a key or a click; nothing happens by itself; one press and it is gone."""
    lab.texts(tmp_path, ["One."])
    lab.person()
    lab.sign_in(page)
    page.clock.install()
    page.goto(lab.url + "/work/next")
    question = page.get_by_text("Take your time. Do you want a break?")
    expect(question).to_be_hidden()
    page.clock.run_for(9 * 60_000)
    page.keyboard.press("Tab")
    page.clock.run_for(9 * 60_000)
    expect(question).to_be_hidden()
    page.clock.run_for(2 * 60_000)
    expect(question).to_be_visible()
    page.get_by_role("button", name="No, I go on").click()
    expect(question).to_be_hidden()


def test_the_soft_sign_comes_on_a_page_that_is_open_and_minutes_only_for_who_wants_them(
    lab: Lab, page: Page, tmp_path: Path
) -> None:
    """Forty minutes on one question: the sign comes by itself, and nothing else happens."""
    lab.texts(tmp_path, ["One."])
    noor = lab.person()
    lab.sign_in(page)
    page.clock.install()
    page.goto(lab.url + "/work/next")
    sign, minutes = page.get_by_text("It is almost time for a break."), page.get_by_text("minutes.")
    page.clock.run_for(39 * 60_000)
    expect(sign).to_be_hidden()
    page.clock.run_for(2 * 60_000)
    expect(sign).to_be_visible()
    expect(minutes).to_be_hidden()
    lab.ctx.db.write(lambda connection: people.update_preferences(connection, noor.id, {"time_left": True}, locale=noor.locale))
    page.reload()
    expect(minutes).to_contain_text("Still 45 minutes.")
    page.clock.run_for(10 * 60_000)
    expect(minutes).to_contain_text("Still 35 minutes.")
