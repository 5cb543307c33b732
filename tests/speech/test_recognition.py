"""Speech to words with the real Vosk and the tiny models; espeak-ng speaks."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessibility.speech import models
from accessibility.speech.commands import COMMANDS, SKIP_REASONS, grammar, named, understand
from accessibility.speech.errors import (
    AudioRefused,
    Busy,
    EngineStopped,
    GrammarRefused,
    ModelRefused,
    NoModel,
    SessionClosed,
)
from accessibility.speech.fixing import with_choices
from accessibility.speech.heard import Event, Final, Partial, Trouble
from accessibility.speech.recognition import SAMPLE_RATES, Limits, Recogniser, Session
from accessibility.speech.wav import Pcm
from tests.examples import examples
from tests.speech.conftest import DATA, Speaker, at_rate

SENTENCES = {
    "en": ["the first answer is better than the second answer", "please repeat the question", "i need a break"],
    "nl": ["het eerste antwoord is beter dan het tweede antwoord", "herhaal de vraag", "ik wil pauze"],
}


def listen(session: Session, sound: bytes, *, chunk_bytes: int = 6400) -> list[Event]:
    """Feed a sound in chunks of 200 ms, then let go of the talk key."""
    events: list[Event] = []
    for start in range(0, len(sound), chunk_bytes):
        events += session.feed(sound[start : start + chunk_bytes])
    return events + session.finish()


def final(events: list[Event]) -> Final:
    """The one Final."""
    (found,) = [event for event in events if isinstance(event, Final)]
    return found


@pytest.mark.parametrize("language", ["nl", "en"])
def test_sentences_are_understood(recogniser: Recogniser, speaker: Speaker, language: str) -> None:
    """Free dictation gives the words, with times inside the sound and confidences."""
    for sentence in SENTENCES[language]:
        sound = speaker.say(sentence, language)
        session = recogniser.open(language)
        events = listen(session, sound)
        session.close()
        heard = final(events)
        assert heard.text == sentence
        assert [word.text for word in heard.words] == sentence.split()
        times = [(word.start_ms, word.end_ms) for word in heard.words]
        assert all(start is not None and end is not None and start < end for start, end in times)
        assert times == sorted(times)
        assert times[-1][1] is not None
        assert times[-1][1] <= Pcm(sound, 16000).duration_ms
        assert all(0 < (word.confidence or 0) <= 1 for word in heard.words)


def test_words_come_in_while_someone_speaks(recogniser: Recogniser, speaker: Speaker) -> None:
    """Partial results grow into the final one, and are not repeated."""
    session = recogniser.open("en")
    events = listen(session, speaker.say(SENTENCES["en"][0]))
    partials = [event.text for event in events if isinstance(event, Partial)]
    assert len(partials) == len(set(partials)) >= 4
    assert partials[-1] == final(events).text


def test_a_session_hears_one_utterance_after_another(recogniser: Recogniser, speaker: Speaker) -> None:
    """Each press of the talk key starts at time zero and knows nothing of the one before."""
    session = recogniser.open("en")
    first, second = (final(listen(session, speaker.say(text))) for text in SENTENCES["en"][:2])
    again = final(listen(session, speaker.say(SENTENCES["en"][0])))
    assert (first.text, second.text) == tuple(SENTENCES["en"][:2])
    assert again.text == first.text
    assert all(abs((a.start_ms or 0) - (b.start_ms or 0)) < 60 for a, b in zip(again.words, first.words, strict=True))


def test_push_to_talk_goes_on_over_a_pause_and_hands_free_ends_there(recogniser: Recogniser, speaker: Speaker) -> None:
    """The same sound with a long pause is one answer with the key, two without."""
    pause = bytes(2 * 16000 * 2)
    sound = speaker.say("please repeat the question") + pause + speaker.say("i need a break") + pause
    pushed = listen(recogniser.open("en"), sound)
    free = listen(recogniser.open("en", hands_free=True), sound)
    assert final(pushed).text == "please repeat the question i need a break"
    texts = [event.text for event in free if isinstance(event, Final)]
    assert texts[:2] == ["please repeat the question", "i need a break"]


@pytest.mark.parametrize("rate_hz", SAMPLE_RATES)
def test_every_accepted_sample_rate_is_understood(recogniser: Recogniser, speaker: Speaker, rate_hz: int) -> None:
    """Browsers and sound cards differ; the words do not."""
    session = recogniser.open("en", rate=rate_hz)
    heard = final(listen(session, speaker.say("please repeat the question", rate_hz=rate_hz)))
    assert heard.text == "please repeat the question"


@pytest.mark.parametrize("rate_hz", [0, -1, 8000, 11025, 96000])
def test_other_sample_rates_are_refused_with_a_code(recogniser: Recogniser, rate_hz: int) -> None:
    """Vosk would raise a bare exception at the first chunk; the page needs a sentence at once."""
    with pytest.raises(AudioRefused, match="Use one of: 16000") as caught:
        recogniser.open("en", rate=rate_hz)
    assert caught.value.code == "wrong_rate"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_spoken_commands(recogniser: Recogniser, speaker: Speaker, language: str) -> None:
    """Every command that the tiny model knows, spoken, is understood as itself in the closed grammar."""
    commands = (*COMMANDS, *SKIP_REASONS)
    session = recogniser.open(language, grammar=grammar(commands, language))
    wrong = []
    for command in commands:
        phrase = command.words[language][0]
        if phrase in session.unknown_phrases:
            continue
        heard = final(listen(session, speaker.say(phrase, language)))
        understood = understand(heard.text, commands, language)
        if understood is None or understood.command != command:
            wrong.append((phrase, heard.text))
    assert len(wrong) <= 1, wrong


def test_a_closed_grammar_refuses_other_words(recogniser: Recogniser, speaker: Speaker) -> None:
    """What is no command is not forced into one: it is trouble that the page can speak."""
    session = recogniser.open("en", grammar=grammar(named("play", "submit", "skip"), "en"))
    for text in ("the quality of this picture", "people think that money is important", "seven or eight friends"):
        events = listen(session, speaker.say(text))
        assert final(events).text == ""
        assert events[-1] == Trouble("not_understood")


def test_words_with_an_accent_are_heard_in_a_closed_grammar(recogniser: Recogniser, speaker: Speaker) -> None:
    """Numbers such as "tweeëntwintig", and a client's answers."""
    session = recogniser.open("nl", grammar=["tweeëntwintig", "drieëndertig", "negentig"])
    assert session.unknown_phrases == ()
    assert final(listen(session, speaker.say("drieëndertig", "nl"))).text == "drieëndertig"


def test_words_that_the_model_does_not_know_are_told(recogniser: Recogniser) -> None:
    """A command that cannot be heard needs its key; a grammar without any known word is an error."""
    session = recogniser.open("en", grammar=["play", "xylofoon", "where am i"])
    assert session.unknown_phrases == ("xylofoon",)
    with pytest.raises(GrammarRefused, match="xylofoon"):
        recogniser.open("en", grammar=["xylofoon"])


def test_other_readings_help_to_fix(recogniser: Recogniser, speaker: Speaker) -> None:
    """Alternatives come with the Final where asked for, or later; the best is the Final itself."""
    sound = speaker.say("please play slower")
    session = recogniser.open("en", alternatives=5)
    heard = final(listen(session, sound))
    later = session.alternatives(5)
    assert heard.alternatives == later
    assert heard.alternatives[0].text == heard.text
    scores = [other.score for other in later]
    assert scores == sorted(scores, reverse=True)
    choices = [choice.text for word in with_choices(heard.words, later) for choice in word.choices]
    assert set(choices) <= {word for other in later for word in other.text.split()}
    assert recogniser.open("en").alternatives() == ()


def noise(level: float, seconds: float = 2.0) -> bytes:
    """White noise, seeded."""
    samples = np.random.default_rng(3).standard_normal(int(16000 * seconds)) * level
    return np.clip(samples, -32768, 32767).astype("<i2").tobytes()


@pytest.mark.parametrize(
    ("sound", "code"),
    [
        (bytes(64000), "silence"),
        (b"", "silence"),
        (noise(60.0), "too_quiet"),
        (noise(1500.0), "noise"),
        (noise(90000.0), "too_loud"),
    ],
    ids=["zeros", "nothing", "whisper", "hiss", "clipped"],
)
def test_sound_without_words_is_named(recogniser: Recogniser, sound: bytes, code: str) -> None:
    """Silence, a low level, noise and clipping each have a code, and the session goes on."""
    session = recogniser.open("en", grammar=["play", "stop"])
    events = listen(session, sound)
    assert events[-1] == Trouble(code)  # type: ignore[arg-type]
    assert final(events).text == ""


def test_a_chunk_that_lost_a_byte_is_left_out(recogniser: Recogniser, speaker: Speaker) -> None:
    """An odd byte count would turn all that follows into noise; the chunk goes, the rest is understood."""
    session = recogniser.open("en")
    assert session.feed(b"\1\2\3") == [Trouble("odd_bytes")]
    assert final(listen(session, speaker.say("please repeat the question"))).text == "please repeat the question"


def test_too_much_sound_is_refused_and_what_was_said_stays(model_folder: Path, speaker: Speaker) -> None:
    """A key that is stuck does not fill the memory; finishing gives what was heard until then."""
    limits = Limits(utterance_seconds=4, chunk_bytes=96000)
    with Recogniser(model_folder, limits=limits, for_tests=True) as small:
        session = small.open("en")
        session.feed(speaker.say("please repeat the question"))
        with pytest.raises(AudioRefused, match="4 seconds") as too_long:
            session.feed(bytes(96000))
        assert too_long.value.code == "too_long"
        with pytest.raises(AudioRefused) as too_large:
            session.feed(bytes(96002))
        assert too_large.value.code == "chunk_too_large"
        assert final(session.finish()).text == "please repeat the question"


def test_an_open_microphone_never_grows_deaf(model_folder: Path, speaker: Speaker) -> None:
    """A break in silence is not one long utterance: the first words after it are heard, with their own times."""
    with Recogniser(model_folder, limits=Limits(utterance_seconds=20), for_tests=True) as small:
        session = small.open("en", hands_free=True)
        for _ in range(30):
            session.feed(bytes(64000))  # a minute
        heard = listen(session, speaker.say("please repeat the question") + bytes(64000))
        found = next(event for event in heard if isinstance(event, Final))
        assert found.text == "please repeat the question"
        assert (found.words[-1].end_ms or 0) < 20_000


def test_twenty_speakers_at_once_each_get_their_own_words(recogniser: Recogniser, speaker: Speaker) -> None:
    """Twenty people in two languages, chunk by chunk at the same time, are not mixed up."""
    said = [(language, text) for language in ("nl", "en") for text in SENTENCES[language]]
    people = [said[i % len(said)] for i in range(20)]

    async def speak(language: str, text: str) -> str:
        session = await recogniser.open_async(language)
        sound = speaker.say(text, language)
        for start in range(0, len(sound), 6400):
            await session.feed_async(sound[start : start + 6400])
        events = await session.finish_async()
        session.close()
        return final(events).text

    async def all_at_once() -> list[str]:
        return await asyncio.gather(*(speak(*person) for person in people))

    for language, text in said:
        speaker.say(text, language)
    assert asyncio.run(all_at_once()) == [text for _, text in people]


def test_a_client_that_goes_away_in_the_middle_harms_nobody(recogniser: Recogniser, speaker: Speaker) -> None:
    """A task that is cancelled in a chunk leaves the others their words."""
    sound = speaker.say("please repeat the question")

    async def both() -> Final:
        lost, other = await recogniser.open_async("en"), await recogniser.open_async("en")
        going = asyncio.create_task(lost.feed_async(sound))
        await asyncio.sleep(0)
        going.cancel()
        await other.feed_async(sound)
        return final(await other.finish_async())

    assert asyncio.run(both()).text == "please repeat the question"


def test_places_are_limited_and_come_free(model_folder: Path) -> None:
    """One too many is told to wait; who closes, and who was silent for too long, makes place."""
    limits = Limits(sessions=2, idle_seconds=4)  # long enough for three to come on a busy machine
    with Recogniser(model_folder, limits=limits, for_tests=True) as small:
        first, second = small.open("en"), small.open("en")
        with pytest.raises(Busy, match="2 people"):
            small.open("en")
        first.close()
        third = small.open("en")
        time.sleep(4.1)
        small.open("en")
        for gone in (first, second, third):
            with pytest.raises(SessionClosed):
                gone.feed(bytes(3200))


def test_one_chunk_at_a_time(recogniser: Recogniser) -> None:
    """Two chunks of one speaker at once would be out of order: the second is refused."""

    async def two() -> tuple[object, object]:
        session = await recogniser.open_async("en")
        chunk = bytes(320000)
        return await asyncio.gather(session.feed_async(chunk), session.feed_async(chunk), return_exceptions=True)

    first, second = asyncio.run(two())
    assert first == []
    assert isinstance(second, Busy)


def test_a_recogniser_that_dies_starts_again(model_folder: Path, speaker: Speaker) -> None:
    """Whoever was speaking hears that it stopped; the next session works."""
    with Recogniser(model_folder, for_tests=True) as fragile:
        session = fragile.open("en")
        (process_id,) = fragile.process_ids()
        os.kill(process_id, signal.SIGKILL)
        with pytest.raises(EngineStopped):
            session.feed(bytes(3200))
        assert final(listen(fragile.open("en"), speaker.say("i need a break"))).text == "i need a break"


def test_a_missing_language_says_how_to_install_it(tmp_path: Path) -> None:
    """The error is the command to type."""
    with (
        Recogniser(tmp_path) as empty,
        pytest.raises(NoModel, match="workbench voice install-model nl"),
    ):
        empty.open("nl")
    assert empty.languages() == ()


def test_test_models_are_not_for_workers(model_folder: Path) -> None:
    """A recogniser that was not told that it is for tests refuses the tiny models, and does not list them."""
    with Recogniser(model_folder) as real:
        assert real.languages() == ()
        with pytest.raises(ModelRefused, match="made for tests"):
            real.open("en")
    assert models.installed(model_folder, for_tests=True) == ("en", "nl")


@pytest.mark.parametrize("name", ["am/final.mdl", "conf/model.conf", "graph/HCLr.fst", "graph/Gr.fst"])
def test_a_damaged_model_is_refused_by_its_name(tmp_path: Path, name: str) -> None:
    """All files are there, but one is cut short: whether Vosk raises or ends the process, the sentence is clear."""
    folder = tmp_path / "models"
    models.install("en", DATA / "tinymodel-en", folder, for_tests=True)
    damaged = folder / "en" / name
    damaged.write_bytes(damaged.read_bytes()[:20] if name.endswith("mdl") else b"")
    with Recogniser(folder, for_tests=True) as broken, pytest.raises(ModelRefused, match=r"models/en.*nstall"):
        broken.check("en")


@examples(30)
@given(st.lists(st.binary(max_size=5000), max_size=5))
def test_any_bytes_are_survived(recogniser: Recogniser, chunks: list[bytes]) -> None:
    """Whatever comes over the line: each odd chunk is told, and finishing gives one Final, first."""
    session = recogniser.open("nl", grammar=["stop", "help"])
    told = [event for chunk in chunks for event in session.feed(chunk) if event == Trouble("odd_bytes")]
    events = session.finish()
    session.close()
    assert len(told) == sum(len(chunk) % 2 for chunk in chunks)
    assert [type(event) for event in events] in ([Final], [Final, Trouble])


def test_a_good_model_passes_its_check(recogniser: Recogniser) -> None:
    """Both languages, and no session is left behind."""
    for language in recogniser.languages():
        recogniser.check(language)


@pytest.mark.parametrize("chunk_bytes", [640, 4410, 1 << 19])
def test_the_size_of_the_chunks_does_not_matter(recogniser: Recogniser, speaker: Speaker, chunk_bytes: int) -> None:
    """20 ms, an odd number of samples, or all at once: the same words."""
    session = recogniser.open("nl")
    heard = final(listen(session, speaker.say("herhaal de vraag", "nl"), chunk_bytes=chunk_bytes))
    assert heard.text == "herhaal de vraag"


def test_sound_is_resampled_for_the_tests_without_losing_it() -> None:
    """The helper itself: a tone keeps its level and its length."""
    tone = (np.sin(np.arange(22050) * 0.1) * 8000).astype("<i2")
    changed = np.frombuffer(at_rate(Pcm(tone.tobytes(), 22050), 16000), "<i2")
    assert len(changed) == 16000 + 2 * 3200
    assert abs(float(np.abs(changed).max()) - 8000) < 200
