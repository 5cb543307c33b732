"""A sound that was marked by keys in a real browser lies within 10 ms of where it is in the client's own file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.answering import kind_of, press, reach
from tests.journeys.lab import Lab
from tests.media.make_media import RATE, write_audio

STARTS, STOPS = 2.737, 3.473  # seconds in the file
CLOSE_MS = 10
CODECS = {"wav": "pcm_s16le", "mp3": "libmp3lame", "ogg": "libopus"}
# What an ear hears: the first and the last moment that is loud in what the player plays, in ms from its start.
HEAR = """async () => {
  const bytes = await (await fetch(document.querySelector("audio").currentSrc)).arrayBuffer();
  const sound = await new OfflineAudioContext(1, 1, 48000).decodeAudioData(bytes);
  const samples = sound.getChannelData(0);
  const loud = (one) => Math.abs(one) > 0.1;
  return [samples.findIndex(loud), samples.findLastIndex(loud)].map((at) => (1000 * at) / sound.sampleRate);
}"""


def recording(path: Path, codec: str) -> Path:
    """Five seconds of silence with one tone."""
    moments = np.arange(5 * RATE) / RATE
    tone = 12_000 * np.sin(2 * np.pi * 880 * moments) * ((moments >= STARTS) & (moments < STOPS))
    return write_audio(path, tone.astype(np.int16), codec)


def go_to(page: Page, wanted_ms: float) -> None:
    """By keys alone: tenths of a second on the slider, then the smallest steps."""
    tenths = round(wanted_ms / 100)
    reach(page, ".player__place")
    page.keyboard.press("Home")
    for _ in range(tenths):
        page.keyboard.press("ArrowRight")
    steps = round((wanted_ms - 100 * tenths) / 10)
    for _ in range(abs(steps)):
        page.keyboard.press("F7" if steps > 0 else "F6")


@pytest.mark.parametrize(("kind", "cut"), [("wav", "windows"), ("mp3", "whole"), ("ogg", "whole")])
def test_a_marked_tone_is_where_it_is_in_the_file(lab: Lab, page: Page, tmp_path: Path, kind: str, cut: str) -> None:
    """Of a piece in the middle as well: times are those of the original."""
    made = recording(tmp_path / f"tone.{kind}", CODECS[kind]).read_bytes()
    settings: dict[str, Any] = {"labels": ["music"], "cut": cut, "clip_seconds": 2, "limit_seconds": 3}
    lab.project("Tones", "sound_events", {f"tone.{kind}": made}, tmp_path / "in", overlap=1, **settings)
    lab.person()
    lab.sign_in(page)
    for _ in range(3):
        page.goto(lab.url + "/work/next")
        if page.locator("#task").count() == 0:
            break
        mark_what_is_heard(page)
    answers = [row.answer["segments"] for row in lab.annotations()]
    [found] = [segment for segments in answers for segment in segments]
    assert abs(found["start_ms"] - 1000 * STARTS) <= CLOSE_MS, found
    assert abs(found["end_ms"] - 1000 * STOPS) <= CLOSE_MS, found


def mark_what_is_heard(page: Page) -> None:
    """Where it starts and stops, or that there is nothing; then Send."""
    kind_of(page)
    expect(page.locator("audio")).to_have_js_property("readyState", 4)
    starts, stops = page.evaluate(HEAR)
    if starts < 0:
        press("input[name=nothing]", "Space")(page)
    else:
        go_to(page, starts)
        page.keyboard.press("F9")
        go_to(page, stops)
        page.keyboard.press("F9")
    address = page.url
    press(".task__bar button:first-child", "Enter")(page)
    page.wait_for_url(lambda url: url != address)
