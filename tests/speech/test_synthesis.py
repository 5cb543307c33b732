"""Text to speech with the real engine."""

from __future__ import annotations

import asyncio
import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessibility.speech.cache import SpeechCache
from accessibility.speech.errors import Busy, NoEngine, TextRefused, UnknownVoice
from accessibility.speech.sentences import sentence_spans
from accessibility.speech.spoken_text import Mark, Speech, Voice, content_key
from accessibility.speech.synthesis import Synthesiser
from accessibility.speech.wav import Pcm, from_wav, to_wav

TEXT = "Eén hond ziet café’s. Dat is 25 keer! Wat nu?"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_text_becomes_a_wav_file(synthesiser: Synthesiser, language: str) -> None:
    """The WAV is as long as its marks say, and it is not silence."""
    speech = synthesiser.say(TEXT, Voice(language))
    pcm = from_wav(speech.wav)
    assert pcm.duration_ms == speech.duration_ms == speech.sentences[-1].end_ms
    assert max(pcm.samples[1::2]) > 8


def test_sentences_and_words_have_their_times(synthesiser: Synthesiser) -> None:
    """Sentences follow each other without a gap; words go forward inside them and name their text."""
    speech = synthesiser.say(TEXT, Voice("nl"))
    texts = [TEXT[mark.text_start : mark.text_end] for mark in speech.sentences]
    assert texts == ["Eén hond ziet café’s.", "Dat is 25 keer!", "Wat nu?"]
    edges = [0, *(mark.end_ms for mark in speech.sentences)]
    assert [mark.start_ms for mark in speech.sentences] == edges[:-1]
    words = [TEXT[mark.text_start : mark.text_end] for mark in speech.words]
    assert words[:3] == ["Eén", "hond", "ziet"]
    assert "25" in words
    assert words[-2:] == ["Wat", "nu"]
    starts = [mark.start_ms for mark in speech.words]
    assert starts == sorted(set(starts))
    assert speech.sentence_at(speech.words[-1].start_ms) == speech.sentences[-1]


def test_the_same_text_gives_the_same_sound_in_another_process(synthesiser: Synthesiser, tmp_path: Path) -> None:
    """Two engines with two folders make the same bytes."""
    with Synthesiser(tmp_path, processes=1) as other:
        assert other.say(TEXT, Voice("en")) == synthesiser.say(TEXT, Voice("en"))


@pytest.mark.parametrize(
    "changed",
    [
        Voice("en", rate=260),
        Voice("en", pitch=80),
        Voice("en", name="gmw/en-us"),
        Voice("en", name="gmw/en+f3"),
        Voice("nl"),
    ],
)
def test_rate_pitch_and_voice_change_the_sound(synthesiser: Synthesiser, changed: Voice) -> None:
    """Each setting is heard, and has a key of its own."""
    usual = Voice("en")
    assert synthesiser.say("Please read this.", changed).wav != synthesiser.say("Please read this.", usual).wav
    assert content_key("x", changed) != content_key("x", usual)


def test_a_faster_rate_is_shorter(synthesiser: Synthesiser) -> None:
    """Words per minute do what they say."""
    slow, fast = (synthesiser.say(TEXT, Voice("nl", rate=rate)).duration_ms for rate in (100, 300))
    assert fast < slow / 2


def test_what_was_said_before_comes_from_the_folder(tmp_path: Path) -> None:
    """A second synthesiser without an engine says what the first one kept, marks and all."""
    with Synthesiser(tmp_path) as first:
        made = _or_skip(first, "Bewaard.")
    with Synthesiser(tmp_path, environment=_without_engine(tmp_path)) as second:
        assert second.say("Bewaard.", Voice("nl")) == made
        with pytest.raises(NoEngine):
            second.say("Nieuw.", Voice("nl"))


def test_a_persons_own_words_are_not_kept(tmp_path: Path) -> None:
    """Hear back leaves nothing in the folder."""
    with Synthesiser(tmp_path) as engine:
        try:
            engine.say("Wat ik zei.", Voice("nl"), keep=False)
        except NoEngine as error:
            pytest.skip(str(error))
    assert list(tmp_path.iterdir()) == []


def test_without_an_engine_the_error_says_what_to_install(tmp_path: Path) -> None:
    """A machine where espeak-ng cannot be loaded."""
    with Synthesiser(tmp_path / "cache", environment=_without_engine(tmp_path)) as engine:
        with pytest.raises(NoEngine, match="apt install espeak-ng") as caught:
            engine.say("Hallo.", Voice("nl"))
        assert caught.value.code == "no_engine"


@pytest.mark.parametrize("text", ["", "  \n ", "\x00\x01", "a" * 5001])
def test_nothing_and_too_much_are_refused(synthesiser: Synthesiser, text: str) -> None:
    """An empty text would hang pyttsx3 for ever; it never gets there."""
    with pytest.raises(TextRefused):
        synthesiser.say(text, Voice("nl"))


@pytest.mark.parametrize("text", ["...", "?", "👍", "<b>vet</b> & [[h@loU]]", "a\x00b\x07c", "中文"])
def test_odd_texts_are_spoken_without_harm(synthesiser: Synthesiser, text: str) -> None:
    """Signs, markup and other scripts are texts like any other."""
    assert synthesiser.say(text, Voice("nl")).duration_ms > 0


def test_unknown_voices_are_named_instead_of_ignored(synthesiser: Synthesiser) -> None:
    """pyttsx3 would go on in another voice without a word."""
    with pytest.raises(UnknownVoice, match="gmw/nl"):
        synthesiser.say("Hallo.", Voice("nl", name="gmw/klingon"))
    with pytest.raises(UnknownVoice, match=r"\+f3"):
        synthesiser.say("Hallo.", Voice("nl", name="gmw/nl+nobody"))
    assert {"gmw/nl", "gmw/en", "+f3"} <= set(synthesiser.voices())


@pytest.mark.parametrize("setting", [{"language": "fr"}, {"rate": 10}, {"rate": 900}, {"pitch": -1}, {"pitch": 100}])
def test_impossible_settings_are_refused(setting: dict[str, object]) -> None:
    """A setting outside its range is an error at once, not a strange sound later."""
    with pytest.raises(UnknownVoice):
        Voice(**({"language": "nl"} | setting))  # type: ignore[arg-type]


def test_twenty_people_at_once(synthesiser: Synthesiser) -> None:
    """Twenty texts in an event loop, in two processes; who waits for the same text gets the same sound."""

    async def all_at_once() -> list[Speech]:
        texts = [f"Dit is zin {i % 10}." for i in range(20)]
        return await asyncio.gather(*(synthesiser.say_async(text, Voice("nl"), keep=False) for text in texts))

    spoken = asyncio.run(all_at_once())
    assert spoken[:10] == spoken[10:]
    assert len({speech.wav for speech in spoken}) == 10


def test_one_who_gives_up_does_not_disturb_another(synthesiser: Synthesiser) -> None:
    """A request that is cancelled leaves the text to the others who wait for it."""

    async def two() -> Speech:
        first, second = (
            asyncio.create_task(synthesiser.say_async("Wij wachten samen.", Voice("nl"), keep=False)) for _ in range(2)
        )
        await asyncio.sleep(0)
        first.cancel()
        return await second

    assert asyncio.run(two()).duration_ms > 0


def test_a_full_line_is_refused_instead_of_growing(tmp_path: Path) -> None:
    """Beyond the line there is an error that says to try again."""
    with Synthesiser(tmp_path, processes=1, max_waiting=3) as engine:
        for number in range(3):
            engine.submit(f"Zin nummer {number}. " * 100, Voice("nl"))
        with pytest.raises(Busy, match="Try again"):
            engine.submit("Nog een zin.", Voice("nl"))


def test_the_cache_forgets_what_was_not_used_for_longest(tmp_path: Path) -> None:
    """Above its size the oldest go, and what was just used stays."""
    cache = SpeechCache(tmp_path, max_bytes=2500)
    for number, key in enumerate(["aa1", "bb2", "cc3"]):
        cache.put(key, Speech(bytes([number]) * 1000, 5, (), ()))
    for age, key in enumerate(["bb2", "cc3", "aa1"]):
        _set_age(tmp_path / key[:2] / f"{key}.wav", age)
    cache.sweep()
    assert [cache.get(key) is not None for key in ("aa1", "bb2", "cc3")] == [True, False, True]


@pytest.mark.parametrize("damage", [b"", b"{", b'{"sentences": []}', b"[]"])
def test_a_damaged_entry_does_not_count(tmp_path: Path, damage: bytes) -> None:
    """A cache that was damaged makes the sound again instead of failing."""
    cache = SpeechCache(tmp_path)
    cache.put("abc", Speech(b"x", 5, (Mark(0, 1, 0, 5),), ()))
    (tmp_path / "ab" / "abc.json").write_bytes(damage)
    assert cache.get("abc") is None


@given(st.text(max_size=200))
def test_sentences_hold_all_words(text: str) -> None:
    """Whatever the text: sentences are in order, not empty, and only white space is between them."""
    spans = sentence_spans(text)
    assert not any(text[span.end : after.start].strip() for span, after in pairwise(spans))
    assert all(span.of(text).strip() == span.of(text) != "" for span in spans)
    outside = text[: spans[0].start] + text[spans[-1].end :] if spans else text
    assert outside.strip() == ""


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Dit is dhr. Jansen, d.w.z. Jan. Hij lacht.", 2),
        ("Is dit bijv. goed? Ja! Nee…", 3),
        ("Regel een\nRegel twee", 2),
        ("3.5 keer", 1),
        ('Hij zei: "Stop." Toen stopte hij.', 2),
    ],
)
def test_where_sentences_end(text: str, count: int) -> None:
    """Abbreviations and numbers do not end a sentence; a new line does."""
    assert len(sentence_spans(text)) == count


@given(st.binary(max_size=400).filter(lambda data: len(data) % 2 == 0), st.sampled_from([8000, 16000, 22050, 48000]))
def test_wav_reads_back(samples: bytes, rate_hz: int) -> None:
    """Any samples survive a WAV file."""
    assert from_wav(to_wav(Pcm(samples, rate_hz))) == Pcm(samples, rate_hz)


def _or_skip(engine: Synthesiser, text: str) -> Speech:
    try:
        return engine.say(text, Voice("nl"))
    except NoEngine as error:
        pytest.skip(str(error))


def _without_engine(folder: Path) -> dict[str, str]:
    """Libraries that cannot be loaded stand before the real ones."""
    broken = Path(tempfile.mkdtemp(dir=folder.parent))
    for name in ("libespeak-ng.so.1", "libespeak.so.1"):
        (broken / name).write_bytes(b"")
    return {"LD_LIBRARY_PATH": str(broken)}


def _set_age(path: Path, age: int) -> None:
    import os

    os.utime(path, (1000 + age, 1000 + age))
