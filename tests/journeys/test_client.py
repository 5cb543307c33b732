"""The whole flow for real: a client's zip goes in by the pages, three workers answer, labelled data comes out.

`workbench serve` runs as a process of its own, with its jobs process and its settling; everybody uses a browser.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pycocotools.coco import COCO

from tests.browsing import chromium, leave
from tests.journeys import material
from tests.journeys.material import Box
from tests.journeys.test_worker import press_until
from tests.killing import Server
from workbench import people
from workbench.context import open_context
from workbench.domain import Role
from workbench.settings import Settings

# Remembers in the browser whether a mouse or a finger was ever used.
WATCH = "addEventListener('pointerdown', () => localStorage.setItem('pointer', 'used'), true)"
MISHEARD = {"piep": "fluit"}  # everybody's mistake, in a check question: the quality report must show it
WORKERS = ("Noor Bakker", "Sam Jansen", "Wim de Wit")
CLIENT, MANAGER = "Esra", "Maud"
HOW_LONG_MS = 60_000  # background work on a busy machine


@dataclass
class Running:
    """The lab: where it answers, everybody's sign-in link, and browsers that are open."""

    url: str
    links: dict[str, str]
    browser: Browser
    troubles: list[str] = field(default_factory=list)

    def sign_in(self, name: str) -> Page:
        """A browser of this person's own, signed in by link."""
        page = self.browser.new_context(viewport={"width": 1280, "height": 1400}, accept_downloads=True).new_page()
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.set_default_timeout(120_000)
        page.goto(self.url + self.links[name])
        return page


@dataclass
class Answers:
    """What the workers of this test were asked: the picture's name, the word that was to be heard."""

    boxes: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    wrong: int = 0


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for five people who open many pages."""
    with chromium() as started:
        yield started


@pytest.fixture
def running(tmp_path: Path, browser: Browser) -> Iterator[Running]:
    """A lab with a client, a manager and three workers, served by `workbench serve`."""
    settings = Settings.load({}, data=tmp_path / "lab")
    ctx = open_context(settings)
    roles = {CLIENT: Role.CLIENT, MANAGER: Role.MANAGER, **dict.fromkeys(WORKERS, Role.WORKER)}
    links = {
        name: people.enrol(ctx, name, [role], client="Omroep Oost" if role is Role.CLIENT else None, locale="en").link_path
        for name, role in roles.items()
    }
    ctx.close()
    server = Server({"WORKBENCH_DATA": str(settings.data)})
    lab = Running(f"http://127.0.0.1:{server.port}", links, browser)
    yield lab
    for context in browser.contexts:
        leave(context)
    server.stop()
    assert lab.troubles == []


@pytest.mark.timeout(600)  # half a minute on a quiet machine, several on a busy one
def test_from_a_clients_zip_to_coco_and_subtitles(running: Running, tmp_path: Path) -> None:
    """Upload, problems, gold, three workers (one by keyboard alone), progress, download; and the numbers are right."""
    client = running.sign_in(CLIENT)
    upload = material.make_zip(tmp_path / "material.zip")
    boxes = make_project(client, "Doors", "bounding_box", {"labels": "door", "overlap": "3"})
    put_in(client, boxes, upload, material.gold_boxes(tmp_path / "known.json"), made=6, gold=2)
    expect_problems(client, boxes, {"pictures/torn.png", *material.RECORDINGS})
    texts = make_project(client, "Tones", "transcription", {"overlap": "3"})
    put_in(client, texts, upload, material.gold_texts(tmp_path / "known.jsonl"), made=5, gold=2)
    expect_problems(client, texts, {"pictures/torn.png", *material.DOORS})
    open_for_work(running, boxes, texts)

    given = Answers()
    for name, way in zip(WORKERS, (by_dragging, by_clicking, by_keys_alone), strict=True):
        work_all_day(running, name, way, given)
        if name == WORKERS[0]:
            expect_far(client, boxes, ready=0, answers=len(given.boxes))
    expect_far(client, boxes, ready=4, answers=len(given.boxes))
    expect_far(client, texts, ready=3, answers=len(given.texts))
    expect_no_workers(running, client)

    check_coco(download(client, boxes, "coco", tmp_path / "coco"), given)
    check_captions(download(client, texts, "webvtt", tmp_path / "webvtt"), "vtt")
    check_captions(download(client, texts, "srt", tmp_path / "srt"), "srt")
    check_text_manifest(tmp_path / "srt", given)


# --- the client ------------------------------------------------------------------------------------------------------


def make_project(page: Page, name: str, kind: str, fields: dict[str, str]) -> str:
    """A new project by the pages; its path."""
    page.goto(home(page) + "/projects")
    page.get_by_role("link", name="New project").first.click()
    page.locator(f"a[href='/projects/new?type={kind}']").click()
    page.get_by_label("Name of the project").fill(name)
    for each, value in fields.items():
        page.locator(f"[name='{each}']").fill(value)
    page.get_by_role("button", name="Make the project").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_text("This project is a draft. The lab opens it, then work begins.")).to_be_visible()
    return urlsplit(page.url).path


def put_in(page: Page, project: str, upload: Path, known: Path, *, made: int, gold: int) -> None:
    """Upload the zip and the known answers, and wait until it is read in the background."""
    page.get_by_role("link", name="Upload data").click()
    page.get_by_label("Files").set_input_files(upload)
    page.get_by_label("Check questions").set_input_files(known)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("status")).to_have_text("Done", timeout=HOW_LONG_MS)
    assert facts(page)["New questions"] == made
    assert facts(page)["Check questions"] == gold
    page.get_by_role("link", name="Back to the project").click()
    page.wait_for_url(f"**{project}")


def facts(page: Page) -> dict[str, int]:
    """The numbers that a page tells."""
    lines = page.locator(".facts > div")
    return {each.locator("dt").inner_text(): int(each.locator("dd").inner_text().replace(",", "")) for each in lines.all()}


def expect_problems(page: Page, project: str, files: set[str]) -> None:
    """The upload's page names each file that did not come in, and says what to do."""
    page.get_by_role("link", name="material.zip").click()
    rows = page.locator("tbody tr")
    told = {row.locator("td").first.inner_text(): row.locator("td").last.inner_text() for row in rows.all()}
    assert {name.removeprefix("material.zip/") for name in told} == files
    assert all(len(words) > 20 for words in told.values())
    page.goto(home(page) + project)


def open_for_work(running: Running, *projects: str) -> None:
    """The lab's manager looks at the projects and opens them."""
    page = running.sign_in(MANAGER)
    for project in projects:
        page.goto(running.url + project)
        page.get_by_role("button", name="Open: give out work").click()
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
    leave(page.context)


def expect_far(page: Page, project: str, *, ready: int, answers: int) -> None:
    """The project's page tells how far it is, as soon as the last answers are settled."""
    for _ in range(300):
        page.goto(home(page) + project)
        if (facts(page)["Ready"], facts(page)["Answers given"]) == (ready, answers):
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"{project} says {facts(page)}, not {ready} ready of {answers} answers")


def expect_no_workers(running: Running, page: Page) -> None:
    """No page that a client can reach by links, from the first one on, names a worker."""
    waiting, seen = ["/", "/projects"], set()
    while waiting:
        path = waiting.pop()
        if path in seen or "?" in path or "/download" in path:
            continue
        seen.add(path)
        answer = page.request.get(running.url + path)
        text = answer.text()
        assert not [name for name in WORKERS if name.split()[0] in text.split("<main")[-1] or name in text], path
        page.goto(running.url + path)
        links: list[str] = page.locator("a[href^='/']").evaluate_all("all => all.map(one => one.getAttribute('href'))")
        waiting += [link.split("#")[0] for link in links]
    assert len(seen) > 8, seen


def download(page: Page, project: str, format_name: str, folder: Path) -> Path:
    """Make a download by the page, get it, and unpack it."""
    page.goto(home(page) + project)
    page.get_by_label("Format").select_option(format_name)
    page.get_by_role("button", name="Make a download").click()
    link = page.get_by_role("link", name="Download", exact=True)
    expect(link).to_be_visible(timeout=HOW_LONG_MS)
    with page.expect_download() as arriving:
        link.click()
    with zipfile.ZipFile(arriving.value.path()) as packed:
        packed.extractall(folder)
    named = [path for path in folder.rglob("*") if path.is_file() and any(name.encode() in path.read_bytes() for name in WORKERS)]
    assert named == []
    return folder


def home(page: Page) -> str:
    """Where the lab is."""
    place = urlsplit(page.url)
    return f"{place.scheme}://{place.netloc}"


# --- the workers -----------------------------------------------------------------------------------------------------


Way = Callable[[Page, Box | None, str | None], None]


def work_all_day(running: Running, name: str, way: Way, given: Answers) -> None:
    """Answer questions until there are none left."""
    page = running.sign_in(name)
    page.set_viewport_size({"width": 1280, "height": 720})  # the smallest laptop that people still have
    page.context.add_init_script(WATCH)
    page.reload()
    press_until(page, "a[href='/work/next']", "Enter")
    page.wait_for_url("**/work/**")
    for _ in range(20):
        page.locator("h1").wait_for()
        if page.locator("#task").count() == 0:
            break
        answer_one(page, way, given)
    expect(page.get_by_role("heading", level=1)).to_have_text("There are no questions for you now")
    assert page.evaluate("localStorage.getItem('pointer')") == (None if way is by_keys_alone else "used")
    leave(page.context)


def answer_one(page: Page, way: Way, given: Answers) -> None:
    """Look or listen as a person does, through what the browser was given; then answer in this person's way."""
    picture = page.locator(".drawing__stage img")
    address = page.url
    if picture.count():
        expect(page.locator(".drawing__stage[tabindex='0']")).to_have_count(1)
        door = material.see(fetch(page, picture))
        way(page, door, None)
        given.boxes.append(which(door))
    else:
        heard = material.hear(fetch(page, page.locator("audio")))
        said = MISHEARD.get(heard, heard)
        way(page, None, said)
        given.texts.append(heard)
        given.wrong += said != heard
    page.wait_for_url(lambda url: url != address)


def which(door: Box) -> str:
    """The picture with this door."""
    return min(material.DOORS, key=lambda name: sum(abs(a - b) for a, b in zip(material.DOORS[name], door, strict=True)))


def fetch(page: Page, media: Locator) -> bytes:
    """What the browser shows or plays here."""
    answer = page.request.get(home(page) + str(media.get_attribute("src")))
    assert answer.ok, answer.status
    return bytes(answer.body())


def place_of(page: Page) -> tuple[float, float, float]:
    """Left, top and scale of the drawing area on the screen."""
    page.locator(".drawing__stage").scroll_into_view_if_needed()
    area = page.locator(".drawing__stage").bounding_box()
    assert area
    return area["x"], area["y"], area["width"] / material.SIZE[0]


def by_dragging(page: Page, door: Box | None, heard: str | None) -> None:
    """With a mouse: a drag, or typing after a click."""
    if door:
        left, top, scale = place_of(page)
        x, y, width, height = door
        page.mouse.move(left + x * scale, top + y * scale)
        page.mouse.down()
        page.mouse.move(left + (x + width) * scale, top + (y + height) * scale, steps=5)
        page.mouse.up()
    else:
        page.get_by_label("What do you hear?").fill(str(heard))
    page.get_by_role("button", name="Send").click()


def by_clicking(page: Page, door: Box | None, heard: str | None) -> None:
    """With a mouse that cannot drag: two corners. This person writes with capitals and a full stop."""
    if door:
        left, top, scale = place_of(page)
        x, y, width, height = door
        page.mouse.click(left + x * scale, top + y * scale)
        page.mouse.click(left + (x + width) * scale, top + (y + height) * scale)
    else:
        page.get_by_label("What do you hear?").fill(f"{str(heard).capitalize()}.")
    page.get_by_role("button", name="Send").click()


def by_keys_alone(page: Page, door: Box | None, heard: str | None) -> None:
    """Without a mouse: Tab, arrows, Enter."""
    if door:
        x, y, width, height = door
        press_until(page, ".drawing__stage", "Control+ArrowLeft")
        press_to(page, (material.SIZE[0] // 2 - 1, material.SIZE[1] // 2), (x, y))
        page.keyboard.press("Enter")
        press_to(page, (x, y), (x + width, y + height))
        page.keyboard.press("Enter")
    else:
        press_until(page, "textarea", "Home")
        page.keyboard.type(str(heard))
    press_until(page, ".task__bar button:first-child", "Enter")


def press_to(page: Page, here: tuple[int, int], there: tuple[int, int]) -> None:
    """Move the cross with arrows: in steps of 40 dots, then dot by dot."""
    for way, distance in ((("ArrowLeft", "ArrowRight"), there[0] - here[0]), (("ArrowUp", "ArrowDown"), there[1] - here[1])):
        key = way[distance > 0]
        steps, dots = divmod(abs(distance), 40)
        for press in [key] * steps + [f"Control+{key}"] * dots:
            page.keyboard.press(press)


# --- the numbers -----------------------------------------------------------------------------------------------------


def manifest_in(folder: Path) -> dict[str, Any]:
    """The manifest of a download."""
    [path] = folder.rglob("*manifest.json")
    return dict(json.loads(path.read_text()))


def check_coco(folder: Path, given: Answers) -> None:
    """Read by pycocotools: every picture with its one box, where it was drawn; the manifest counts and scores."""
    [path] = [each for each in folder.rglob("*.json") if "manifest" not in each.name]
    coco = COCO(str(path))
    found = {coco.imgs[each["image_id"]]["file_name"].removeprefix("material.zip/"): each["bbox"] for each in coco.anns.values()}
    settled = {name: door for name, door in material.DOORS.items() if "check" not in name}
    assert settled.keys() <= found.keys() <= material.DOORS.keys()
    far = {name: max(abs(a - b) for a, b in zip(found[name], door, strict=True)) for name, door in settled.items()}
    assert max(far.values()) <= 2, far
    assert {each["name"] for each in coco.cats.values()} == {"door"}
    manifest = manifest_in(folder)
    counts = manifest["counts"]
    assert (counts["microtasks"], counts["settled"], counts["gold"], counts["annotations"]) == (6, 4, 2, len(given.boxes))
    checks = [name for name in given.boxes if "check" in name]
    accuracy = manifest["steps"][0]["gold_accuracy"]
    assert checks, "nobody was given a check question"
    assert accuracy["answers"] == len(checks)
    assert accuracy["mean"] > 0.95
    assert manifest["steps"][0]["agreement"]["value"] > 0.95


def check_captions(folder: Path, ending: str) -> None:
    """Cues stand at the times of the original, with the words that were typed; check recordings too."""
    found = {path.name: cues for path in folder.rglob(f"*.{ending}") if (cues := material.cues(path.read_text()))}
    [long] = [each for name, each in found.items() if "long" in name]
    (first_start, first_end, first), (second_start, second_end, second) = long
    assert (first_start, second_end) == (0, 10_000)
    assert 4_000 <= first_end == second_start <= 5_000
    assert [plain(first), plain(second)] == ["laag", "midden"]
    [short] = [each for name, each in found.items() if "short" in name]
    assert [(start, end, plain(text)) for start, end, text in short] == [(0, 2_000, "hoog")]


def plain(text: str) -> str:
    """Without capitals and full stops: the workers differ in these."""
    return text.casefold().rstrip(".")


def check_text_manifest(folder: Path, given: Answers) -> None:
    """Counts, and check questions scored: a wrong word is wrong, capitals and a full stop are no mistakes."""
    manifest = manifest_in(folder)
    counts = manifest["counts"]
    assert (counts["microtasks"], counts["settled"], counts["gold"], counts["annotations"]) == (5, 3, 2, len(given.texts))
    checks = [heard for heard in given.texts if heard in material.CHECKS.values()]
    accuracy = manifest["steps"][0]["gold_accuracy"]
    # Who is given which check question follows from ids, and so is the same in every run.
    assert accuracy["answers"] == len(checks) > given.wrong > 0
    assert accuracy["mean"] == pytest.approx(1 - given.wrong / len(checks), abs=0.0001)
