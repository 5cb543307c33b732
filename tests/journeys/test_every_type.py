"""Every kind of work, from a client's files to an export that is read back: by keys alone, with a mouse, at 320 px by touch."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from accessibility import widgets
from task_types import registry
from tests import conftest
from tests.browsing import FAKE, chromium, somebody
from tests.journeys import lab as labs
from tests.journeys.answering import WAYS, kind_of
from tests.journeys.lab import Lab
from tests.widgets import stand
from workbench import export, review
from workbench.domain import Project
from workbench.store import projects as store

LABELS = {"labels": ["door", "ball"]}
FIELD = {"fields": [{"name": "shop", "label": "Shop"}]}
SUBTITLES = b"1\n00:00:00,500 --> 00:00:01,500\nGood evening.\n"
# What a type needs beside its defaults.
SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "form": FIELD,
    "survey": FIELD,
    "recording": {"allowed": True},
    "video_faces": {"cast": ["anna"], "legal_basis": "contract with the cast"},
    **dict.fromkeys(("bounding_box", "polygon", "line", "choice", "tags", "text_label"), LABELS),
}
# Answering these takes a client's own page. They have journeys of their own.
ELSEWHERE = frozenset({"mturk_html", "mturk_form"})
NAMES = [
    name
    for name in registry.names()
    if name not in ELSEWHERE and registry.get(name).widget(registry.get(name).examples[0].case).name in widgets.names()
]
# The smallest laptop that people still have; and a phone, or a laptop at 400%.
DEVICES: Mapping[str, Mapping[str, Any]] = {
    "keys": {"viewport": {"width": 1280, "height": 720}},
    "mouse": {"viewport": {"width": 1280, "height": 720}},
    "320 px": {"viewport": {"width": 320, "height": 640}, "has_touch": True},
}


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
    """Files that make three questions of this kind of work: one for each way to answer."""
    if name == "image_choice":
        return {
            "a.png": stand.picture(),
            "b.png": stand.picture(2),
            "pairs.csv": b"one,two\na.png,b.png\n" + b"b.png,a.png\n" * 2,
        }
    if name == "comparison":
        return {"a.wav": stand.sound(), "b.wav": stand.sound(1.0), "pairs.csv": b"one,two\na.wav,b.wav\n" + b"b.wav,a.wav\n" * 2}
    if name == "subtitle_quality":
        return {f"news-{n}.{kind}": data for n in range(3) for kind, data in (("wav", stand.sound()), ("srt", SUBTITLES))}
    accepts = registry.get(name).accepts
    if "image" in accepts:
        return {f"street-{n}.png": stand.picture() for n in range(3)}
    if "text" in accepts:
        return {f"letter-{n}.txt": b"Philips hired Jan. It rained." for n in range(3)}
    return {f"{n}.wav": stand.sound() for n in range(3)} if "audio" in accepts else {f"{n}.webm": film() for n in range(3)}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium with a microphone that beeps, for who records."""
    with chromium(*FAKE) as started:
        yield started


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One lab for all kinds of work, with one Dutch worker."""
    context = conftest.lab(tmp_path_factory.mktemp("every") / "lab", conftest.Clock())
    with labs.opened(context) as lab:
        lab.person(locale="nl")
        yield lab
    context.close()


@pytest.fixture(scope="module")
def pages(browser: Browser, lab: Lab) -> Iterator[dict[str, Page]]:
    """The worker's devices, signed in; an error in a page's own script fails the module."""
    errors: list[str] = []
    with ExitStack() as stack:
        pages = {way: stack.enter_context(somebody(browser, **device)).new_page() for way, device in DEVICES.items()}
        for page in pages.values():
            page.on("pageerror", lambda error: errors.append(str(error)))
            lab.sign_in(page)
            page.wait_for_url("**/work")
        yield pages
        found = list(errors)  # what is broken off by leaving is no error of the page
    assert found == []


@pytest.mark.parametrize("name", NAMES)
def test_a_kind_of_work_from_upload_to_export_in_three_ways(lab: Lab, pages: dict[str, Page], tmp_path: Path, name: str) -> None:
    """One question by keys, one with a mouse, one by touch at 320 px; each answer stands in every format that can hold it."""
    before = len(lab.annotations())
    project = lab.project(name, name, material(name), tmp_path / "in", overlap=1, **SETTINGS.get(name, {}))
    given = []
    try:
        for way, answer in WAYS.items():
            page = pages[way]
            page.goto(lab.url + "/work/next")
            address = page.url
            fits(page)
            answer(page)
            page.wait_for_url(lambda url, before=address: url != before)
            given.append(lab.annotations()[-1].answer)
    finally:
        closed(lab, project)
    assert len(lab.annotations()) - before == len(WAYS)
    assert [each for each in given if each.get("dont_know")] == []
    lines = exported(lab, project, name, tmp_path / "out")
    assert [each for each in given if not any(stands(each, line) for line in lines)] == []


def fits(page: Page) -> None:
    """Nothing scrolls sideways; a picture to draw on is on the screen as a whole, on a laptop with the main button under it."""
    kind_of(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if page.locator(".drawing__view").count():
        page.wait_for_function(SEEN)
    else:
        assert page.evaluate(UNCOVERED), "an answer that lies under the button seems not to exist"


UNCOVERED = """() => {
  const bar = document.querySelector(".task__bar").getBoundingClientRect();
  const answers = [...document.querySelectorAll("main label")].map((one) => one.getBoundingClientRect());
  return answers.every((one) => one.bottom <= bar.top + 1 || one.top >= bar.bottom - 1);
}"""
# Scrolled to, is the picture wholly on the screen, with the main button under it? On a phone that comes below.
SEEN = """() => {
  const [view, button] = [".drawing__view", ".task__bar button"].map((selector) => document.querySelector(selector));
  view.scrollIntoView({ block: "nearest" });
  const [seen, under] = [view, button].map((one) => one.getBoundingClientRect());
  const low = innerWidth < 900 ? innerHeight : under.top;
  return seen.top > -1 && seen.bottom < low + 1 && (innerWidth < 900 || under.bottom <= innerHeight);
}"""


def closed(lab: Lab, project: Project) -> None:
    """All of it settles, and nobody is asked more of it."""
    review.drain(lab.ctx)
    lab.ctx.db.write(lambda connection: store.set_status(connection, project.id, "closed", lab.ctx.now()))


def exported(lab: Lab, project: Project, name: str, folder: Path) -> list[dict[str, Any]]:
    """The JSON lines; every other format is written and read as well, as far as it can hold the answers."""
    for format_name in export.formats(lab.ctx, project):
        out = folder / format_name
        assert export.export(lab.ctx, project, format_name, out)
        files = [path for path in sorted(out.rglob("*")) if path.is_file()] if out.is_dir() else [out]
        for path in files:
            list(export.read_answers(name, format_name, path))
    return [json.loads(line) for line in (folder / "jsonl").read_text().splitlines()]


def stands(answer: dict[str, Any], line: dict[str, Any]) -> bool:
    """Is this answer on this line: settled, collected, or the whole share of a project of opinions?"""
    whole = {name for name, share in line.get("shares", {}).items() if share == 1}
    held = [each for each in (line["answer"], *line.get("collected", ())) if each]
    return plain(answer) in map(plain, held) or any(str(value) in whole for value in plain(answer).values())


def plain(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Without the order in which options stood: that is the person's, not the outcome's."""
    return {key: value for key, value in answer.items() if key != "order"}
