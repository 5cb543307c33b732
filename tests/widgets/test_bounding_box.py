"""Boxes by mouse, by keyboard and by numbers: the same boxes come out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.widgets.stand import posted


@pytest.fixture
def editor(page: Page, stand_url: str) -> Locator:
    """The first example, at a scale of one picture pixel to one screen pixel."""
    page.goto(f"{stand_url}/try/bounding_box/0")
    page.locator(".drawing__frame").evaluate("one => { one.style.width = '644px' }")
    page.wait_for_function("() => document.querySelector('.drawing__stage').getBoundingClientRect().width === 640")
    return page.locator("box-editor")


def boxes(editor: Locator) -> list[dict[str, Any]]:
    """What the element answers."""
    answer = editor.evaluate("one => one.answer")
    return list(answer["boxes"]) if answer else []


def stage(editor: Locator) -> dict[str, float]:
    """Where the picture is on the screen."""
    editor.locator(".drawing__view").scroll_into_view_if_needed()
    box = editor.locator(".drawing__stage").bounding_box()
    assert box is not None
    return dict(box)


def drag(page: Page, editor: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag over the picture, in its own pixels."""
    place = stage(editor)
    scale = place["width"] / 640
    page.mouse.move(place["x"] + start[0] * scale, place["y"] + start[1] * scale)
    page.mouse.down()
    page.mouse.move(place["x"] + end[0] * scale, place["y"] + end[1] * scale, steps=4)
    page.mouse.up()


def near(box: dict[str, Any], x: float, y: float, width: float, height: float, *, px: float = 2) -> bool:
    """Are all four sides within a few pixels?"""
    wanted = {"x": x, "y": y, "width": width, "height": height}
    return all(abs(box[side] - value) <= px for side, value in wanted.items())


def test_a_drag_makes_a_box_whichever_way_it_goes(page: Page, editor: Locator) -> None:
    """From the lower right to the upper left is a box too."""
    drag(page, editor, (350, 262), (290, 160))
    [box] = boxes(editor)
    assert box["label"] == "door"
    assert near(box, 290, 160, 60, 102)


def test_two_clicks_make_a_box(page: Page, editor: Locator) -> None:
    """No dragging is needed (WCAG 2.5.7)."""
    place = stage(editor)
    for x, y in ((290, 160), (350, 262)):
        page.mouse.click(place["x"] + x, place["y"] + y)
    [box] = boxes(editor)
    assert near(box, 290, 160, 60, 102)


def test_arrow_keys_make_a_box_of_exactly_this_size(page: Page, editor: Locator) -> None:
    """The cross starts in the middle (320, 180); a step is 40 dots, halved to 20; Control makes one dot."""
    editor.locator(".drawing__stage").focus()
    for key in ("ArrowLeft", "-", "ArrowUp", "Control+ArrowUp", "Enter", "ArrowRight", "ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    assert boxes(editor) == [{"label": "door", "x": 280, "y": 159, "width": 40, "height": 20}]


def test_digits_reach_any_corner_in_three_levels(page: Page, editor: Locator) -> None:
    """1-1-1 is the middle of the first of 729 parts, 9-9-9 that of the last; a fourth digit changes nothing."""
    editor.locator(".drawing__stage").focus()
    for key in ("1", "1", "1", "1", "Enter", "9", "9", "9", "Enter"):
        page.keyboard.press(key)
    [box] = boxes(editor)
    assert near(box, 640 / 54, 360 / 54, 640 * 52 / 54, 360 * 52 / 54, px=0.2)


def test_backspace_goes_one_level_back_and_escape_gives_up(page: Page, editor: Locator) -> None:
    """Nothing is made by mistake."""
    editor.locator(".drawing__stage").focus()
    for key in ("5", "1", "Backspace"):
        page.keyboard.press(key)
    expect(editor.locator("[role=status]")).to_contain_text("320 from the left, 180 from the top")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(editor.locator("[role=status]")).to_contain_text("Stopped")
    assert boxes(editor) == []


def test_the_buttons_draw_without_any_key(page: Page, editor: Locator) -> None:
    """For one switch, for voice control, for a mouse that cannot drag: right under the picture, before the list of keys."""
    editor.get_by_text("Keys and buttons to draw with").click()
    expect(editor.locator(".drawing__view ~ details > summary + .drawing__pad")).to_be_visible()
    for name in ("Corner here", "→ Right", "↓ Down", "Corner here"):
        editor.get_by_role("button", name=name).click()
    assert boxes(editor) == [{"label": "door", "x": 320, "y": 180, "width": 40, "height": 40}]


def test_undo_and_redo(page: Page, editor: Locator) -> None:
    """By key and by button."""
    drag(page, editor, (10, 10), (60, 60))
    drag(page, editor, (100, 100), (160, 160))
    editor.locator(".drawing__stage").focus()
    page.keyboard.press("Control+z")
    assert len(boxes(editor)) == 1
    editor.get_by_role("button", name="Undo").click()
    assert boxes(editor) == []
    page.keyboard.press("Control+y")
    editor.get_by_role("button", name="Redo").click()
    assert len(boxes(editor)) == 2


def test_a_chosen_box_moves_and_grows_by_keys(page: Page, editor: Locator) -> None:
    """Arrows move it, Shift and arrows change its size, Enter ends."""
    drag(page, editor, (100, 100), (200, 200))
    editor.get_by_role("button", name="Change box 1").click()
    [before] = boxes(editor)
    for key in ("ArrowRight", "Shift+ArrowDown", "Enter"):
        page.keyboard.press(key)
    assert near(boxes(editor)[0], before["x"] + 40, before["y"], before["width"], before["height"] + 40, px=0.2)
    expect(editor.get_by_role("button", name="Change box 1")).to_have_attribute("aria-pressed", "false")


def test_a_chosen_box_moves_and_grows_by_mouse(page: Page, editor: Locator) -> None:
    """Inside it moves, at a corner it changes size; one undo brings each back."""
    drag(page, editor, (100, 100), (200, 200))
    editor.get_by_role("button", name="Change box 1").click()
    drag(page, editor, (150, 150), (180, 160))
    assert near(boxes(editor)[0], 130, 110, 100, 100)
    place = stage(editor)
    page.mouse.move(place["x"] + 180, place["y"] + 160)
    page.mouse.down()
    page.mouse.move(place["x"] + 180, place["y"] + 200, steps=4)
    assert near(boxes(editor)[0], 130, 150, 100, 100)
    # A finger does the same until the browser says that it scrolls.
    editor.locator(".drawing__stage").dispatch_event("pointercancel", {"pointerId": 1})
    page.mouse.up()
    assert near(boxes(editor)[0], 130, 110, 100, 100)
    drag(page, editor, (230, 210), (260, 300))
    assert near(boxes(editor)[0], 130, 110, 130, 190)
    editor.get_by_role("button", name="Undo").click()
    assert near(boxes(editor)[0], 130, 110, 100, 100)


def test_numbers_label_and_deletion_in_the_list(page: Page, editor: Locator) -> None:
    """The list says each box in words, takes numbers, and lets one go."""
    drag(page, editor, (100, 100), (200, 200))
    item = editor.locator(".drawing__item")
    item.get_by_role("button", name="Change box 1").click()
    item.get_by_label("Width").fill("77")
    item.get_by_label("Width").press("Tab")
    item.get_by_label("Label").select_option("ball")
    expect(item.locator("[data-words]")).to_contain_text("Box 1: Ball, at the left. Left 100")
    assert boxes(editor)[0]["width"] == 77
    item.get_by_role("button", name="Delete box 1").click()
    expect(editor.get_by_text("No boxes yet.")).to_be_visible()
    expect(editor.locator(".drawing__stage")).to_be_focused()


def test_more_than_the_most_is_refused_in_words(page: Page, stand_url: str) -> None:
    """The second example takes two boxes and has one."""
    page.goto(f"{stand_url}/try/bounding_box/1")
    editor = page.locator("box-editor")
    drag(page, editor, (400, 200), (500, 300))
    drag(page, editor, (10, 200), (90, 300))
    expect(editor.locator("[role=status]")).to_contain_text("There are already 2. That is the most.")
    assert len(boxes(editor)) == 2


def test_coordinates_are_of_the_picture_at_any_zoom(page: Page, editor: Locator) -> None:
    """Zoomed in, a drag still gives the picture's own pixels."""
    editor.get_by_role("button", name="Zoom in").click()
    editor.get_by_role("button", name="Zoom in").click()
    view = editor.locator(".drawing__view")
    view.evaluate("one => { one.scrollLeft = 0; one.scrollTop = 0 }")
    drag(page, editor, (20, 20), (120, 100))
    assert near(boxes(editor)[0], 20, 20, 100, 80)


def test_a_film_with_oblong_pixels_is_reached_to_its_edge(page: Page, editor: Locator) -> None:
    """On the screen it is lower than its number of lines: places are in its own pixels, across and down."""
    editor.locator(".drawing__stage img").evaluate("one => { one.style.height = '180px' }")
    drag(page, editor, (100, 90), (200, 170))
    assert near(boxes(editor)[0], 100, 180, 100, 160, px=3)


def test_what_is_posted_is_what_was_drawn(page: Page, editor: Locator) -> None:
    """One JSON field; none of the widget's own controls are posted."""
    drag(page, editor, (100, 100), (200, 200))
    drawn = boxes(editor)
    page.get_by_role("button", name="Send").click()
    sent = posted(page.inner_text("body"))
    assert list(sent) == ["boxes"]
    assert json.loads(sent["boxes"]) == drawn


def test_nothing_here_is_an_answer_and_takes_the_boxes_away(page: Page, editor: Locator) -> None:
    """And a new box takes the tick away."""
    assert editor.evaluate("one => one.answer") is None
    drag(page, editor, (100, 100), (200, 200))
    editor.get_by_label("There is nothing here").check()
    assert editor.evaluate("one => one.answer") == {"boxes": []}
    drag(page, editor, (100, 100), (200, 200))
    expect(editor.get_by_label("There is nothing here")).not_to_be_checked()
