"""A scale by number keys; typing with the player under the keys."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.widgets.stand import posted


def loaded(page: Page, address: str) -> Locator:
    """A transcription example, with its sound loaded."""
    page.goto(address)
    page.locator("audio").evaluate("one => one.readyState >= 1 || new Promise(done => one.onloadedmetadata = done)")
    return page.locator("type-what-you-hear")


@pytest.fixture
def typing(page: Page, stand_url: str) -> Locator:
    """The first transcription example."""
    return loaded(page, f"{stand_url}/try/transcription/0")


def seconds(typing: Locator) -> float:
    """Where the player is."""
    return float(typing.locator("audio").evaluate("one => one.currentTime"))


def noted(typing: Locator) -> None:
    """From now on the player notes where it starts and stops: a short sound may be over before anybody looks."""
    typing.locator("audio").evaluate("""one => {
        for (const [name, list] of [["play", "started"], ["pause", "stopped"]]) {
            one.dataset[list] = "";
            one.addEventListener(name, () => { one.dataset[list] += ` ${one.currentTime.toFixed(2)}` });
        }
    }""")


def times(typing: Locator, which: str, count: int) -> list[float]:
    """Where it started or stopped, in seconds, once that happened so often."""
    audio = typing.locator("audio")
    expect(audio).to_have_attribute(f"data-{which}", re.compile(rf"^( [\d.]+){{{count}}}$"))
    return [float(each) for each in (audio.get_attribute(f"data-{which}") or "").split()]


def test_a_number_chooses_only_inside_the_list(page: Page, stand_url: str) -> None:
    """Outside, a bare number is left alone: a screen reader may want it."""
    page.goto(f"{stand_url}/try/rating/0")
    page.keyboard.press("3")
    assert page.locator("rating-scale").evaluate("one => one.answer") is None
    page.get_by_label("Not attractive at all").focus()
    page.keyboard.press("3")
    assert page.locator("rating-scale").evaluate("one => one.answer") == {"value": 3}
    page.get_by_role("button", name="Send").click()
    assert posted(page.inner_text("body")) == {"value": "3"}


def test_the_whole_card_can_be_clicked(page: Page, stand_url: str) -> None:
    """The far right edge of the card counts."""
    page.goto(f"{stand_url}/try/rating/0")
    box = page.locator(".choice").nth(1).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] - 10, box["y"] + 10)
    assert page.locator("rating-scale").evaluate("one => one.answer") == {"value": 2}


def test_keys_play_while_typing(page: Page, typing: Locator) -> None:
    """Play, pause and slower without leaving the text."""
    text = typing.get_by_label("What do you hear?")
    noted(typing)
    text.focus()
    page.keyboard.press("F4")
    times(typing, "started", 1)
    page.keyboard.press("F8")
    assert typing.locator("audio").evaluate("one => one.playbackRate") == 0.75
    page.keyboard.press("F4")
    expect(typing.locator("media-player[data-playing]")).to_have_count(0)
    expect(text).to_be_focused()


def test_back_three_seconds_plays_again(page: Page, typing: Locator) -> None:
    """From 1.5 s back is the start."""
    typing.locator("audio").evaluate("one => { one.currentTime = 1.5 }")
    noted(typing)
    page.keyboard.press("F2")
    assert times(typing, "started", 1)[0] < 1.5


def test_the_place_can_be_chosen_and_is_said_in_seconds(page: Page, typing: Locator) -> None:
    """A native slider: arrow keys work, and it says seconds."""
    place = typing.get_by_label("Place in the recording")
    place.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    assert seconds(typing) == pytest.approx(1.0, abs=0.05)
    expect(place).to_have_attribute("aria-valuetext", "1 of 2 seconds")


def test_unclear_goes_in_at_the_cursor(page: Page, typing: Locator) -> None:
    """With spaces where they are needed, and it is said."""
    text = typing.get_by_label("What do you hear?")
    text.fill("goede morgen")
    text.evaluate("one => one.setSelectionRange(5, 5)")
    page.keyboard.press("F9")
    expect(text).to_have_value("goede [onduidelijk] morgen")
    expect(typing.locator("[role=status]")).to_contain_text("[onduidelijk]")


def test_a_key_can_be_changed_and_is_remembered(page: Page, typing: Locator) -> None:
    """The new key works after the next page load, the old one no longer does."""
    typing.get_by_text("Keys that help").click()
    typing.get_by_role("button", name="Unclear:").click()
    page.keyboard.press("Control+Shift+U")
    page.reload()
    text = typing.get_by_label("What do you hear?")
    text.focus()
    page.keyboard.press("F9")
    expect(text).to_have_value("")
    page.keyboard.press("Control+Shift+U")
    expect(text).to_have_value("[onduidelijk] ")


def test_a_bare_letter_cannot_become_a_key(page: Page, typing: Locator) -> None:
    """It would type, and speech input would press it (WCAG 2.1.4)."""
    typing.get_by_text("Keys that help").click()
    typing.get_by_role("button", name="Unclear:").click()
    page.keyboard.press("u")
    expect(typing.get_by_role("button", name="Unclear: F9")).to_be_visible()


def test_keys_can_be_switched_off(page: Page, typing: Locator) -> None:
    """Then nothing but typing happens."""
    typing.get_by_text("Keys that help").click()
    typing.get_by_label("Use these keys").uncheck()
    page.keyboard.press("F4")
    expect(typing.locator("media-player[data-playing]")).to_have_count(0)


def test_no_speech_is_an_answer(page: Page, typing: Locator) -> None:
    """Typing takes the tick away again."""
    assert typing.evaluate("one => one.answer") is None
    typing.get_by_label("I hear no speech").check()
    assert typing.evaluate("one => one.answer") == {"text": ""}
    typing.get_by_label("What do you hear?").fill("toch")
    assert typing.evaluate("one => one.answer") == {"text": "toch"}


def test_a_recording_that_does_not_load_is_told(page: Page, stand_url: str) -> None:
    """In words, with what to do."""
    page.route("**/media/sound/**", lambda route: route.abort())
    page.goto(f"{stand_url}/try/transcription/0")
    expect(page.get_by_role("alert")).to_contain_text("does not play")


@pytest.fixture
def in_parts(page: Page, stand_url: str) -> Locator:
    """The example that comes in two parts: up to 0.9 s, and up to 2 s."""
    return loaded(page, f"{stand_url}/try/transcription/2")


def test_a_part_stops_by_itself_and_the_next_one_is_a_key_away(page: Page, in_parts: Locator) -> None:
    """Play again repeats the part; "Next part" goes on from its edge; "This part again" begins there."""
    noted(in_parts)
    expect(in_parts.get_by_text("Part 1 of 2")).to_be_visible()
    in_parts.get_by_label("What do you hear?").focus()
    for number in (1, 2):
        page.keyboard.press("F4")
        assert times(in_parts, "stopped", number)[-1] == pytest.approx(0.9)
    page.keyboard.press("F7")
    expect(in_parts.get_by_text("Part 2 of 2")).to_be_visible()
    expect(in_parts.get_by_role("button", name="Next part", exact=True)).to_have_attribute("aria-disabled", "true")
    assert times(in_parts, "stopped", 3)[-1] == pytest.approx(2.0, abs=0.1)
    in_parts.get_by_role("button", name="This part again").click()
    assert times(in_parts, "stopped", 4)[-1] == pytest.approx(2.0, abs=0.1)
    in_parts.get_by_role("button", name="Previous part").click()
    assert times(in_parts, "stopped", 5)[-1] == pytest.approx(0.9)
    assert times(in_parts, "started", 5) == pytest.approx([0, 0, 0.9, 0.9, 0], abs=0.4)


def test_who_sends_before_the_last_part_is_asked_once(page: Page, in_parts: Locator) -> None:
    """Focus stands on "Next part"; the second press sends it as it is."""
    in_parts.get_by_label("What do you hear?").fill("good morning")
    page.get_by_role("button", name="Send").click()
    expect(in_parts.get_by_text("There is one more part.")).to_be_visible()
    expect(in_parts.get_by_role("button", name="Next part", exact=True)).to_be_focused()
    page.get_by_role("button", name="Send").click()
    assert posted(page.inner_text("body")) == {"text": "good morning"}
