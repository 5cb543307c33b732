"""Commands, numbers, spelling, earcons and spoken sentences: data and pure functions."""

from __future__ import annotations

import itertools
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessibility.speech import errors
from accessibility.speech.commands import (
    COMMANDS,
    SKIP_REASONS,
    by_key,
    grammar,
    named,
    understand,
    with_keys,
)
from accessibility.speech.earcons import EARCONS, RATE_HZ, earcon_wav
from accessibility.speech.heard import TroubleCode
from accessibility.speech.numbers import heard_number, in_words, number_phrases
from accessibility.speech.spelling import spell_out, spelled, spelling_phrases
from accessibility.speech.spoken import SENTENCES, say
from accessibility.speech.wav import from_wav

LANGUAGES = ("nl", "en")
ALL = (*COMMANDS, *SKIP_REASONS)


def test_every_command_has_a_key_and_a_word_in_both_languages() -> None:
    """Nothing can only be said, and nothing can only be pressed."""
    for command in ALL:
        assert command.key
        for language in LANGUAGES:
            assert all(phrase == phrase.lower().strip() != "" for phrase in command.words[language])
            assert command.help[language].endswith((".", "?"))


def test_keys_and_words_are_not_used_twice() -> None:
    """One key, one command; one phrase, one command."""
    for commands in (COMMANDS, SKIP_REASONS):
        assert len({command.key.lower() for command in commands}) == len(commands)
    for language in LANGUAGES:
        phrases = [phrase for command in ALL for phrase in command.words[language]]
        assert len(phrases) == len(set(phrases))


def test_on_a_page_no_command_sits_on_a_bare_key() -> None:
    """A screen reader keeps its letters: the chord has modifiers."""
    assert all(command.chord.startswith("Alt+Shift+") for command in ALL)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_is_understood(language: str) -> None:
    """Each phrase is its own command, also with more words after it."""
    for command in ALL:
        for phrase in command.words[language]:
            alone, longer = (understand(text, ALL, language) for text in (phrase.upper(), f"{phrase} xyz"))
            assert alone is not None
            assert (alone.command, alone.rest) == (command, "")
            assert longer is not None
            assert (longer.command, longer.rest) == (command, "xyz")


def test_a_reason_follows_a_skip() -> None:
    """ "skip no speech" is two commands in one breath; what is no command is None."""
    skip = understand("skip no speech", COMMANDS, "en")
    assert skip is not None
    assert skip.command.name == "skip"
    reason = understand(skip.rest, SKIP_REASONS, "en")
    assert reason is not None
    assert reason.command.name == "no_speech"
    assert understand("[unk] skip", COMMANDS, "en") is None
    assert understand("", COMMANDS, "en") is None


def test_a_person_can_change_keys() -> None:
    """Own keys are kept apart from each other, and found whatever the case."""
    mine = with_keys(named("play", "slower"), {"play": "F2"})
    assert by_key("f2", mine) == mine[0]
    assert by_key("p", mine) is None
    assert mine[0].chord == "Alt+Shift+F2"
    with pytest.raises(ValueError, match="Choose another key"):
        with_keys(named("play", "slower"), {"play": "L"})
    with pytest.raises(KeyError):
        named("fly")


def test_the_grammar_holds_each_phrase_once() -> None:
    """With numbers for choosing words."""
    phrases = grammar(named("word", "fix"), "en", numbers_to=21)
    assert phrases == ["word", "fix", *number_phrases(21, "en")]
    assert phrases[-1] == "twenty one"


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_heard_as_they_are_said(language: str) -> None:
    """0 to 99, in words, in digits; other words are no number."""
    for number in range(100):
        assert heard_number(in_words(number, language), language) == number
        assert heard_number(str(number), language) == number
    assert len(set(number_phrases(99, language))) == 100
    assert heard_number("play", language) is None
    with pytest.raises(ValueError, match="between 0 and 99"):
        in_words(100, language)


def test_dutch_numbers_do_not_need_their_trema() -> None:
    """As recognisers write them."""
    assert heard_number("tweeëntwintig", "nl") == heard_number("tweeentwintig", "nl") == 22
    assert heard_number("één", "nl") == 1


@pytest.mark.parametrize(
    ("said", "language", "word"),
    [
        ("R van Rudolf u van Utrecht t t e", "nl", "rutte"),
        ("anton bernard cornelis", "nl", "abc"),
        ("hoofdletter romeo uniform dubbel tango echo", "nl", "Rutte"),
        ("capital alfa dash nine", "en", "A-9"),
        ("alpha juliet whisky xray", "en", "ajwx"),
        ("s as in sierra e", "en", "se"),
        ("e trema i n d", "nl", "ëind"),
        ("c cedille a", "nl", "ça"),
        ("dubbel hoofdletter a", "nl", "AA"),
        ("van", "nl", ""),
    ],
)
def test_spelled_words(said: str, language: str, word: str) -> None:
    """Both alphabets, letters, signs, capitals, doubles and accents."""
    assert spelled(said, language).text == word


def test_what_is_no_letter_is_told() -> None:
    """Unknown words are passed back to be said again, and the rest stands."""
    result = spelled("anton banaan bernard", "nl")
    assert (result.text, result.unknown) == ("ab", ("banaan",))


_SPELLABLE = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789 -'.&éëïöüçñèêÉ"), min_size=1, max_size=20)


@given(_SPELLABLE, st.sampled_from(LANGUAGES))
def test_spelling_out_and_back(word: str, language: str) -> None:
    """What is spelled for the ear can be spelled back."""
    assert spelled(spell_out(word, language), language).text == word


@given(st.text(max_size=60), st.sampled_from(LANGUAGES))
def test_spelling_takes_any_text(text: str, language: str) -> None:
    """Nothing that a recogniser or a person writes is an error."""
    spelled(text, language)
    spell_out(text, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_of_the_spelling_grammar_means_something(language: str) -> None:
    """No phrase is offered that would then be refused."""
    assert all(spelled(f"a {phrase}", language).unknown == () for phrase in spelling_phrases(language))


def test_earcons_differ_in_more_than_pitch() -> None:
    """Melody, rhythm or length sets any two apart, for ears that miss high tones."""

    def shape(name: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        notes = EARCONS[name].notes
        tones = [frequency for frequency, _ in notes if frequency]
        steps = tuple(int(np.sign(after - before)) for before, after in itertools.pairwise(tones))
        return steps, tuple(length for _, length in notes)

    distinct = {shape(name) for name in EARCONS if name not in ("cue_in", "cue_out")}
    assert len(distinct) == len(EARCONS) - 2
    octave = EARCONS["cue_in"].notes[0][0] / EARCONS["cue_out"].notes[0][0]
    assert octave == 2  # in and out are heard as a pair, an octave apart, as editors asked for


@pytest.mark.parametrize("name", sorted(EARCONS))
def test_earcons_are_short_even_and_without_clicks(name: str) -> None:
    """As long as their notes, no louder than -12 dBFS, silent at both ends, the same each time."""
    pcm = from_wav(earcon_wav(name))
    samples = np.frombuffer(pcm.samples, "<i2").astype(np.int32)
    assert pcm.rate_hz == RATE_HZ
    assert abs(pcm.duration_ms - EARCONS[name].duration_ms) <= len(EARCONS[name].notes)
    assert 0.1 * 32767 < np.abs(samples).max() <= 0.25 * 32767
    assert abs(int(samples[0])) < 200
    assert abs(int(samples[-1])) < 200
    earcon_wav.cache_clear()
    assert earcon_wav(name) == earcon_wav(name)
    assert set(EARCONS[name].meaning) == set(LANGUAGES)


def test_each_sound_of_the_loop_is_there() -> None:
    """The names that the dialogue relies on."""
    wanted = {"listen_start", "listen_stop", "accepted", "error", "cue_in", "cue_out", "line_break", "block_end"}
    assert wanted <= set(EARCONS)


def test_every_code_has_a_sentence_in_both_languages() -> None:
    """Whatever goes wrong, the page can say it; and no sentence is for nothing."""
    kinds = [errors.SpeechError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    codes = {kind.code for kind in kinds} | set(get_args(TroubleCode)) | {"wrong_rate", "too_long", "chunk_too_large"}
    assert codes == set(SENTENCES)
    for code in codes:
        for language in LANGUAGES:
            assert say(code, language).endswith((".", "?"))
    assert say("something new", "nl") == say("speech_failed", "nl")


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_spoken_sentences_are_short(code: str) -> None:
    """A2: at most eleven words in a sentence."""
    for text in SENTENCES[code].values():
        for sentence in text.replace("?", ".").split("."):
            assert len(sentence.split()) <= 11, sentence


@pytest.mark.parametrize("kind", [*errors.SpeechError.__subclasses__(), *errors.ModelError.__subclasses__()])
def test_an_error_crosses_a_process_as_itself(kind: type[errors.SpeechError]) -> None:
    """What an engine process reports becomes the same class here, with its sentence."""
    error = errors.by_code(kind.code, "What, where, what next.")
    assert isinstance(error, kind)
    assert error.message == str(error) == "What, where, what next."
