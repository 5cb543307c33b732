"""Choosing, comparing, marking and drawing: by keys, by mouse, and with the limits that were set."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect


def answer(page: Page) -> Any:
    """What the widget says."""
    return page.locator(".widget").evaluate("one => one.answer")


def test_a_long_list_is_searched_without_accents(page: Page, stand_url: str) -> None:
    """What does not match goes, groups without a match too; what is chosen stays."""
    page.goto(f"{stand_url}/try/choice/1")
    page.get_by_label("Find a label").fill("CAFE")
    expect(page.get_by_label("Café")).to_be_visible()
    expect(page.get_by_label("Cat")).to_be_hidden()
    expect(page.get_by_label("Street")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("2 of 3 labels")


def test_one_tag_too_many_is_not_taken(page: Page, stand_url: str) -> None:
    """And it is said; "none" and tags take each other away."""
    page.goto(f"{stand_url}/try/tags/0")
    page.get_by_label("Music").check()
    page.get_by_label("Noise").click()
    assert answer(page) == {"labels": ["music", "speech"]}
    expect(page.get_by_role("status")).to_have_text("You can choose 2 at most.")
    page.get_by_label("None of these").check()
    assert answer(page) == {"labels": []}


def test_a_picture_is_chosen_by_pressing_it_or_by_number(page: Page, stand_url: str) -> None:
    """The order shown goes with it."""
    page.goto(f"{stand_url}/try/image_choice/0")
    page.locator(".option__picture").first.click()
    assert answer(page) == {"chosen": "a", "order": ["a", "b"]}
    page.keyboard.press("2")
    assert answer(page) == {"chosen": "b", "order": ["a", "b"]}


def test_starting_one_recording_stops_the_other(page: Page, stand_url: str) -> None:
    """Two at once help nobody."""
    page.goto(f"{stand_url}/try/comparison/0")
    page.evaluate("document.querySelectorAll('audio').forEach(one => { one.loop = true })")  # neither ends by itself
    for at in (0, 1):
        page.locator("[data-do=play]").nth(at).click()
        expect(page.locator("media-player").nth(at)).to_have_attribute("data-playing", "")
    expect(page.locator("media-player[data-playing]")).to_have_count(1)


def test_one_key_starts_and_stops_a_part(page: Page, stand_url: str) -> None:
    """Times are of the recording; they can be typed over, and undone."""
    page.goto(f"{stand_url}/try/segments/0")
    page.locator("audio").evaluate("one => one.readyState >= 1 || new Promise(done => one.onloadedmetadata = done)")
    for seconds in (0.5, 1.25):
        page.locator("audio").evaluate("(one, at) => { one.currentTime = at }", seconds)
        page.keyboard.press("F9")
    assert answer(page) == {"segments": [{"label": "music", "start_ms": 500, "end_ms": 1250}]}
    item = page.locator(".segments__item")
    item.get_by_label("End").fill("0:01,5")
    item.get_by_label("End").press("Tab")
    assert answer(page)["segments"][0]["end_ms"] == 1500
    item.get_by_label("Start").fill("9:00")
    item.get_by_label("Start").press("Tab")
    expect(item.get_by_label("Start")).to_have_value("0:00.500")
    page.evaluate("document.documentElement.dataset.shortcuts = 'off'")  # as somebody's account says
    page.keyboard.press("F9")
    assert page.locator("mark-segments").evaluate("one => one.unfinished") == ""
    page.evaluate("document.documentElement.dataset.shortcuts = 'on'")
    page.keyboard.press("F9")  # by mistake: only that is undone first
    page.get_by_role("button", name="Undo").click()
    assert answer(page)["segments"][0]["end_ms"] == 1500
    page.get_by_role("button", name="Undo").click()
    assert answer(page)["segments"][0]["end_ms"] == 1250


def test_words_are_marked_by_keys_and_count_characters(page: Page, stand_url: str) -> None:
    """The emoji before "met" counts as one character."""
    page.goto(f"{stand_url}/try/text_spans/0")
    page.get_by_role("button", name="Philips").focus()
    for key in ("ArrowRight", "ArrowRight", "Enter", "Enter", "End", "ArrowLeft", "ArrowLeft", "Enter", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    assert [span["text"] for span in answer(page)["spans"]] == ["ASML", "Omroep Max"]
    text = page.locator(".spans__text").inner_text()
    for span in answer(page)["spans"]:
        assert "".join(list(text)[span["start"] : span["end"]]) == span["text"]


def test_an_outline_by_keys(page: Page, stand_url: str) -> None:
    """Three points and R; two are not enough, and that is said."""
    page.goto(f"{stand_url}/try/polygon/0")
    page.locator(".drawing__stage").focus()
    for key in ("Enter", "ArrowRight", "Enter", "r"):
        page.keyboard.press(key)
    expect(page.get_by_role("status")).to_have_text("Put at least 3 points first.")
    for key in ("ArrowDown", "Enter", "r"):
        page.keyboard.press(key)
    assert answer(page)["polygons"][1]["points"] == [[320, 180], [360, 180], [360, 220]]
    for key in ("Enter", "ArrowLeft", "Enter", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    page.get_by_role("button", name="Change outline 1").click()  # what was being drawn is not lost
    assert len(answer(page)["polygons"]) == 3


def test_a_line_by_clicks_is_in_pixels_of_the_picture(page: Page, stand_url: str) -> None:
    """Whatever the size on the screen."""
    page.goto(f"{stand_url}/try/line/0")
    stage = page.locator(".drawing__stage").bounding_box()
    assert stage is not None
    scale = stage["width"] / 640
    for x, y in ((100, 50), (200, 150)):
        page.mouse.click(stage["x"] + x * scale, stage["y"] + y * scale)
    page.get_by_role("button", name="Ready").click()
    points = answer(page)["lines"][1]["points"]
    assert all(abs(got - meant) < 5 for got, meant in zip([*points[0], *points[1]], (100, 50, 200, 150), strict=True))


def test_writing_in_a_field_takes_away_that_it_is_unreadable(page: Page, stand_url: str) -> None:
    """And what is half done can be kept."""
    page.goto(f"{stand_url}/try/form/0")
    page.get_by_label("I cannot read this: Shop").check()
    page.get_by_label("Shop", exact=True).fill("Bakker")
    expect(page.get_by_label("I cannot read this: Shop")).not_to_be_checked()
    assert page.locator(".widget").evaluate("one => one.draft") == {"fields": {"shop": "Bakker"}}


def test_a_sentence_is_marked_by_one_key_and_marks_may_overlap(page: Page, stand_url: str) -> None:
    """S takes the sentence round the word; a word inside it gets a mark of its own; a screen reader hears both labels."""
    page.goto(f"{stand_url}/try/text_spans/2")
    page.get_by_role("button", name="Philips", exact=True).focus()
    page.keyboard.press("s")
    page.get_by_label("Place").check()
    page.get_by_role("button", name="Philips", exact=True).focus()
    for key in ("Enter", "Enter"):
        page.keyboard.press(key)
    marks = [(span["label"], span["text"]) for span in answer(page)["spans"]]
    assert marks == [("company", "Cafe\u0301 \U0001f469\u200d\U0001f4bb Philips."), ("company", "Philips"), ("place", "Philips")]
    word = page.get_by_role("button", name="Philips", exact=True)
    assert word.get_attribute("aria-description") == "Company, Company, Place"


def test_arrows_follow_the_direction_of_the_text_and_jump_by_sentence(page: Page, stand_url: str) -> None:
    """From right to left the left arrow goes on; Control goes to the next sentence; a woman with a laptop is one character."""
    page.goto(f"{stand_url}/try/text_spans/2")
    first = page.locator(".spans__word").first
    first.focus()
    page.keyboard.press("ArrowLeft")
    assert page.locator(".spans__word").nth(1).evaluate("one => one === document.activeElement")
    page.keyboard.press("Control+ArrowLeft")
    assert page.evaluate("document.activeElement.textContent") == "Cafe\u0301"
    assert page.locator(".spans__word", has_text="\U0001f469").evaluate("one => [...one.textContent].length") == 3
