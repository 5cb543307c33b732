"""A worker with one switch: one key does a day's work, whatever is on the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.lab import Lab
from workbench.store import people as store

LIT = "[...document.querySelectorAll('[data-scanned]')].map(one => one.innerText.trim().split('\\n')[0])"
SECOND_MS = 1000


@pytest.fixture
def switched(lab: Lab, page: Page) -> Page:
    """Somebody who chose the space bar as their switch, on pages whose clock the test moves."""
    person = lab.person()
    chosen = {"switch": "space", "switch_rounds": "2", "switch_release": "0"}
    lab.ctx.db.write(lambda connection: store.update_preferences(connection, person.id, chosen, locale="en"))
    page.clock.install()
    lab.sign_in(page)
    return page


def press_when(page: Page, *wanted: str) -> None:
    """Wait until this and nothing else is lit up, as a person does, then press the one key."""
    expect(page.locator("[data-scanned]")).not_to_have_count(0)
    seen = []
    for _ in range(60):
        seen.append(page.evaluate(LIT))
        if seen[-1] == [*wanted]:
            page.keyboard.press("Space")
            return
        page.clock.run_for(SECOND_MS)
    raise AssertionError(f"{wanted} is never lit up: {seen}")


def test_one_key_answers_a_question(lab: Lab, switched: Page, tmp_path: Path) -> None:
    """By groups, then one by one; after the answer comes what sends it."""
    lab.texts(tmp_path, ["Text 0."])
    switched.goto(lab.url + "/work/next")
    press_when(switched, "Hard to read", "Fine", "Easy to read")
    press_when(switched, "Fine")
    expect(switched.get_by_label("Fine")).to_be_checked()
    press_when(switched, "Send", "I don't know")
    address = switched.url
    press_when(switched, "Send")
    expect(switched).not_to_have_url(address)
    assert [row.answer["value"] for row in lab.annotations()] == [2]


def test_words_are_written_by_rows_of_letters_and_a_wrong_group_is_left(lab: Lab, switched: Page) -> None:
    """The field opens its letters, "Ready" closes them; a group ends with the way back; after two rounds nothing moves on."""
    switched.goto(lab.url + "/work/more/coach")
    requests = ("I want to talk", "I want other work", "I want a longer break", "I want to stop for today")
    press_when(switched, "", *requests)
    press_when(switched, "")
    for row, letter in (("abcdef", "d"), ("abcdef", "a"), ("abcdef", "a"), ("ghijkl", "g")):
        press_when(switched, *row)
        press_when(switched, letter)
    press_when(switched, "space", "take off")
    press_when(switched, "take off")
    press_when(switched, "Ready")
    expect(switched.locator("textarea, input[name=words]")).to_have_value("daa")
    press_when(switched, "", *requests)
    switched.clock.run_for(len(requests) * SECOND_MS + 2 * SECOND_MS)
    press_when(switched, "", *requests)  # inside it: the way back
    press_when(switched, "Help", "Ask my coach")
    switched.clock.run_for(60 * SECOND_MS)
    expect(switched.locator("[data-scanned]")).to_have_count(0)
    switched.keyboard.press("Space")
    expect(switched.locator("[data-scanned]")).not_to_have_count(0)


def test_who_types_keeps_the_key(lab: Lab, switched: Page) -> None:
    """Somebody beside, with a keyboard, clicks into a field: the space bar is theirs until they go elsewhere."""
    switched.goto(lab.url + "/work/more/coach")
    field = switched.locator("textarea, input[name=words]")
    field.click()
    switched.keyboard.type("a b")
    expect(field).to_have_value("a b")
    expect(switched.locator("[data-scanned]")).to_have_count(0)
    switched.keyboard.press("Tab")
    switched.keyboard.press("Space")
    expect(switched.locator("[data-scanned]")).not_to_have_count(0)
    expect(switched).to_have_url(lab.url + "/work/more/coach")
