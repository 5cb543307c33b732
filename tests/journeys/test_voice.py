"""A blind worker's work in a real browser: a WAV as microphone, no pointer, the real voice and recogniser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from accessibility.audit import audit_page, report
from accessibility.speech.spoken_text import Voice, content_key
from accessibility.speech.wav import Pcm, to_wav
from tests.browsing import launched, somebody, watched
from tests.conftest import Clock
from tests.journeys.lab import Lab
from tests.speech.conftest import Speaker, model_folder, recogniser, speaker, synthesiser
from workbench import tables as t
from workbench.domain import Role
from workbench.speech import Engines
from workbench.store import requests
from workbench.web.voice_talk import Lines

__all__ = ["model_folder", "recogniser", "speaker", "synthesiser"]

SENTENCE = "the first answer is better than the second answer"
MICROPHONE = (
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)
ASKS = """() => {
  window.streams = [];
  window.told = []; // what the server hears of it
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (message) {
    if (typeof message === "string") told.push(JSON.parse(message).do);
    send.call(this, message);
  };
  const allowed = new Promise((allow) => (window.allow = allow));
  navigator.mediaDevices.getUserMedia = async () => {
    streams.push(new AudioContext().createMediaStreamDestination().stream);
    await allowed;
    return streams.at(-1);
  };
}"""
PATIENCE_MS = 20_000  # two busy cores
SCALE = [{"value": 1, "text": "bad"}, {"value": 2, "text": "good"}]


@pytest.fixture
def voiced(lab: Lab, tmp_path: Path, model_folder: Path, recogniser: Any) -> Iterator[Lab]:
    """The lab with the tiny models, which workers never get."""
    engines = Engines(tmp_path / "sounds", model_folder, for_tests=True)
    assert lab.server.running is not None
    lab.server.running.config.app.state.voice = Lines(engines)  # type: ignore[union-attr]
    lab.server.furnish = lambda app: setattr(app.state, "voice", Lines(engines))  # when it starts again, too
    yield lab
    engines.close()


@contextmanager
def speaking(browser: Browser, folder: Path, samples: bytes) -> Iterator[Page]:
    """A browser whose microphone hears these samples once, from when it is opened."""
    path = folder / "said.wav"
    path.write_bytes(to_wav(Pcm(bytes(16000) + samples + bytes(32000), 16000)))
    fake = f"--use-file-for-fake-audio-capture={path}%noloop"
    own = launched(browser.browser_type, *MICROPHONE, fake, windows=True)
    try:
        with somebody(own) as context, watched(context) as page:
            yield page
    finally:
        own.close()


def begin(lab: Lab, page: Page, by: Callable[[Page], None] | None = None) -> None:
    """Sign in by the card's link or otherwise, go to the voice page, and press Enter: the button to begin has the focus."""
    (by or lab.sign_in)(page)
    page.goto(lab.url + "/voice")
    expect(page.locator("#begin")).to_be_focused()
    page.keyboard.press("Enter")
    heard(page, "Hello Noor.")


def heard(page: Page, words: str) -> None:
    """These words were said."""
    expect(page.locator("#said")).to_contain_text(words, timeout=PATIENCE_MS)


def keys(page: Page, *names: str) -> None:
    """Keys while the talk button has the focus."""
    expect(page.locator("#talk")).to_be_focused()
    for name in names:
        page.keyboard.press(name)


def talk(page: Page, until: str) -> None:
    """Hold the space bar until this was understood."""
    expect(page.locator("#talk")).to_be_focused()
    page.keyboard.down(" ")
    expect(page.locator("#hearing")).to_contain_text(until, timeout=PATIENCE_MS)
    page.keyboard.up(" ")


def transcription(lab: Lab, folder: Path, speaker: Speaker) -> None:
    """A sentence to say again."""
    files = {"clip.wav": to_wav(Pcm(speaker.say(SENTENCE), 16000))}
    lab.project("News", "transcription", files, folder / "news", language="en")


def test_a_blind_workers_work_by_voice_and_keys(
    voiced: Lab, browser: Browser, speaker: Speaker, clock: Clock, tmp_path: Path
) -> None:
    """
    The badge; hear a clip, say it again; the line is lost; on with the draft, fix one word by voice, submit; a rating by
    voice; music marked by key; the break is announced; the coach is asked, and the answer is heard; a check-in; own
    figures; sign out. The stored answers are right, and no sound of the worker is.
    """
    transcription(voiced, tmp_path, speaker)
    sound = {"a.wav": to_wav(Pcm(speaker.say(SENTENCE), 16000))}
    voiced.project("Sound", "rating", sound, tmp_path / "sound", scale=SCALE, question="How is the sound?")
    voiced.project("Events", "sound_events", sound, tmp_path / "events", labels=["speech"])
    voiced.person()

    with speaking(browser, tmp_path, speaker.say("the first answer is better than the wrong answer")) as page:
        begin(voiced, page, by=voiced.hold_badge)
        keys(page, "s")
        heard(page, "What is said?")
        talk(page, "wrong answer")
        heard(page, "I heard: the first answer is better than the wrong answer")
    assert drafts(voiced) == [{"text": "the first answer is better than the wrong answer"}]

    with speaking(browser, tmp_path, speaker.say("second")) as page:
        begin(voiced, page)
        keys(page, "s")
        heard(page, "You had started on this.")
        keys(page, "8")
        heard(page, "Word eight: wrong.")
        keys(page, "a")
        heard(page, "Say just this word.")
        talk(page, "second")
        heard(page, f"It says: {SENTENCE}")
        keys(page, "Enter")
        heard(page, "Thank you. Your answer is saved. How is the sound?")

    with speaking(browser, tmp_path, speaker.say("good")) as page:
        begin(voiced, page)
        keys(page, "s")
        heard(page, "Choose: one: bad. two: good.")
        talk(page, "good")
        heard(page, "You chose: good.")
        keys(page, "Enter")
        heard(page, "You now mark: speech.")
        mark_while_it_plays(page)
        clock.forward(minutes=50)
        keys(page, "Enter")
        heard(page, "Time for a break. Your work is saved. You can go on from")
        keys(page, "c")
        heard(page, "What do you want to ask for? one: talk.")
        keys(page, "1")
        heard(page, "Your coach knows that you want to talk.")
        the_coach_comes(voiced)
        heard(page, "Carla says: I am coming to you.")
        keys(page, "j", "2", "1", "n", "+")
        heard(page, "Thank you. Your coach sees this too.")
        keys(page, "i")
        heard(page, "You did 3 questions today.")
        clock.forward(minutes=15)
        keys(page, "q", "+")
        page.wait_for_url("**/sign-in?out=1", timeout=PATIENCE_MS)

    rows = voiced.annotations()
    assert {row.via for row in rows} == {"voice"}
    assert [row.answer for row in rows[:2]] == [{"text": SENTENCE}, {"value": 2}]
    [segment] = rows[2].answer["segments"]
    assert segment["label"] == "speech"
    assert 0 <= segment["start_ms"] < segment["end_ms"] <= 10_000
    nothing_of_the_worker_was_kept(voiced, tmp_path)


def the_coach_comes(lab: Lab) -> None:
    """The coach sees the request and answers it."""
    coach, now = lab.person("Carla", Role.COACH), lab.ctx.now()
    [asked] = lab.ctx.db.read(requests.waiting)
    lab.ctx.db.write(lambda connection: requests.answer(connection, asked.public_id, "coming", by=coach.id, now=now))


def mark_while_it_plays(page: Page) -> None:
    """M, a moment later full stop; the recording goes on meanwhile."""
    with page.expect_response(lambda response: "/clip" in response.url, timeout=PATIENCE_MS) as fetched:
        keys(page, "p")
    fetched.value.finished()
    page.wait_for_timeout(600)
    keys(page, "m")
    page.wait_for_timeout(600)
    keys(page, ".")


def drafts(lab: Lab) -> list[Any]:
    """What is kept of unfinished answers."""
    return lab.ctx.db.read(lambda connection: list(connection.scalars(sa.select(t.draft.c.answer))))


def nothing_of_the_worker_was_kept(lab: Lab, folder: Path) -> None:
    """The file store has the clients' files and what was made of them; the voice's cache has no word of the worker."""
    known = [sa.select(t.media.c.sha256), sa.select(t.derivative.c.sha256), sa.select(t.upload.c.sha256)]
    allowed = lab.ctx.db.read(lambda connection: {sha for query in known for sha in connection.scalars(query)})
    stored = {path.name for path in (lab.ctx.settings.data / "files").rglob("*") if path.is_file()}
    assert stored
    assert {name for name in stored if not any(sha.endswith(name) or name in sha for sha in allowed)} == set()
    others = {path.name for path in lab.ctx.settings.data.iterdir()} - {"files", "secret.key"}
    assert {name for name in others if not name.startswith("workbench.sqlite3")} == set()
    cached = {path.stem for path in (folder / "sounds").rglob("*") if path.is_file()}
    assert cached
    own = ("Hello Noor.", SENTENCE, SENTENCE.replace("second", "wrong"))
    assert not {content_key(text, Voice("en")) for text in own} & cached


@pytest.mark.parametrize(
    ("locale", "hello", "title"), [("en", "Hello Noor.", "What is said?"), ("nl", "Hallo Noor.", "Wat wordt")]
)
def test_the_voice_page_passes_the_audit(
    voiced: Lab, page: Page, tmp_path: Path, speaker: Speaker, locale: str, hello: str, title: str
) -> None:
    """Before Begin and in a conversation: AAA, 44 px, 320 px, and a walk by keyboard."""
    transcription(voiced, tmp_path, speaker)
    voiced.person(locale=locale)
    voiced.sign_in(page)
    page.goto(voiced.url + "/voice")
    findings = audit_page(page, walk=True)
    assert findings == [], report(findings)
    page.locator("#begin").press("Enter")
    heard(page, hello)
    keys(page, "s")
    heard(page, title)
    findings = audit_page(page, walk=False)
    assert findings == [], report(findings)


def test_keys_leave_a_screen_reader_its_letters(voiced: Lab, page: Page, tmp_path: Path, speaker: Speaker) -> None:
    """A bare key does something on the talk button only; elsewhere it is a chord; typed text is an answer."""
    transcription(voiced, tmp_path, speaker)
    voiced.person()
    voiced.sign_in(page)
    page.goto(voiced.url + "/voice")
    page.get_by_text("How it speaks").click()
    page.get_by_label("My screen reader: no other voice").check()
    page.locator("#begin").press("Enter")
    heard(page, "Hello Noor.")
    page.locator("h1").click()
    page.keyboard.press("s")
    page.keyboard.press("Alt+Shift+KeyW")
    heard(page, "You are at the start.")
    page.keyboard.press("Alt+Shift+KeyL")
    heard(page, "I now speak 140 words a minute.")
    expect(page.locator("#rate")).to_have_value("140")  # and so it is kept with the other settings
    assert voiced.ctx.db.read(lambda connection: list(connection.execute(sa.select(t.assignment)))) == []
    page.keyboard.press("Alt+Shift+KeyS")
    heard(page, "What is said?")
    page.locator("#typed").fill("hello there")
    page.locator("#typed").press("Enter")
    heard(page, "It says: hello there")
    expect(page.locator("#said")).to_have_attribute("aria-live", "polite")
    page.keyboard.press("Alt+Shift+Minus")
    heard(page, "I cannot do that here.")  # "no" is not asked for; that the sign has another name with Shift does not matter
    keys(page, "Enter")
    heard(page, "Thank you. Your answer is saved.")
    assert [row.answer for row in voiced.annotations()] == [{"text": "hello there"}]


def greeted(voiced: Lab, page: Page, folder: Path, speaker: Speaker) -> None:
    """Noor has a clip to write down, and begins."""
    transcription(voiced, folder, speaker)
    voiced.person()
    voiced.sign_in(page)
    page.goto(voiced.url + "/voice")
    page.locator("#begin").press("Enter")
    heard(page, "Hello Noor.")


def test_the_microphone_opens_once_and_again_when_it_was_unplugged(
    voiced: Lab, page: Page, tmp_path: Path, speaker: Speaker
) -> None:
    """Talk is pressed, let go and pressed again while the browser still asks; then the headset is pulled out."""
    greeted(voiced, page, tmp_path, speaker)
    page.evaluate(ASKS)
    keys(page, " ", " ", " ")
    page.evaluate("allow()")
    expect(page.locator("#hearing")).to_have_text("I am listening")
    assert page.evaluate("told") == ["talk"]
    page.evaluate("streams[0].getTracks()[0].dispatchEvent(new Event('ended'))")
    expect(page.locator("#talk")).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#hearing")).to_have_text("")
    keys(page, " ")
    expect(page.locator("#hearing")).to_have_text("I am listening")
    assert page.evaluate("[streams.length, told]") == [2, ["talk", "talked", "talk"]]


def test_a_second_tab_takes_over(voiced: Lab, page: Page, tmp_path: Path, speaker: Speaker) -> None:
    """The first one says so, and does not fight for it; the draft goes along."""
    greeted(voiced, page, tmp_path, speaker)
    keys(page, "s")
    heard(page, "What is said?")
    page.locator("#typed").fill("half of")
    page.locator("#typed").press("Enter")
    heard(page, "It says: half of")
    other = page.context.new_page()
    other.goto(voiced.url + "/voice")
    other.locator("#begin").press("Enter")
    heard(other, "Hello Noor.")
    expect(page.get_by_role("alert")).to_contain_text("another tab")
    keys(other, "s")
    heard(other, "half of")


def test_a_lost_line_comes_back_with_the_draft_and_an_open_microphone(
    voiced: Lab, browser: Browser, tmp_path: Path, speaker: Speaker
) -> None:
    """The page says that the line is gone, and goes on by itself where it was, listening if it did."""
    transcription(voiced, tmp_path, speaker)
    voiced.person()
    with speaking(browser, tmp_path, b"") as page:
        begin(voiced, page)
        keys(page, "s")
        heard(page, "What is said?")
        page.locator("#typed").fill("half of")
        page.locator("#typed").press("Enter")
        heard(page, "It says: half of")
        page.locator("details:has(#settings) > summary").press("Enter")
        page.locator('[name="hands_free"]').press(" ")
        page.locator("#talk").focus()
        page.keyboard.press(" ")
        expect(page.locator("#talk")).to_have_attribute("aria-pressed", "true")
        voiced.server.stop()
        expect(page.get_by_role("alert")).to_contain_text("The connection is gone.", timeout=PATIENCE_MS)
        expect(page.locator("#talk")).to_have_attribute("aria-pressed", "false")
        page.locator("#typed").fill("and the other half")
        page.locator("#typed").press("Enter")
        expect(page.locator("#typed")).to_have_value("and the other half")  # it cannot go now, and stays
        voiced.server.start()
        heard(page, "The connection is back. We go on.")
        heard(page, "half of")
        expect(page.locator("#talk")).to_have_attribute("aria-pressed", "true")
