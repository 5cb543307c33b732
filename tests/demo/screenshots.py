"""
Pictures of every kind of work for docs/task-types, made from the demo lab as a Dutch worker sees it.

    .venv/bin/python -m tests.demo.screenshots docs/task-types/screenshots [TYPE …]

Needs what tests need (Playwright, Chromium). Without types: all that the demo lab asks.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from tests.browsing import chromium, somebody
from tests.journeys import lab as labs
from tests.journeys.answering import kind_of
from tests.journeys.lab import Lab
from workbench import demo
from workbench.context import open_context
from workbench.demo import jobs_of_demo
from workbench.settings import Settings
from workbench.store import projects as store

WINDOW = {"width": 1280, "height": 720}  # the smallest laptop that people still have; the picture is as high as its question
WIDE, QUALITY = 960, 55  # a picture of a page, of about 25 kB
SETTLES_MS = 700  # pictures, waveforms and first frames come after the page


def asked() -> list[str]:
    """The types that the demo lab asks."""
    return sorted({job.type for job in jobs_of_demo.jobs()})


def path_of(folder: Path, name: str) -> Path:
    """Where the picture of a type stands."""
    return folder / f"{name}-nl.webp"


def make(folder: Path, names: Sequence[str]) -> Iterator[Path]:
    """A picture of a question of each of these types, one by one."""
    folder.mkdir(parents=True, exist_ok=True)
    with demo_lab(names) as lab, worker(lab) as page:
        lab.sign_in(page, lab.person("Noor van Dam", locale="nl").name)
        page.wait_for_url("**/work")
        for name in names:
            only(lab, name)
            page.goto(lab.url + "/work/next")
            kind_of(page)
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(SETTLES_MS)
            yield kept(whole(page), path_of(folder, name))


def whole(page: Page) -> bytes:
    """The whole question, also where it is longer than the window; scrolled down, so that the main button is at its own place."""
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    return page.screenshot(full_page=True)


def kept(png: bytes, path: Path) -> Path:
    """Smaller, as WebP."""
    shot = Image.open(io.BytesIO(png)).convert("RGB")
    shot.resize((WIDE, round(shot.height * WIDE / shot.width)), Image.Resampling.LANCZOS).save(path, quality=QUALITY, method=6)
    return path


@contextmanager
def demo_lab(names: Sequence[str]) -> Iterator[Lab]:
    """A demo lab with the projects of these types, answering over HTTP."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        settings = Settings.load({}, data=Path(folder) / "lab", demo=True)
        demo.prepare(settings, kinds=set(names))
        ctx = open_context(settings)
        stack.callback(ctx.close)
        yield stack.enter_context(labs.opened(ctx))


@contextmanager
def worker(lab: Lab) -> Iterator[Page]:
    """A browser for one worker after the other."""
    with chromium(windows=True) as browser, somebody(browser, viewport=WINDOW, locale="nl") as context:
        yield context.new_page()


def only(lab: Lab, name: str) -> None:
    """Only projects of this type are open."""

    def write(connection):  # type: ignore[no-untyped-def]
        for project in store.projects_of(connection, None):
            types = {step.task_type for step in store.steps_of(connection, project.id)}
            store.set_status(connection, project.id, "open" if name in types else "paused", lab.ctx.now())

    lab.ctx.db.write(write)


if __name__ == "__main__":
    for made in make(Path(sys.argv[1]), sys.argv[2:] or asked()):
        print(f"{made}: {made.stat().st_size >> 10} kB", flush=True)
