"""The spoken day in a terminal, from WAV files: the real dialogue, lab, voice and recogniser."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from accessibility.dialogues.heard import WorkList
from accessibility.speech.wav import Pcm, from_wav, to_wav
from quality.distances import word_error_rate
from quality.transcripts import rover
from tests.conftest import Clock
from tests.speech.conftest import Speaker
from workbench import assign, projects, review, spoken, submit
from workbench import tables as t
from workbench.audio_devices import DeviceLoudspeaker, DeviceMicrophone, mixed
from workbench.context import Context
from workbench.domain import Person, Role
from workbench.errors import NotSignedIn
from workbench.ingest import ingest
from workbench.keyboard import Keyboard
from workbench.people import enrol, set_pin
from workbench.speech import Engines
from workbench.store import requests
from workbench.terminal import COMMAND, TALK, Conversation, Sound, spoken_by
from workbench.terminal_sign_in import BADGE, PIN, signed_in

SENTENCE = "the first answer is better than the second answer"


class WavMicrophone:
    """Each press of the talk key hears the next WAV file."""

    rate_hz = 16000

    def __init__(self, folder: Path, sounds: Iterable[bytes]) -> None:
        self.files = []
        for number, samples in enumerate(sounds):
            self.files.append(folder / f"said-{number}.wav")
            self.files[-1].write_bytes(to_wav(Pcm(samples, self.rate_hz)))

    def record(self) -> Iterator[bytes]:
        """100 ms at a time."""
        samples = from_wav(self.files.pop(0).read_bytes()).samples
        yield from (samples[start : start + 3200] for start in range(0, len(samples), 3200))


class Recorder:
    """A loudspeaker that remembers; its recording stands still where a test puts it."""

    def __init__(self) -> None:
        self.sounds: list[Sound] = []
        self.stops = 0
        self.where: int | None = None

    def play(self, sounds: Iterable[Sound]) -> None:
        """Remember."""
        self.sounds += sounds

    def stop(self) -> None:
        """Count."""
        self.stops += 1

    @property
    def busy(self) -> bool:
        """It remembers, and is silent."""
        return False

    def at_ms(self) -> int | None:
        """Where the test says."""
        return self.where


def transcribing(ctx: Context, folder: Path, clip: bytes, **settings: Any) -> None:
    """A project with one clip."""
    folder.mkdir()
    (folder / "clip.wav").write_bytes(to_wav(Pcm(clip, 16000)))
    project = projects.create(ctx, folder.name, "transcription", {"gold": "off", "language": "en", **settings})
    report = ingest(ctx, project, [folder])
    assert not report.problems, report.problems


def somebody(ctx: Context, name: str = "Noor") -> Person:
    """A worker."""
    return enrol(ctx, name, [Role.WORKER], locale="en").person


def conversation(
    ctx: Context, person: Person, engines: Engines, microphone: WavMicrophone, typed: str = ""
) -> tuple[Any, Recorder, list[str]]:
    """Ready to run, what it plays and what it shows."""
    loudspeaker, shown = Recorder(), list[str]()
    words = {"show": shown.append, "read_line": lambda _: typed}
    made = Conversation(ctx, person, engines, microphone, loudspeaker, verbosity="normal", **words)  # type: ignore[arg-type]
    return made, loudspeaker, shown


def answers(ctx: Context) -> list[tuple[str, Any]]:
    """(door, answer) of everything stored."""
    query = t.annotation.select().order_by(t.annotation.c.id)
    return [(row.via, row.answer) for row in ctx.db.read(lambda connection: list(connection.execute(query)))]


def test_transcription_from_wav_files(ctx: Context, engines: Engines, speaker: Speaker, tmp_path: Path) -> None:
    """Start, hear the clip, say it again, hear it back, fix one word by voice, submit, sign out: by keys and voice alone."""
    transcribing(ctx, tmp_path / "news", speaker.say(SENTENCE))
    said = ["the first answer is better than the wrong answer", "word eight", "second", "submit"]
    microphone = WavMicrophone(tmp_path, [speaker.say(text) for text in said])
    talk, loudspeaker, shown = conversation(ctx, somebody(ctx), engines, microphone)
    talk.run(["s", TALK, "x", TALK, "a", TALK, COMMAND, "q", "+"])
    assert answers(ctx) == [("voice", {"text": SENTENCE})]
    assert talk.ended
    assert "Word eight: wrong." in shown
    assert "Thank you. Your answer is saved." in shown
    assert shown[-1] == "You are signed out. Goodbye."
    assert all(sound.wav.startswith(b"RIFF") for sound in loudspeaker.sounds)
    assert loudspeaker.stops >= 9, "every key cuts off what sounds"
    assert microphone.files == []


def test_a_typed_answer_and_a_break(ctx: Context, engines: Engines, clock: Clock, speaker: Speaker, tmp_path: Path) -> None:
    """Speaking is never the only way; the break is announced with its time, and work goes on after it."""
    transcribing(ctx, tmp_path / "news", speaker.say(SENTENCE))
    talk, _, shown = conversation(ctx, somebody(ctx), engines, WavMicrophone(tmp_path, []), typed="hello there")
    talk.run(["s", "t"])
    clock.forward(minutes=46)
    talk.press("Enter")
    assert answers(ctx) == [("voice", {"text": "hello there"})]
    assert shown[-1] == "Time for a break. Your work is saved. You can go on from 11 oh 1 am. Later is fine too."
    clock.forward(minutes=16)
    talk.press("s")
    assert shown[-1].startswith("There is no work for you now.")


def test_a_break_taken_early_is_a_break(ctx: Context, engines: Engines, clock: Clock, tmp_path: Path) -> None:
    """It runs for a quarter of an hour; asking twice does not make it longer."""
    talk, _, shown = conversation(ctx, somebody(ctx), engines, WavMicrophone(tmp_path, []))
    talk.run(["z"])
    assert "You can go on from 10:15" in shown[-2]
    clock.forward(minutes=5)
    talk.press("z")
    assert "You can go on from 10:15" in shown[-1]
    talk.press("s")
    assert "You can go on from 10:15" in shown[-1]


def test_a_break_and_a_stop_by_mistake_are_taken_back(ctx: Context, engines: Engines, clock: Clock, tmp_path: Path) -> None:
    """As on the page; the day goes on where it was, and a stop of hours ago is taken back just so."""
    talk, _, shown = conversation(ctx, somebody(ctx), engines, WavMicrophone(tmp_path, []))
    for mistake in (["z"], ["c", "4"]):
        for key in ["s", *mistake]:
            talk.press(key)
        assert shown[-1] == "Say undo to go on after all."
        talk.press("u")
        assert shown[-1].startswith("There is no work for you now."), mistake
    for key in ("c", "4"):
        talk.press(key)
    assert "Your work for today is done. See you." in shown
    clock.forward(minutes=30)
    talk.press("s")
    assert shown[-1] == "Say undo to go on after all."
    talk.press("u")
    assert shown[-1].startswith("There is no work for you now.")


def test_the_end_of_a_break_and_the_coachs_answer_are_told(ctx: Context, engines: Engines, clock: Clock, tmp_path: Path) -> None:
    """Without a key, once each."""
    talk, _, shown = conversation(ctx, somebody(ctx), engines, WavMicrophone(tmp_path, []))

    def day() -> Iterator[str | None]:
        yield from (None, "c", "1", None)
        coach = enrol(ctx, "Carla", [Role.COACH]).person
        [asked] = ctx.db.read(requests.waiting)
        ctx.db.write(lambda connection: requests.answer(connection, asked.public_id, "coming", by=coach.id, now=ctx.now()))
        yield from (None, None, "z", None)
        clock.forward(minutes=16)
        yield from (None, None)

    talk.run(day())
    over = "The break is over. Say start to go on. There is no hurry."
    assert [line for line in shown if line in (over, "Carla says: I am coming to you.")] == [
        "Carla says: I am coming to you.",
        over,
    ]


def test_what_went_wrong_is_told_in_the_workers_language(ctx: Context, engines: Engines, tmp_path: Path) -> None:
    """As on the page."""
    noor = enrol(ctx, "Noor", [Role.WORKER], locale="nl").person
    talk, _, shown = conversation(ctx, noor, engines, WavMicrophone(tmp_path, []))
    talk.hear(WorkList((("gone", "Nieuws"),)))
    talk.press("1")
    assert shown[-1] == "Dit werk is er niet meer. Kies iets anders."


class Unplugged(Exception):
    """As PortAudio says it."""


class Headset:
    """A sound card whose microphone opens and then gives nothing, or does not open at all."""

    PortAudioError = Unplugged

    def __init__(self, *, opens: bool) -> None:
        self.opens = opens

    @contextlib.contextmanager
    def RawInputStream(self, *_: Any, **__: Any) -> Iterator[None]:
        """Open it."""
        if not self.opens:
            raise Unplugged
        yield


def test_a_headset_that_is_pulled_out_ends_nothing(ctx: Context, engines: Engines) -> None:
    """A sentence asks for it, and the keys go on."""
    for opens in (True, False):
        microphone: Any = DeviceMicrophone(Headset(opens=opens), lambda: False, patience_seconds=0.01)
        talk, _, shown = conversation(ctx, somebody(ctx, f"Noor {opens}"), engines, microphone)
        talk.run([TALK, "w"])
        assert shown[-2:] == ["I hear nothing. Is the microphone on?", "You are at the start."]


def test_silence_and_noise_are_told_and_lose_nothing(ctx: Context, engines: Engines, speaker: Speaker, tmp_path: Path) -> None:
    """The words of before stay; the sentence says what to do."""
    transcribing(ctx, tmp_path / "news", speaker.say(SENTENCE))
    person = somebody(ctx)
    microphone = WavMicrophone(tmp_path, [speaker.say(SENTENCE), bytes(32000)])
    talk, _, shown = conversation(ctx, person, engines, microphone)
    talk.run(["s", TALK, "a", TALK])
    assert shown[-1] == "I hear nothing. Is the microphone on?"
    again, _, shown_again = conversation(ctx, person, engines, microphone)
    again.run(["s"])
    assert SENTENCE in shown_again, "a machine that was switched off brings the draft back"


def test_without_a_model_the_keys_still_work(ctx: Context, speaker: Speaker, tmp_path: Path) -> None:
    """A sentence says what is missing; typing goes on."""
    transcribing(ctx, tmp_path / "news", speaker.say(SENTENCE))
    engines = Engines(tmp_path / "sounds", tmp_path / "no-models")
    talk, _, shown = conversation(ctx, somebody(ctx), engines, WavMicrophone(tmp_path, [b""]), typed="hello")
    talk.run(["s", TALK])
    assert shown[-1] == "This computer does not understand your language yet. Use the keys, or ask your coach."
    talk.press("t")
    talk.press("Enter")
    engines.close()
    assert answers(ctx) == [("voice", {"text": "hello"})]


def test_what_the_type_refuses_is_spoken(ctx: Context, engines: Engines, speaker: Speaker, tmp_path: Path) -> None:
    """And the answer stays to be mended."""
    transcribing(ctx, tmp_path / "news", speaker.say(SENTENCE), max_length=10)
    talk, _, shown = conversation(ctx, somebody(ctx), engines, WavMicrophone(tmp_path, []), typed="much too long a text")
    talk.run(["s", "t", "Enter"])
    assert shown[-1] == "The text has 20 characters. At most 10 fit. Make it shorter."
    assert answers(ctx) == []


def test_three_workers_together_are_better_than_the_best_of_them(engines: Engines, speaker: Speaker, capsys: Any) -> None:
    """Merged word by word, the errors of the recogniser in three voices leave fewer than any one of them."""
    sentences = [SENTENCE, "i think this answer is wrong", "please repeat the question", "the text is clear and helpful"]
    sentences += ["this response contains a mistake", "there is an error in the third sentence", "the answer is too long"]
    heard = {name: [_understood(engines, speaker, text, name, n) for n, text in enumerate(sentences)] for name in VOICES}
    merged = [rover([heard[name][n] for name in VOICES], language="en").text for n in range(len(sentences))]
    errors = {name: word_error_rate(" ".join(sentences), " ".join(texts)) for name, texts in heard.items()}
    together = word_error_rate(" ".join(sentences), " ".join(merged))
    with capsys.disabled():
        print(f"\nword errors of three voices {[round(error, 3) for error in errors.values()]}, merged {together:.3f}")
    assert together < min(errors.values())


VOICES = {"gmw/en-us+m7": 3, "gmw/en-us+f5": 11, "gmw/en+m8": 29}  # voices that the model was not made with; noise seeds


def _understood(engines: Engines, speaker: Speaker, text: str, name: str, number: int) -> str:
    import numpy as np

    samples = np.frombuffer(speaker.say(text, name=name), "<i2").astype(float)
    rng = np.random.default_rng(VOICES[name] * 100 + number)
    level = np.sqrt(np.mean(samples**2)) * 10 ** (-NOISE_DB / 20)
    noisy = np.clip(samples + rng.normal(0, level, len(samples)), -32768, 32767).astype("<i2")
    session = engines.ears.open("en")
    session.feed(noisy.tobytes())
    final = session.finish()[0]
    session.close()
    return final.text  # type: ignore[union-attr]


NOISE_DB = 2  # signal over noise


def test_tones_are_laid_over_a_clip() -> None:
    """At their moment, without changing its length."""
    quiet = to_wav(Pcm(bytes(2 * 16000), 16000))
    tone = to_wav(Pcm(b"\x00\x10" * 800, 8000))
    samples, rate_hz = mixed(Sound(quiet, start_ms=1000, tones=((1500, tone), (9000, tone))))
    assert (len(samples), rate_hz) == (16000, 16000)
    assert not samples[:8000].any()
    assert samples[8000:9600].all()
    assert not samples[9700:].any()


def test_keys_of_a_terminal_have_their_names(tmp_path: Path) -> None:
    """Arrow keys, Escape, Enter, letters with accents."""
    path = tmp_path / "keys"
    path.write_bytes("s é\n\x1b[A".encode())
    with path.open("rb") as file:
        assert list(Keyboard(file.fileno())) == ["s", " ", "é", "Enter", "ArrowUp"]
    path.write_bytes(b"hel\x7fllo\nx")
    with path.open("rb") as file:
        keyboard = Keyboard(file.fileno())
        assert keyboard.line("> ") == "hello"
        assert list(keyboard) == ["x"]


def test_only_own_answers_are_given_to_the_dialogue(ctx: Context, speaker: Speaker, tmp_path: Path) -> None:
    """The dialogue of one worker never reaches the question of another."""
    from accessibility import dialogue
    from accessibility.dialogues.turns import Fetch, Submit

    transcribing(ctx, tmp_path / "news", speaker.say(SENTENCE))
    noor, sem = somebody(ctx), somebody(ctx, "Sem")
    state, _ = spoken.carried_out(ctx, noor, dialogue.State("en"), (Fetch(),))
    assert state.given is not None
    _, turns = spoken.carried_out(ctx, sem, dialogue.State("en"), (Submit(state.given.assignment, {"text": "mine"}),))
    assert "not in your list" in str(turns)
    assert answers(ctx) == []


class Devices:
    """A sound card that plays until it is told to stop."""

    def __init__(self) -> None:
        self.rates: list[int] = []
        self.silent = threading.Event()

    def play(self, samples: Any, rate_hz: int) -> None:
        """Begin."""
        self.silent.clear()
        self.rates.append(rate_hz)

    def wait(self) -> None:
        """Until the end, or until stopped."""
        self.silent.wait(5)

    def stop(self) -> None:
        """Silence."""
        self.silent.set()


def test_a_loudspeaker_knows_where_a_recording_is() -> None:
    """From the start of the original, at its speed, never past its end; what is said has no place in it."""
    card, wav = Devices(), to_wav(Pcm(bytes(2 * 1600), 16000))
    loudspeaker = DeviceLoudspeaker(card)
    loudspeaker.play([Sound(wav)])
    loudspeaker.stop()
    assert loudspeaker.at_ms() is None
    loudspeaker.play([Sound(wav, 0.5, recording=True, start_ms=0)])
    while not (at_ms := loudspeaker.at_ms()):
        time.sleep(0.005)
    assert 0 < at_ms <= 100
    loudspeaker.stop()
    assert card.rates[-1] == 8000
    loudspeaker.play([Sound(wav, recording=True, start_ms=7000)])
    while loudspeaker.at_ms() != 7100:
        time.sleep(0.005)
    loudspeaker.stop()


def test_music_is_marked_in_a_terminal(ctx: Context, engines: Engines, speaker: Speaker, tmp_path: Path) -> None:
    """By key while it plays: the recording is not cut off by a mark."""
    folder = tmp_path / "sounds-in"
    folder.mkdir()
    (folder / "a.wav").write_bytes(to_wav(Pcm(speaker.say(SENTENCE), 16000)))
    ingest(ctx, projects.create(ctx, "Events", "sound_events", {"gold": "off", "labels": ["speech"]}), [folder])
    talk, loudspeaker, _ = conversation(ctx, somebody(ctx), engines, WavMicrophone(tmp_path, []))
    talk.press("s")
    assert [sound.start_ms for sound in loudspeaker.sounds if sound.recording] == [0]
    stops = loudspeaker.stops
    for key, at_ms in (("m", 200), (".", 900)):
        loudspeaker.where = at_ms
        talk.press(key)
    assert loudspeaker.stops == stops
    talk.press("Enter")
    assert answers(ctx) == [("voice", {"segments": [{"label": "speech", "start_ms": 200, "end_ms": 900}]})]


def test_a_question_answered_meanwhile_on_the_page_is_left_behind(
    ctx: Context, engines: Engines, speaker: Speaker, tmp_path: Path
) -> None:
    """Settled before the voice sends or skips: the worker is not stuck at it."""
    for number, last in enumerate((["Enter"], ["k", "1"])):
        transcribing(ctx, tmp_path / f"news-{number}", speaker.say(SENTENCE))
        person = somebody(ctx, f"Noor {number}")
        talk, _, shown = conversation(ctx, person, engines, WavMicrophone(tmp_path, []), typed="by voice")
        talk.run(["s", "t"])
        (held,) = assign.next_assignments(ctx, person)
        submit.submit(ctx, person, held.public_id, {"text": "on the page"}, key=f"a-key-of-{number}", via="page")
        review.drain(ctx)
        for key in last:
            talk.press(key)
        assert "All right. You get another question." in shown
    assert [answer for _, answer in answers(ctx)] == [{"text": "on the page"}] * 2


def test_signing_in_is_asked_and_answered_aloud(ctx: Context, engines: Engines) -> None:
    """There is no screen: a badge that is not known is told and asked for again, then the PIN; nothing typed ends it."""
    enrolled = enrol(ctx, "Noor", [Role.WORKER], locale="en")
    set_pin(ctx, enrolled.person, "2468", by=None)
    typed, asked = iter(["ABCD-EFGH", enrolled.badge_code or "", "2468", ""]), list[str]()

    def ask(words: str, _prompt: str) -> str:
        asked.append(words)
        return next(typed)

    assert signed_in(ctx, "", ask=ask, speak=asked.append).person.name == "Noor"
    unknown = "This badge is not known here. Try again, or ask your coach for help."
    assert asked == [BADGE, unknown, PIN]
    loudspeaker = Recorder()
    with pytest.raises(NotSignedIn):
        signed_in(ctx, "", ask=ask, speak=spoken_by(engines, loudspeaker, "en"))
    assert len(loudspeaker.sounds) == 1
