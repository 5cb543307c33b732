"""Every kind of work, from a client's files to an export that is read back, answered by keyboard alone on the real page."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from accessibility import widgets
from task_types import registry
from tests.journeys.lab import Lab
from tests.widgets import stand
from workbench import export, review

LABELS = {"labels": ["door", "ball"]}
FIELD = {"fields": [{"name": "shop", "label": "Shop"}]}
SUBTITLES = b"1\n00:00:00,500 --> 00:00:01,500\nGood evening.\n"
# What a type needs beside its defaults.
SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "form": FIELD,
    "survey": FIELD,
    "video_faces": {"cast": ["anna"], "legal_basis": "contract with the cast"},
    **dict.fromkeys(("bounding_box", "polygon", "line", "choice", "tags", "text_label"), LABELS),
}
# Answering these takes more than keys: a microphone, a client's own page. They have journeys of their own.
ELSEWHERE = frozenset({"recording", "mturk_html", "mturk_form"})
NAMES = [
    name
    for name in registry.names()
    if name not in ELSEWHERE and registry.get(name).widget(registry.get(name).examples[0].case).name in widgets.names()
]


def film() -> bytes:
    """Two seconds of a grey picture that grows lighter, as WebM."""
    out = io.BytesIO()
    with av.open(out, "w", format="webm") as container:
        stream: Any = container.add_stream("libvpx", rate=10)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for number in range(20):
            pixels = np.full((180, 320, 3), 40 + number * 8, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    return out.getvalue()


def material(name: str) -> dict[str, bytes]:
    """Files that this kind of work asks about."""
    if name == "image_choice":
        return {"a.png": stand.picture(), "b.png": stand.picture(2), "pairs.csv": b"one,two\na.png,b.png\n"}
    if name == "comparison":
        return {"a.wav": stand.sound(), "b.wav": stand.sound(1.0), "pairs.csv": b"one,two\na.wav,b.wav\n"}
    if name == "subtitle_quality":
        return {"news.wav": stand.sound(), "news.srt": SUBTITLES}
    accepts = registry.get(name).accepts
    if "image" in accepts:
        return {"street.png": stand.picture()}
    if "text" in accepts:
        return {"letter.txt": b"Philips hired Jan. It rained."}
    return {"tone.wav": stand.sound()} if "audio" in accepts else {"film.webm": film()}


def reach(page: Page, selector: str) -> None:
    """Tab until this has focus."""
    for _ in range(120):
        if page.evaluate("selector => document.activeElement?.matches(selector) ?? false", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {selector}")


def press(selector: str, *keys: str) -> Callable[[Page], None]:
    """Keys in one place that Tab reaches."""

    def do(page: Page) -> None:
        reach(page, selector)
        for key in keys:
            page.keyboard.press(key)

    return do


BOX = press(".drawing__stage", "5", "Enter", "ArrowRight", "ArrowDown", "Enter")
ANSWERING: Mapping[str, Callable[[Page], None]] = {
    "box-editor": BOX,
    "face-editor": BOX,
    "draw-polygon": press(".drawing__stage", "5", "Enter", "ArrowRight", "Enter", "ArrowDown", "Enter", "Enter"),
    "draw-line": press(".drawing__stage", "1", "Enter", "ArrowRight", "Enter", "Enter"),
    "choose-tags": press("input[type=checkbox]", "Space"),
    "mark-words": press(".spans__word", "Enter", "Enter"),
    "mark-segments": press("input[name=nothing]", "Space"),
    "fill-form": press("[data-field] input, [data-field] textarea", "B", "a", "k", "k", "e", "r"),
}


def answer(page: Page) -> None:
    """With the widget's own controls: those that draw, mark or type by their keys, all others by choosing the first."""
    widget = page.locator("#task .widget")
    widget.wait_for()
    kind = widget.evaluate("one => one.localName")
    if kind in ANSWERING:
        ANSWERING[kind](page)
    elif page.locator("#task .widget textarea").count():
        press("textarea", *"a green door in a street")(page)
    elif page.locator("#task .widget input[name=nothing]").count():
        press("input[name=nothing]", "Space")(page)
    else:
        press("#task .widget input[type=radio]", "Space")(page)
    press(".task__bar button:first-child", "Enter")(page)


@pytest.mark.parametrize("name", NAMES)
def test_a_kind_of_work_from_upload_to_export_by_keyboard_alone(lab: Lab, page: Page, tmp_path: Path, name: str) -> None:
    """What was answered is what every format gives back, as far as the format can hold it."""
    project = lab.project("Work", name, material(name), tmp_path / "in", overlap=1, **SETTINGS.get(name, {}))
    lab.person()
    lab.sign_in(page)
    page.goto(lab.url + "/work/next")
    for _ in range(8):
        address = page.url
        if page.locator("#task").count() == 0:
            break
        answer(page)
        page.wait_for_url(lambda url, before=address: url != before)
    expect(page.get_by_role("heading", level=1)).to_have_text("There are no questions for you now")
    given = [row.answer for row in lab.annotations()]
    assert given
    review.drain(lab.ctx)
    for format_name in export.formats(lab.ctx, project):
        out = tmp_path / "out" / format_name
        assert export.export(lab.ctx, project, format_name, out)
        files = [path for path in sorted(out.rglob("*")) if path.is_file()] if out.is_dir() else [out]
        read = [one.answer for path in files for one in export.read_answers(name, format_name, path)]
        if format_name == "jsonl":
            assert [each for each in map(dumped, read) if each not in map(plain, given)] == []


def dumped(answer: Any) -> Any:
    """As JSON, without the order in which options stood: that is the person's, not the outcome's."""
    return plain(answer.model_dump(mode="json", exclude_none=True))


def plain(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Without that order."""
    return {key: value for key, value in answer.items() if key != "order"}
