"""Much to choose from, and large pictures: 200 labels about a picture, sound, video or text; boxes on 8K."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from task_types import registry
from task_types.bounding_box import BoxSettings
from task_types.protocol import Case
from task_types.shapes import ImagePayload
from task_types.subjects import Subject
from tests.browsing import somebody
from tests.journeys.test_every_type import film
from tests.widgets import stand

GROUPS = 8
LABELS = [
    {"value": f"v{n}", "text": f"Café {n}" if n % 50 == 7 else f"Label {n}", "group": f"Group {n % GROUPS}"} for n in range(200)
]
SUBJECTS = {
    "image": Subject(kind="image", media="picture", width=640, height=360),
    "audio": Subject(kind="audio", media="sound"),
    "video": Subject(kind="video", media="film"),
    "text": Subject(kind="text", text="Philips hired Jan. It rained."),
}
WIDE, HIGH = 7680, 4320
BALL = {"x": 5000, "y": 2400, "width": 400, "height": 300}  # in the 8K picture, red
Address = str
LARGER = "was => document.querySelector('.drawing__stage').getBoundingClientRect().width > was"


def large(path: Path) -> Path:
    """8K: a grey plain with one red block."""
    picture = Image.new("RGB", (WIDE, HIGH), "#9a9a9a")
    ball = (BALL["x"], BALL["y"], BALL["x"] + BALL["width"] - 1, BALL["y"] + BALL["height"] - 1)
    ImageDraw.Draw(picture).rectangle(ball, fill="#e00000")
    picture.save(path, "PNG", compress_level=1)
    return path


def cases() -> dict[str, tuple[str, Any]]:
    """Each kind of material under 200 labels, of which one or several are chosen; and the 8K picture to draw on."""
    found: dict[str, tuple[str, Any]] = {}
    for name in ("choice", "tags"):
        given = registry.get(name).settings_model.model_validate({"labels": LABELS})
        found |= {f"{name}-{kind}": (name, Case(given, subject, "en")) for kind, subject in SUBJECTS.items()}
    payload = ImagePayload(media="large", width=WIDE, height=HIGH)
    return {**found, "large": ("bounding_box", Case(BoxSettings.model_validate({"labels": ["ball"]}), payload, "en"))}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """The stand with these cases."""
    folder = tmp_path_factory.mktemp("large")
    (folder / "film.webm").write_bytes(film())
    with stand.serving(stand.stand(cases(), large=large(folder / "large.png"), film=folder / "film.webm")) as url:
        yield url


@pytest.mark.parametrize("kind", SUBJECTS)
@pytest.mark.parametrize("name", ["choice", "tags"])
def test_one_of_200_labels_is_found_and_chosen(page: Page, address: Address, name: str, kind: str) -> None:
    """By letters, in groups; with the mouse, then by keys at 320 px, where nothing scrolls sideways."""
    page.goto(f"{address}/case/{name}-{kind}")
    widget = page.locator(".widget")
    expect(page.locator("[data-group] legend")).to_have_text([f"Group {n}" for n in range(GROUPS)])
    page.get_by_label("Find a label").fill("cafe")
    expect(page.get_by_role("status")).to_have_text("4 of 200 labels")
    expect(page.locator("[data-group]:visible")).to_have_count(len({n % GROUPS for n in (7, 57, 107, 157)}))
    page.locator(".choice", has_text="Café 57").click()
    assert widget.evaluate("one => one.answer") == ({"label": "v57"} if name == "choice" else {"labels": ["v57"]})

    page.set_viewport_size({"width": 320, "height": 640})
    page.get_by_label("Find a label").fill("label 199")
    for key in ("Tab", "ArrowDown") if name == "choice" else ("Tab", "Tab", "Space"):
        page.keyboard.press(key)
    assert widget.evaluate("one => one.answer") == ({"label": "v199"} if name == "choice" else {"labels": ["v57", "v199"]})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_box_on_8k_is_in_its_own_pixels(page: Page, address: Address) -> None:
    """Zoomed in at the block until one screen pixel is less than one of the picture; two clicks, right to the pixel."""
    page.goto(f"{address}/case/large")
    stage = page.locator(".drawing__stage")
    expect(stage.locator("img")).to_have_js_property("naturalWidth", WIDE)
    whole = stage.bounding_box()
    assert whole
    assert whole["width"] <= 1280
    corners = [(BALL["x"], BALL["y"]), (BALL["x"] + BALL["width"], BALL["y"] + BALL["height"])]
    for across, down in corners:
        zoom_at(page, across, down)
        place = stage.bounding_box()
        assert place
        scale = place["width"] / WIDE
        assert scale > 1
        page.mouse.click(place["x"] + across * scale, place["y"] + down * scale)
    [box] = page.locator(".widget").evaluate("one => one.answer.boxes")
    assert all(abs(box[side] - BALL[side]) <= 1 for side in BALL), box


def zoom_at(page: Page, across: int, down: int) -> None:
    """The whole picture, then with Control and the wheel at this place of it until that is large."""
    page.locator(".drawing__stage").press("Home")
    scale = 0.0
    while scale < 1.5:
        place = page.locator(".drawing__stage").bounding_box()
        assert place
        scale = place["width"] / WIDE
        page.mouse.move(place["x"] + across * scale, place["y"] + down * scale)
        page.keyboard.down("Control")
        page.mouse.wheel(0, -200)
        page.keyboard.up("Control")
        page.wait_for_function(
            "was => document.querySelector('.drawing__stage').getBoundingClientRect().width > was", arg=place["width"]
        )


def test_8k_at_320_px_by_touch_with_a_suggestion(browser: Browser, address: Address) -> None:
    """Larger and elsewhere by buttons; the block is the computer's own suggestion, in pixels of the original."""
    with somebody(browser, viewport={"width": 320, "height": 640}, has_touch=True) as context:
        page = context.new_page()
        page.goto(f"{address}/case/large")
        view = page.locator(".drawing__view")
        for _ in range(3):
            page.get_by_role("button", name="Zoom in").tap()
        assert view.evaluate("one => one.scrollWidth > 2 * one.clientWidth")
        before = view.evaluate("one => one.scrollLeft")
        page.get_by_text("Keys and buttons to draw with").tap()
        page.get_by_role("button", name="Look right").tap()
        assert view.evaluate("one => one.scrollLeft") > before
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        page.get_by_role("button", name="Suggestions").tap()
        page.locator(".drawing__proposals li button").first.tap()
        [box] = page.locator(".widget").evaluate("one => one.answer.boxes")
    assert all(abs(box[side] - BALL[side]) <= 16 for side in BALL), box
