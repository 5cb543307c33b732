"""Frame by frame: each frame of a film carries its number, and the one that was asked for is the one on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pytest
from playwright.sync_api import Page, expect

from tests.media.test_video import steady, write_video
from tests.widgets import stand
from workbench.media import derive
from workbench.media.browsers import needs_proxy
from workbench.media.probe import probe

COUNT = 30
MILLISECONDS = Fraction(1, 1000)
UNEVEN = [Fraction(sum(17 + 29 * (n % 4) for n in range(number)), 1000) for number in range(COUNT)]
FILMS = {
    "steady": (steady(COUNT), {}),
    "ntsc": (steady(COUNT, Fraction(30000, 1001)), {"rate": Fraction(30000, 1001)}),
    "uneven": (UNEVEN, {"base": MILLISECONDS, "rate": Fraction(1000)}),
    "phone": (steady(COUNT), {"rotate": 90}),
}
# The number that the frame on the screen carries, as eight fields in its upper half.
READ = """() => {
  const video = document.querySelector("video");
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const upright = video.videoWidth > video.videoHeight;
  if (!upright) {  // turned by a phone: turned back to be read
    [canvas.width, canvas.height] = [video.videoHeight, video.videoWidth];
    context.rotate(TURN * Math.PI / 2);
    context.translate(TURN > 0 ? 0 : -video.videoWidth, TURN > 0 ? -video.videoHeight : 0);
  }
  context.drawImage(video, 0, 0);
  let number = 0;
  for (let bit = 0; bit < 8; bit += 1) {
    const [red, green, blue] = context.getImageData(canvas.width * (2 * bit + 1) / 16, canvas.height / 4, 1, 1).data;
    if (red + green + blue > 380) number |= 1 << bit;
  }
  return number;
}"""


@pytest.fixture(scope="module")
def films_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The stand with films of constant, 29.97 and uneven frame rates, and one from a phone held upright."""
    folder = tmp_path_factory.mktemp("films")
    films = {}
    for name, (times, more) in FILMS.items():
        film = write_video(folder / f"{name}.mp4", times, g="12", bf="2", **more)  # type: ignore[arg-type]
        # What the lab itself does: a copy where browsers cannot be trusted with the original.
        films[name] = derive("proxy", film, folder)[0] if needs_proxy(probe(film, name)) else film
    with stand.serving(stand.stand(**films)) as url:
        yield url


def shown(page: Page) -> int:
    """The number on the screen."""
    return int(page.evaluate(READ.replace("TURN", "1")))


@pytest.mark.parametrize("name", ["steady", "ntsc", "uneven"])
def test_every_frame_that_is_asked_for_is_the_one_shown(page: Page, films_url: str, name: str) -> None:
    """Forward through all of them, back through all of them, by key and by button: none is wrong."""
    page.goto(f"{films_url}/film/{name}")
    widget = page.locator("mark-segments")
    expect(widget).to_have_attribute("data-frame", "0")
    assert shown(page) == 0
    for number in range(1, COUNT):
        page.keyboard.press("F7")
        expect(widget).to_have_attribute("data-frame", str(number))
        assert shown(page) == number
    for number in reversed(range(COUNT - 1)):
        page.get_by_role("button", name="One frame back").click()
        expect(widget).to_have_attribute("data-frame", str(number))
        assert shown(page) == number


def test_what_is_marked_on_a_frame_is_when_that_frame_comes(page: Page, films_url: str) -> None:
    """29.97 frames per second: frame 5 comes at 166.8 ms, frame 12 at 400.4 ms."""
    page.goto(f"{films_url}/film/ntsc")
    widget = page.locator("mark-segments")
    expect(widget).to_have_attribute("data-frame", "0")
    for number, button in ((5, "It starts now"), (12, "It stops now")):
        while widget.get_attribute("data-frame") != str(number):
            before = int(widget.get_attribute("data-frame") or 0)
            page.keyboard.press("F7")
            expect(widget).to_have_attribute("data-frame", str(before + 1))
        page.get_by_role("button", name=button).click()
    expect(page.get_by_text("Frame 13 of 30, at 0:00.400")).to_be_visible()
    assert widget.evaluate("one => one.answer") == {"segments": [{"label": "indoors", "start_ms": 167, "end_ms": 400}]}


def test_the_film_of_a_phone_stands_upright(page: Page, films_url: str) -> None:
    """Turned by the browser itself, exact all the same."""
    page.goto(f"{films_url}/film/phone")
    widget = page.locator("mark-segments")
    expect(widget).to_have_attribute("data-frame", "0")
    assert page.evaluate("[document.querySelector('video').videoWidth, document.querySelector('video').videoHeight]") == [64, 96]
    page.keyboard.press("F7")
    expect(widget).to_have_attribute("data-frame", "1")


def test_sound_has_its_waveform(page: Page, films_url: str) -> None:
    """Drawn from the server's peaks; nothing of it in the accessibility tree."""
    page.goto(f"{films_url}/try/segments/0")
    expect(page.locator("canvas.segments__wave")).to_have_attribute("data-drawn", "200")
    assert page.locator(".segments__line").get_attribute("aria-hidden") == "true"
