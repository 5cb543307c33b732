"""A worker's day in a real browser: start, answer, give back, break; by mouse, by keys alone, and without a script."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from accessibility.audit import audit_page, report, small_targets, too_wide
from tests.browsing import somebody
from tests.conftest import Clock
from tests.journeys.lab import Lab
from workbench.store import people


def test_start_answer_thank_you_and_nothing_left(lab: Lab, page: Page, tmp_path: Path) -> None:
    """One big button; one question at a time; a thank-you that says what comes next."""
    lab.texts(tmp_path, ["The news starts at eight.", "Notwithstanding the foregoing."])
    lab.person()
    lab.sign_in(page)
    page.get_by_role("link", name="Start").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How does this read?")
    page.get_by_label("Easy to read").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Your answer is saved.")).to_be_visible()
    page.get_by_label("Hard to read").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("There are no questions for you now")
    assert [row.answer for row in lab.annotations()] == [{"value": 3}, {"value": 1}]


def test_a_whole_round_by_keyboard_alone(lab: Lab, page: Page, tmp_path: Path) -> None:
    """A rating, a box and a transcript, without a mouse."""
    lab.texts(tmp_path, ["One."])
    lab.pictures(tmp_path)
    lab.sounds(tmp_path)
    lab.person()
    lab.sign_in(page)
    press_until(page, "a[href='/work/next']", "Enter")
    for _ in range(3):
        answer_by_keys(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("There are no questions for you now")
    found = {tuple(row.answer): row.answer for row in lab.annotations()}
    assert found[("value",)] == {"value": 3}
    assert found[("text",)] == {"text": "goedemorgen"}
    [box] = found[("boxes",)]["boxes"]
    assert box == {"label": "door", "x": 320, "y": 180, "width": 40, "height": 40}


def answer_by_keys(page: Page) -> None:
    """Whatever is asked, answered with keys."""
    page.locator("#task .widget").wait_for()
    page.wait_for_load_state()  # only then does a number choose an answer
    kind = page.locator("#task .widget").evaluate("one => one.localName")
    if kind == "rating-scale":
        press_until(page, "input[name=value]", "3")
    elif kind == "box-editor":
        press_until(page, ".drawing__stage", "Enter")
        press_until(page, ".task__bar button:first-child", "Enter")  # too early: that box has one corner
        expect(page.locator(".task__trouble")).to_contain_text("not ready yet")
        press_until(page, ".drawing__stage", "ArrowRight")
        for key in ("ArrowDown", "Enter"):
            page.keyboard.press(key)
    else:
        press_until(page, "textarea", "g")
        page.keyboard.type("oedemorgen")
    address = page.url
    press_until(page, ".task__bar button:first-child", "Enter")
    page.wait_for_url(lambda url: url != address)


def press_until(page: Page, selector: str, key: str) -> None:
    """Tab until this has focus, then press a key."""
    for _ in range(80):
        if page.evaluate("selector => document.activeElement?.matches(selector) ?? false", selector):
            page.keyboard.press(key)
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {selector}")


def test_without_a_script_everything_works(lab: Lab, browser: Browser, tmp_path: Path) -> None:
    """Plain forms: answer, "I don't know", a mistake told beside what was filled in, give back."""
    lab.texts(tmp_path, ["One.", "Two.", "Three."])
    lab.person()
    with somebody(browser, java_script_enabled=False) as context:
        plain_forms(lab, context.new_page())
    assert [row.answer for row in lab.annotations()] == [{"value": 2}, {"dont_know": True}]


def plain_forms(lab: Lab, page: Page) -> None:
    """The whole round, each page waited for."""
    lab.sign_in(page)
    page.get_by_role("link", name="Start").click()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.locator(".error").count() == 1
    page.get_by_label("Fine").check()
    page.get_by_role("button", name="Send").click()
    page.get_by_role("button", name="I don't know").click()
    page.get_by_text("Something is wrong").click()
    page.get_by_role("button", name="This is not for me").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("There are no questions for you now")


def test_a_draft_is_there_after_a_reload(lab: Lab, page: Page, tmp_path: Path) -> None:
    """What was half done comes back."""
    lab.sounds(tmp_path)
    lab.person()
    lab.sign_in(page)
    page.goto(lab.url + "/work/next")
    page.get_by_label("What do you hear?").fill("goede mor")
    expect(page.get_by_text("Kept for you.")).to_be_visible()
    page.reload()
    expect(page.get_by_label("What do you hear?")).to_have_value("goede mor")
    address = page.url
    page.get_by_label("What do you hear?").fill("goede morgen")
    page.get_by_text("Something is wrong").click()
    page.get_by_role("link", name="Ask about this work").click()  # at once: what was typed leaves with the page
    page.wait_for_url("**/ask")
    for _ in range(10):  # it may come a moment after the page that was asked for
        page.goto(address)
        if page.get_by_label("What do you hear?").input_value() == "goede morgen":
            break
    expect(page.get_by_label("What do you hear?")).to_have_value("goede morgen")


def test_an_empty_answer_is_told_at_once(lab: Lab, page: Page, tmp_path: Path) -> None:
    """In words, with focus on them; nothing is sent."""
    lab.texts(tmp_path, ["One."])
    lab.person()
    lab.sign_in(page)
    page.goto(lab.url + "/work/next")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert").filter(has_text="Give an answer first")).to_be_focused()
    assert lab.annotations() == []


def test_the_same_question_in_two_tabs(lab: Lab, page: Page, tmp_path: Path) -> None:
    """The second tab's answer is a newer revision, not a second answer."""
    lab.texts(tmp_path, ["One."])
    lab.person()
    lab.sign_in(page)
    page.goto(lab.url + "/work/next")
    other = page.context.new_page()
    other.goto(page.url)
    for tab, label in ((page, "Fine"), (other, "Easy to read")):
        tab.get_by_label(label).check()
        tab.get_by_role("button", name="Send").click()
        tab.wait_for_url("**/work/next**")
    assert [(row.revision, row.answer) for row in lab.annotations()] == [(1, {"value": 2}), (2, {"value": 3})]
    assert len({row.assignment_id for row in lab.annotations()}) == 1


def test_an_answered_question_says_so_and_can_be_changed(lab: Lab, page: Page, tmp_path: Path) -> None:
    """Until it is settled."""
    lab.texts(tmp_path, ["One."])
    lab.person()
    lab.sign_in(page)
    page.goto(lab.url + "/work/next")
    address = page.url
    page.get_by_label("Fine").check()
    page.get_by_role("button", name="Send").click()
    page.get_by_role("link", name="Change my answer").click()  # beside the thank-you: no browser's button is needed
    page.get_by_label("Easy to read").check()
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/work/next**")
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("This question is done")
    page.get_by_role("link", name="Change my answer").click()
    expect(page.get_by_label("Easy to read")).to_be_checked()


def test_an_expired_question_still_takes_its_answer(lab: Lab, page: Page, tmp_path: Path, clock: Clock) -> None:
    """Nobody is told that they were too slow."""
    lab.texts(tmp_path, ["One."])
    lab.person()
    lab.sign_in(page)
    page.goto(lab.url + "/work/next")
    clock.forward(minutes=70)
    page.get_by_label("Fine").check()
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/work/next**")
    assert [row.answer for row in lab.annotations()] == [{"value": 2}]


def test_after_45_minutes_comes_a_break_without_hurry(lab: Lab, page: Page, tmp_path: Path, clock: Clock) -> None:
    """A soft sign before, the running question first, then the break; its end is said to who asks, and nothing counts down."""
    lab.texts(tmp_path, ["One.", "Two."])
    lab.person()
    lab.sign_in(page)
    page.goto(lab.url + "/work/next")
    clock.forward(minutes=41)
    page.reload()
    expect(page.get_by_text("It is almost time for a break.")).to_be_visible()
    clock.forward(minutes=6)
    page.get_by_label("Fine").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Time for a break")
    expect(page.get_by_text("Your answer is saved.")).to_be_visible()
    expect(page.get_by_text("You can go on from 11:02.")).to_be_hidden()
    page.get_by_text("When can I go on?").click()
    expect(page.get_by_text("You can go on from 11:02.")).to_be_visible()
    clock.forward(minutes=16)
    page.get_by_role("link", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How does this read?")


@pytest.mark.parametrize("kind", ["texts", "pictures", "sounds", "none"])
def test_every_question_page_passes_the_audit(lab: Lab, page: Page, tmp_path: Path, kind: str) -> None:
    """
    The question, and the page without one: AAA, 44 px, 320 px, and a walk by keyboard; the widths in English too.

    Every other page of a worker is walked by tests/web/test_pages_in_browser.py.
    """
    if kind == "texts":
        lab.texts(tmp_path, ["One."])
    elif kind != "none":
        getattr(lab, kind)(tmp_path)
    worker = lab.person(locale="nl")
    lab.sign_in(page)
    page.goto(lab.url + "/work/next")
    findings = audit_page(page, walk=True)
    assert findings == [], report(findings)
    lab.ctx.db.write(lambda connection: people.update_preferences(connection, worker.id, {}, locale="en"))
    page.reload()
    assert page.locator("html").get_attribute("lang") == "en"
    findings = [*too_wide(page), *small_targets(page)]
    assert findings == [], report(findings)


def test_somebody_elses_question_is_not_found(lab: Lab, browser: Browser, page: Page, tmp_path: Path) -> None:
    """Neither the page nor its media."""
    lab.pictures(tmp_path)
    lab.person()
    lab.person("Sem")
    lab.sign_in(page)
    page.goto(lab.url + "/work/next")
    address, picture = page.url, page.locator(".drawing__stage img").get_attribute("src")
    with somebody(browser) as other:
        lab.sign_in(other.new_page(), "Sem")
        for path in (address, f"{lab.url}{picture}"):
            reply = other.request.get(path)
            assert reply.status == 404, path
