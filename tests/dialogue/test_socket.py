"""The socket: who may open it, and what it does with what makes no sense."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from accessibility.speech.wav import from_wav
from tests.dialogue.test_terminal import SENTENCE, answers, transcribing
from tests.speech.conftest import Speaker
from workbench import spoken_day
from workbench.context import Context
from workbench.domain import Person, Role
from workbench.people import enrol
from workbench.speech import Engines
from workbench.store import people as store
from workbench.store import requests
from workbench.web.app import create_app
from workbench.web.voice_talk import Lines

OURS = {"origin": "http://testserver"}
Socket = Any


def client(ctx: Context, engines: Engines, role: Role | None = Role.WORKER) -> TestClient:
    """A browser, signed in as somebody with this role."""
    app = create_app(ctx)
    app.state.voice = Lines(engines)
    made = TestClient(app, follow_redirects=False)
    if role is not None:
        assert made.get(enrol(ctx, "Noor", [role], locale="en", client="Zender" if role is Role.CLIENT else None).link_path)
    return made


@pytest.fixture
def work(ctx: Context, engines: Engines, speaker: Speaker, tmp_path: Path) -> TestClient:
    """A worker with one clip to transcribe."""
    transcribing(ctx, tmp_path / "news", speaker.say(SENTENCE))
    return client(ctx, engines)


@pytest.fixture
def line(work: TestClient) -> Iterator[Socket]:
    """A conversation that has begun."""
    with work.websocket_connect("/voice/socket", headers=OURS) as socket:
        socket.send_json({"do": "begin"})
        assert "Hello Noor." in said(socket.receive_json())
        yield socket


def said(message: dict[str, Any]) -> str:
    """What is spoken."""
    return " ".join(turn["text"] for turn in message["turns"] if turn["kind"] == "say")


def ask(socket: Socket, **message: Any) -> str:
    """Send, and what is said to that."""
    socket.send_json(message)
    return said(socket.receive_json())


def closed_with(opened: Any) -> int:
    """The code with which a socket is closed at once."""
    with opened as socket, pytest.raises(WebSocketDisconnect) as closed:
        socket.receive_json()
    return int(closed.value.code)


@pytest.mark.parametrize("headers", [{}, {"origin": "https://elsewhere.example"}, {**OURS, "sec-fetch-site": "cross-site"}])
def test_another_sites_page_cannot_listen(work: TestClient, headers: dict[str, str]) -> None:
    """Even with the worker's own cookie."""
    assert closed_with(work.websocket_connect("/voice/socket", headers=headers)) == 4403


@pytest.mark.parametrize(("role", "code"), [(None, 4401), (Role.COACH, 4403), (Role.CLIENT, 4403)])
def test_only_workers_may(ctx: Context, engines: Engines, role: Role | None, code: int) -> None:
    """Signed out and other roles are turned away, the page as well."""
    browser = client(ctx, engines, role)
    assert closed_with(browser.websocket_connect("/voice/socket", headers=OURS)) == code
    assert browser.get("/voice").status_code in (303, 403)


def test_what_makes_no_sense_is_passed_over(line: Socket) -> None:
    """Broken JSON, unknown wishes, sound that nobody asked for."""
    for text in ("", "{", "[]", "3", '{"do": 3}', '{"do": "key"}', '{"do": "key", "name": 3}', '{"do": "type", "text": null}'):
        line.send_text(text)
    line.send_bytes(b"\x00" * 3)
    assert "You are at the start." in ask(line, do="order", name="where_am_i", at_ms="x")
    assert "I cannot do that here." in ask(line, do="order", name="nonsense")


def test_a_sentence_is_spoken_heard_back_and_sent(line: Socket, ctx: Context, speaker: Speaker) -> None:
    """PCM up, turns down, and the sound of a turn from its address."""
    assert "What is said?" in ask(line, do="key", name="s")
    line.send_json({"do": "talk"})
    assert line.receive_json() == {"listening": True}
    send(line, speaker.say(SENTENCE))
    line.send_json({"do": "talked"})
    message = turns_of(line)
    assert said(message).startswith(f"I heard: {SENTENCE}")
    assert message["now"] == {"place": "work", "rate": 165, "title": "What is said?", "text": SENTENCE, "options": []}
    assert "Thank you" in ask(line, do="key", name="Enter")
    assert answers(ctx) == [("voice", {"text": SENTENCE})]


@pytest.mark.parametrize(
    ("sound", "sentence"),
    [
        (bytes(32000), "I hear nothing. Is the microphone on?"),
        (b"", "I hear nothing."),
        (b"\x00" * 3201, "A piece of the sound got damaged."),
        (bytes((1 << 20) + 2), "Too much sound came at once."),
    ],
)
def test_bad_sound_is_told_and_nothing_is_lost(line: Socket, sound: bytes, sentence: str) -> None:
    """Silence, nothing at all, an odd number of bytes, far too much; what was there stays."""
    ask(line, do="key", name="s")
    ask(line, do="type", text="half of it")
    ask(line, do="order", name="again")
    line.send_json({"do": "talk"})
    assert line.receive_json() == {"listening": True}
    line.send_bytes(sound)
    assert ask(line, do="talked").startswith(sentence)
    assert "half of it" in ask(line, do="order", name="hear_back")


def test_an_open_microphone_goes_on_by_itself(line: Socket, ctx: Context, speaker: Speaker) -> None:
    """A pause ends the sentence; then it listens for what may be said next, until the worker closes it."""
    assert ask(line, do="set", hands_free=True) == ""
    assert "What is said?" in ask(line, do="key", name="s")
    line.send_json({"do": "talk", "open": True})
    assert line.receive_json() == {"listening": True}
    send(line, speaker.say(SENTENCE) + bytes(48_000))
    assert said(turns_of(line)).startswith(f"I heard: {SENTENCE}")
    assert line.receive_json() == {"listening": True}
    send(line, bytes(16_000) + speaker.say("submit") + bytes(48_000))
    assert "Thank you" in said(turns_of(line))
    assert answers(ctx) == [("voice", {"text": SENTENCE})]


def test_an_open_microphone_follows_the_keys(line: Socket, speaker: Speaker) -> None:
    """A key or the coach may change what can be said: what is listened for changes with it, not at the next word."""
    ask(line, do="set", hands_free=True)
    line.send_json({"do": "talk", "open": True})
    assert line.receive_json() == {"listening": True}
    assert "What is said?" in ask(line, do="key", name="s")
    assert line.receive_json() == {"listening": True}
    send(line, speaker.say(SENTENCE) + bytes(48_000))
    assert said(turns_of(line)).startswith(f"I heard: {SENTENCE}")


def test_an_open_microphone_that_cannot_go_on_says_so(line: Socket) -> None:
    """The page closes it, and the worker hears why."""
    ask(line, do="set", hands_free=True)
    line.send_json({"do": "talk", "open": True})
    assert line.receive_json() == {"listening": True}
    line.send_bytes(bytes((1 << 20) + 2))
    assert line.receive_json() == {"listening": False}
    assert ask(line, do="talked").startswith("Too much sound came at once.")


def send(socket: Socket, samples: bytes) -> None:
    """Sound, 100 ms at a time."""
    for start in range(0, len(samples), 3200):
        socket.send_bytes(samples[start : start + 3200])


def turns_of(socket: Socket) -> dict[str, Any]:
    """The next message that says something; partial results before it are passed over."""
    while "turns" not in (message := socket.receive_json()):
        assert set(message) == {"partial"}
    return dict(message)


def test_what_the_coach_answers_is_said_as_it_comes(line: Socket, ctx: Context) -> None:
    """Once, after what sounds; and the words of the coach with it."""
    assert "What do you want to ask for?" in ask(line, do="order", name="coach")
    assert ask(line, do="key", name="1") == "Your coach knows that you want to talk."
    coach = enrol(ctx, "Carla", [Role.COACH]).person
    [asked] = ctx.db.read(requests.waiting)
    ctx.db.write(lambda c: requests.answer(c, asked.public_id, "coming", by=coach.id, words="In five minutes.", now=ctx.now()))
    news = line.receive_json()
    assert said(news) == "Carla says: I am coming to you. In five minutes."
    assert news["gently"]  # it cuts off no question that sounds
    assert asked.kind == "talk"
    assert spoken_day.news(ctx, person(ctx)) == ()


def person(ctx: Context) -> Person:
    """The worker of these tests."""
    [found] = ctx.db.read(lambda connection: store.people_by_name(connection, "Noor"))
    return found


def test_without_a_model_the_keys_go_on(ctx: Context, work: TestClient, tmp_path: Path) -> None:
    """A clear sentence, and no broken line."""
    work.app.state.voice = Lines(Engines(tmp_path / "other", tmp_path / "none"))  # type: ignore[attr-defined]
    with work.websocket_connect("/voice/socket", headers=OURS) as socket:
        socket.send_json({"do": "begin"})
        socket.receive_json()
        socket.send_json({"do": "talk"})
        assert socket.receive_json() == {"listening": False}
        assert "does not understand your language yet" in ask(socket, do="talked")
        assert "What is said?" in ask(socket, do="key", name="s")
    work.app.state.voice.engines.close()  # type: ignore[attr-defined]


def test_the_sound_of_a_turn_is_for_its_own_worker(ctx: Context, work: TestClient, line: Socket) -> None:
    """And it is WAV; somebody else's address does not exist; tones and the words of a lost line are there."""
    line.send_json({"do": "order", "name": "where_am_i"})
    (turn,) = line.receive_json()["turns"]
    wav = work.get(turn["url"])
    assert (wav.headers["content-type"], wav.headers["cache-control"]) == ("audio/wav", "no-store")
    assert from_wav(wav.content).duration_ms > 300
    other = TestClient(work.app, follow_redirects=False)
    other.get(enrol(ctx, "Sem", [Role.WORKER]).link_path)
    assert other.get(turn["url"]).status_code == 404
    assert work.get("/voice/tones/accepted.wav").content.startswith(b"RIFF")
    assert work.get("/voice/tones/none.wav").status_code == 404
    assert work.get("/voice/words/line_lost.wav").content.startswith(b"RIFF")


def test_signing_out_elsewhere_ends_the_conversation(work: TestClient, line: Socket) -> None:
    """Nothing more is done in the name of somebody who left."""
    csrf = work.get("/voice").text.split('name="csrf" value="')[1].split('"')[0]
    assert work.post("/sign-out", data={"csrf": csrf}).status_code == 303
    line.send_json({"do": "key", "name": "s"})
    with pytest.raises(WebSocketDisconnect) as closed:
        line.receive_json()
    assert closed.value.code == 4401
