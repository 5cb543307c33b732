"""What boxes, outlines and lines share: four sides, suggestions, zoom, points, and changing by keys."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browsing import somebody

Point = tuple[float, float]


def opened(page: Page, stand_url: str, name: str, number: int = 0) -> Locator:
    """An example of a drawing widget, at one screen pixel for one of the picture."""
    page.goto(f"{stand_url}/try/{name}/{number}")
    page.locator(".drawing__frame").evaluate("one => { one.style.width = '644px' }")
    page.wait_for_function("() => document.querySelector('.drawing__stage').getBoundingClientRect().width === 640")
    return page.locator(".widget")


def answer(editor: Locator) -> list[dict[str, Any]]:
    """The shapes."""
    given = editor.evaluate("one => one.answer")
    return list(next(iter(given.values()))) if given else []


def corner(editor: Locator) -> Point:
    """Where the picture begins on the screen."""
    editor.locator(".drawing__view").scroll_into_view_if_needed()
    box = editor.locator(".drawing__stage").bounding_box()
    assert box is not None
    return box["x"], box["y"]


def click(page: Page, editor: Locator, *points: Point) -> None:
    """Click at these places of the picture."""
    left, top = corner(editor)
    for x, y in points:
        page.mouse.click(left + x, top + y)


def drag(page: Page, editor: Locator, *path: Point) -> None:
    """Drag along these places of the picture."""
    left, top = corner(editor)
    page.mouse.move(left + path[0][0], top + path[0][1])
    page.mouse.down()
    for x, y in path[1:]:
        page.mouse.move(left + x, top + y, steps=8)
    page.mouse.up()


def keys(page: Page, editor: Locator, *names: str) -> None:
    """Keys in the drawing area."""
    editor.locator(".drawing__stage").focus()
    for name in names:
        page.keyboard.press(name)


def spoken(editor: Locator) -> Locator:
    """The line that is read out."""
    return editor.locator("[role=status]").first


def test_four_sides_make_the_box_around_them(page: Page, stand_url: str) -> None:
    """Top, right, bottom and left of the ball, in any order; the line says how many are there."""
    editor = opened(page, stand_url, "bounding_box")
    editor.get_by_label("Four sides").check()
    click(page, editor, (530, 270), (560, 300), (530, 330))
    expect(spoken(editor)).to_contain_text("Point 3 of 4")
    click(page, editor, (500, 300))
    assert answer(editor) == [{"label": "door", "x": 500, "y": 270, "width": 60, "height": 60}]


def test_four_sides_by_digits(page: Page, stand_url: str) -> None:
    """The same by the 3×3 grid: the middles of parts 2, 4, 6 and 8."""
    editor = opened(page, stand_url, "bounding_box")
    editor.get_by_label("Four sides").check()
    keys(page, editor, *(key for digit in "2468" for key in (digit, "Enter")))
    [box] = answer(editor)
    assert [round(box[side], 1) for side in ("x", "y", "width", "height")] == [106.7, 60, 426.6, 240]


@pytest.mark.parametrize("name", ["bounding_box", "polygon", "line"])
def test_a_suggestion_is_taken_by_its_number(page: Page, stand_url: str, name: str) -> None:
    """P shows what the server found, a digit takes it, and the answer has the same form as a drawn one."""
    editor = opened(page, stand_url, name)
    before = answer(editor)
    keys(page, editor, "p")
    expect(editor.get_by_role("heading", name="Suggestions of the computer")).to_be_visible()
    expect(spoken(editor)).to_contain_text("suggestions. Press a number")
    keys(page, editor, "1")
    made = answer(editor)
    assert len(made) == len(before) + 1
    assert set(made[-1]) == ({"label", "x", "y", "width", "height"} if name == "bounding_box" else {"label", "points"})


def test_the_door_is_among_the_suggestions(page: Page, stand_url: str) -> None:
    """Within three dots of where it was drawn; the button says where it is, and is gone once it is taken."""
    editor = opened(page, stand_url, "bounding_box")
    editor.get_by_role("button", name="Suggestions").click()
    door = editor.get_by_role("button", name="in the middle, 61 wide")
    door.click()
    [box] = answer(editor)
    assert all(abs(box[side] - value) <= 3 for side, value in {"x": 290, "y": 160, "width": 60, "height": 102}.items())
    expect(door).to_have_count(0)
    keys(page, editor, "Escape")
    expect(editor.locator(".drawing__proposals")).to_be_hidden()


def test_without_suggestions_drawing_goes_on(page: Page, stand_url: str) -> None:
    """A server that is away is told in words."""
    editor = opened(page, stand_url, "bounding_box")
    editor.evaluate("one => { one.dataset.proposals = '/nowhere' }")
    keys(page, editor, "p")
    expect(spoken(editor)).to_have_text("There are no suggestions now. Draw it yourself.")
    keys(page, editor, "1", "Enter", "9", "Enter")
    assert len(answer(editor)) == 1


def test_the_wheel_zooms_with_control_and_keeps_the_place(page: Page, stand_url: str) -> None:
    """What was under the pointer stays under it: a click there gives the same point of the picture."""
    editor = opened(page, stand_url, "line")
    left, top = corner(editor)
    page.mouse.move(left + 300, top + 200)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -400)
    page.keyboard.up("Control")
    page.wait_for_function("() => document.querySelector('.drawing__stage').getBoundingClientRect().width > 1500")
    page.mouse.click(left + 300, top + 200)
    page.mouse.click(left + 340, top + 200)
    editor.get_by_role("button", name="Ready").click()
    first, second = answer(editor)[1]["points"]
    assert abs(first[0] - 300) < 2
    assert abs(first[1] - 200) < 2
    assert 5 < second[0] - first[0] < 20


def test_keys_zoom_look_around_and_come_back(page: Page, stand_url: str) -> None:
    """Page Up zooms, Shift and arrows pan, the cross stays in sight, Home shows the whole picture."""
    editor = opened(page, stand_url, "polygon")
    view = editor.locator(".drawing__view")
    keys(page, editor, "PageUp", "PageUp", "PageUp")
    expect(spoken(editor)).to_have_text("Zoom 338 percent")
    before = view.evaluate("one => one.scrollLeft")
    keys(page, editor, "Shift+ArrowRight")
    assert view.evaluate("one => one.scrollLeft") > before
    keys(page, editor, "1", "1")
    assert view.evaluate("one => one.scrollLeft") < before
    keys(page, editor, "Home")
    assert view.evaluate("one => one.scrollWidth <= one.clientWidth")


def test_an_outline_drawn_by_hand_has_few_points(page: Page, stand_url: str) -> None:
    """A drag along the door becomes its corners, not hundreds of points."""
    editor = opened(page, stand_url, "polygon")
    drag(page, editor, (290, 160), (350, 160), (350, 262), (290, 262), (290, 170))
    points = answer(editor)[1]["points"]
    assert 4 <= len(points) <= 8
    assert min(x for x, _ in points) >= 288
    assert max(y for _, y in points) <= 264


def test_enter_twice_or_a_double_click_is_ready(page: Page, stand_url: str) -> None:
    """Nobody needs to find a button or a letter."""
    editor = opened(page, stand_url, "line")
    keys(page, editor, "Enter", "ArrowRight", "Enter", "Enter")
    assert answer(editor)[1]["points"] == [[320, 180], [360, 180]]
    left, top = corner(editor)
    page.mouse.click(left + 50, top + 50)
    page.mouse.dblclick(left + 90, top + 60)
    assert answer(editor)[2]["points"] == [[50, 50], [90, 60]]


def test_a_point_of_an_outline_is_moved_and_taken_out_by_keys(page: Page, stand_url: str) -> None:
    """N chooses, Space goes from point to point, arrows move it, Backspace takes it out while three are left."""
    editor = opened(page, stand_url, "polygon")
    click(page, editor, (100, 100), (200, 100), (200, 200), (100, 200))
    keys(page, editor, "r", "Shift+N", "Space", "Control+ArrowRight")
    assert answer(editor)[1]["points"][0] == [101, 100]
    keys(page, editor, "Backspace")
    assert answer(editor)[1]["points"] == [[200, 100], [200, 200], [100, 200]]
    keys(page, editor, "Space", "Backspace")
    expect(spoken(editor)).to_have_text("Put at least 3 points first.")
    keys(page, editor, "Enter", "Control+z")
    assert len(answer(editor)[1]["points"]) == 4


def test_a_corner_is_moved_by_two_clicks(page: Page, stand_url: str) -> None:
    """No dragging to change a box either: click the corner, then where it goes."""
    editor = opened(page, stand_url, "bounding_box")
    click(page, editor, (100, 100), (200, 200))
    editor.get_by_role("button", name="Change box 1").click()
    click(page, editor, (200, 200), (260, 240))
    assert answer(editor) == [{"label": "door", "x": 100, "y": 100, "width": 160, "height": 140}]


def test_a_press_on_its_number_chooses_a_shape(page: Page, stand_url: str) -> None:
    """And L gives it the next label; Delete takes it away."""
    editor = opened(page, stand_url, "bounding_box")
    click(page, editor, (100, 100), (200, 200))
    click(page, editor, (110, 85))
    expect(editor.get_by_role("button", name="Change box 1")).to_have_attribute("aria-pressed", "true")
    keys(page, editor, "l")
    assert answer(editor)[0]["label"] == "ball"
    keys(page, editor, "Delete")
    assert answer(editor) == []


def test_points_can_be_typed_over(page: Page, stand_url: str) -> None:
    """Enter in the field ends the typing and sends nothing; what cannot be read changes nothing."""
    editor = opened(page, stand_url, "polygon")
    editor.get_by_role("button", name="Change outline 1").click()
    field = editor.get_by_label("Points")
    field.fill("10,20 30,40 50,20")
    field.press("Enter")
    assert answer(editor)[0]["points"] == [[10, 20], [30, 40], [50, 20]]
    field.fill("10,20 nonsense")
    field.press("Enter")
    expect(field).to_have_value("10,20 30,40 50,20")


def test_a_finger_scrolls_and_taps_draw(browser: Browser, stand_url: str) -> None:
    """At 320 px, by touch: two taps make a box."""
    with somebody(browser, viewport={"width": 320, "height": 640}, has_touch=True) as context:
        taps(context.new_page(), stand_url)


def taps(page: Page, stand_url: str) -> None:
    """Two opposite corners."""
    page.goto(f"{stand_url}/try/bounding_box/0")
    editor = page.locator("box-editor")
    editor.locator(".drawing__view").scroll_into_view_if_needed()
    box = editor.locator(".drawing__stage").bounding_box()
    assert box is not None
    scale = box["width"] / 640
    for x, y in ((290, 160), (350, 262)):
        page.touchscreen.tap(box["x"] + x * scale, box["y"] + y * scale)
    [made] = answer(editor)
    assert abs(made["x"] - 290) < 4
    assert abs(made["height"] - 102) < 6


def test_the_drawing_area_has_a_name_and_says_how_it_works(page: Page, stand_url: str) -> None:
    """In the accessibility tree: an application with its name and its description; the overlay is hidden."""
    editor = opened(page, stand_url, "line")
    stage = editor.get_by_role("application", name="Drawing area")
    expect(stage).to_have_accessible_description(
        "Click point after point, then press Ready. Or draw in one go with the mouse. "
        "With keys: move with the arrows, Enter puts a point."
    )
    assert "img" in stage.aria_snapshot()
    assert stage.locator("svg").get_attribute("aria-hidden") == "true"


def test_colours_of_the_drawing_stay_when_the_system_forces_its_own(page: Page, stand_url: str) -> None:
    """Black and white lines also in forced colours: one of them shows on any picture."""
    page.emulate_media(forced_colors="active")
    editor = opened(page, stand_url, "polygon")
    expect(editor.locator(".drawing__overlay .outline").first).to_be_attached()
    # At one go: it is drawn anew when its size changes, and what was taken away has no colours.
    strokes = editor.evaluate(
        "one => [...one.querySelectorAll('.drawing__overlay .outline')].map((each) => getComputedStyle(each).stroke)"
    )
    assert set(strokes) >= {"rgb(255, 255, 255)", "rgb(0, 0, 0)"}


def test_a_part_of_a_picture_gives_places_of_the_whole(page: Page, stand_url: str) -> None:
    """The lower right quarter is shown; its middle is at 960, 540 of the picture; a label is chosen from the list."""
    editor = opened(page, stand_url, "bounding_box", 2)
    editor.get_by_label("The next box is:").select_option("Tree")
    click(page, editor, (40, 30), (320, 180))
    assert answer(editor) == [{"label": "j", "x": 680, "y": 390, "width": 280, "height": 150}]
    keys(page, editor, "9", "Enter", "ArrowUp", "ArrowLeft", "Enter", "l")
    assert answer(editor)[1]["x"] > 1000
    expect(spoken(editor)).to_have_text("The next one is: Bicycle")


def test_faces_on_three_pictures_by_keys(page: Page, stand_url: str) -> None:
    """A box on the first, copied to the second and moved there; undo goes to the picture where something changes."""
    editor = opened(page, stand_url, "video_faces")
    keys(page, editor, "5", "Enter", "9", "Enter", ".")
    expect(spoken(editor)).to_have_text("Picture 2 of 3, at 0:02.0. Faces: 0.")
    keys(page, editor, "c", "n", "ArrowLeft", "Enter", "l", ".", ",")
    first, second = answer(editor)
    assert (first["frame"], second["frame"]) == (0, 50)
    assert second["x"] == first["x"] - 40
    keys(page, editor, ".", "1", "Enter", "5", "Enter", ",", "Control+z")
    expect(editor.locator("[data-place]")).to_have_text("Picture 3 of 3, at 0:04.0. Faces: 0.")
    assert answer(editor) == [first, second]


def test_faces_have_suggestions_of_their_own_picture(page: Page, stand_url: str) -> None:
    """Asked again on another picture; nothing to copy from before the first one is told."""
    editor = opened(page, stand_url, "video_faces", 1)
    keys(page, editor, "c")
    expect(spoken(editor)).to_have_text("There is nothing to copy from the picture before.")
    keys(page, editor, ".", "p")
    expect(spoken(editor)).to_contain_text("suggestions. Press a number")
    keys(page, editor, "1", ".")
    expect(editor.locator(".drawing__proposals")).to_be_hidden()
    assert [face["frame"] for face in answer(editor)] == [0, 50]


@pytest.mark.parametrize(("kind", "picture"), [("bounding_box", ".drawing__view"), ("rating", ".subject--image img")])
def test_larger_letters_make_no_picture_smaller(page: Page, stand_url: str, kind: str, picture: str) -> None:
    """Who needs letters of 200% or 400% sees no postage stamp: the picture may be as high as before, or higher."""
    page.goto(f"{stand_url}/try/{kind}/0")
    highest = "(one, size) => (document.documentElement.dataset.text = size, parseFloat(getComputedStyle(one).maxHeight))"
    before, larger, largest = (page.locator(picture).first.evaluate(highest, size) for size in ("100", "150", "400"))
    assert before == larger < largest
