"""Fixing by word number, and names that are taught once: pure functions, tested over many words."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessibility.speech import fixing
from accessibility.speech.errors import NoSuchWord
from accessibility.speech.fixing import Words, text_of
from accessibility.speech.heard import Alternative, Choice, Final, Partial, Trouble, Word, from_json, to_json
from accessibility.speech.terms import Term, apply_terms, learn, likeness

_TEXT = st.text(st.sampled_from("abcdefghijké’"), min_size=1, max_size=6)
_PHRASE = st.lists(_TEXT, max_size=3).map(" ".join)
_CHOICE = st.builds(Choice, st.lists(_TEXT, min_size=1, max_size=3).map(" ".join), st.just(1))


@st.composite
def heard_words(draw: st.DrawFn, min_size: int = 0) -> Words:
    """Words one after another, as a recogniser gives them."""
    words, at_ms = [], 0
    for text in draw(st.lists(_TEXT, min_size=min_size, max_size=8)):
        start_ms = at_ms + draw(st.integers(0, 300))
        at_ms = start_ms + draw(st.integers(30, 900))
        choices = tuple(draw(st.lists(_CHOICE, max_size=3, unique=True)))
        words.append(Word(text, start_ms, at_ms, draw(st.floats(0, 1)), choices))
    return tuple(words)


def heard(text: str, confidence: float = 1.0) -> Words:
    """Words with the same confidence, half a second each."""
    return tuple(Word(word, i * 500, i * 500 + 500, confidence) for i, word in enumerate(text.split()))


@given(heard_words(min_size=1), st.data())
def test_replacing_changes_one_place(words: Words, data: st.DataObject) -> None:
    """Words before and after stay; what comes in has the time of what went out."""
    number, text = data.draw(st.integers(1, len(words))), data.draw(_PHRASE)
    fixed = fixing.replace(words, number, text)
    added = len(text.split())
    assert fixed[: number - 1] == words[: number - 1]
    assert fixed[number - 1 + added :] == words[number:]
    assert text_of(fixed[number - 1 : number - 1 + added]) == text
    _assert_in_order(fixed)


@given(heard_words(), st.data())
def test_inserting_and_deleting_undo_each_other(words: Words, data: st.DataObject) -> None:
    """Put a word in anywhere, take it out, and it is as it was."""
    number, text = data.draw(st.integers(0, len(words))), data.draw(_TEXT)
    longer = fixing.insert_after(words, number, text)
    assert longer[number].text == text
    assert fixing.delete(longer, number + 1) == words


@given(heard_words(min_size=1), st.data())
def test_choosing_can_be_taken_back(words: Words, data: st.DataObject) -> None:
    """The chosen reading stands there, and the first choice then gives the old words again."""
    number = data.draw(st.integers(1, len(words)))
    choices = words[number - 1].choices
    if not choices:
        with pytest.raises(NoSuchWord):
            fixing.choose(words, number, 1)
        return
    choice = data.draw(st.integers(1, len(choices)))
    fixed = fixing.choose(words, number, choice)
    taken = choices[choice - 1].text
    assert text_of(fixed) == text_of((*words[: number - 1], Word(taken), *words[number:]))
    assert text_of(fixing.choose(fixed, number, 1)) == text_of(words)
    _assert_in_order(fixed)


@given(heard_words(), st.integers(-2, 12), st.sampled_from(["replace", "insert_after", "delete", "choose", "respell"]))
def test_a_number_that_is_not_there_is_refused(words: Words, number: int, what: str) -> None:
    """Every way of fixing says so, and changes nothing."""
    arguments = {"replace": ("x",), "insert_after": ("x",), "delete": (), "choose": (1,), "respell": ("anton", "nl")}
    allowed = range(0 if what == "insert_after" else 1, len(words) + 1)
    if number in allowed:
        return
    with pytest.raises(NoSuchWord):
        getattr(fixing, what)(words, number, *arguments[what])


def test_respelling_a_word() -> None:
    """Letters become the word; what is no letter is told, and nothing changes."""
    words = heard("wij zagen roete")
    assert text_of(fixing.respell(words, 3, "hoofdletter r u t t e", "nl")) == "wij zagen Rutte"
    with pytest.raises(NoSuchWord, match="banaan"):
        fixing.respell(words, 3, "r banaan", "nl")
    with pytest.raises(NoSuchWord, match="nothing"):
        fixing.respell(words, 3, "", "nl")


@given(heard_words(), st.floats(0, 1))
def test_unsure_words_come_first(words: Words, below: float) -> None:
    """All and only those below the line, the least sure first."""
    numbers = fixing.unsure(words, below)
    confidences = [words[number - 1].confidence or 0.0 for number in numbers]
    assert confidences == sorted(confidences)
    assert set(numbers) == {n for n, word in enumerate(words, 1) if (word.confidence or 0.0) < below}


@given(heard_words(), st.floats(0, 1))
def test_reading_back_says_everything(words: Words, below: float) -> None:
    """The stretches together are the transcript; sure and unsure take turns."""
    stretches = fixing.read_back(words, below)
    assert " ".join(text for text, _ in stretches) == text_of(words)
    assert all(a[1] != b[1] for a, b in pairwise(stretches))


def test_what_a_person_put_in_is_not_doubted() -> None:
    """A word of one's own has no confidence to be low."""
    words = fixing.replace(heard("de rode auto", confidence=0.2), 2, "groene")
    assert fixing.unsure(words) == [1, 3]


def test_other_readings_become_choices_of_words() -> None:
    """The likeliest reading first; a stretch of another length is offered as a whole."""
    readings = [Alternative("please place slower", 9.0), Alternative("please play lower", 8.0), Alternative("b lace", 1.0)]
    words = fixing.with_choices(heard("please play slower"), readings)
    assert [choice.text for choice in words[1].choices] == ["place"]
    assert [choice.text for choice in words[2].choices] == ["lower"]
    assert words[0].choices == (Choice("b lace", 3),)
    assert text_of(fixing.choose(words, 1, 1)) == "b lace"


@given(heard_words(), st.lists(st.builds(Alternative, _PHRASE, st.floats(-100, 100)), max_size=5))
def test_choices_are_never_the_word_itself(words: Words, readings: list[Alternative]) -> None:
    """However the readings look, a choice offers something else, once, and within the transcript."""
    bare = tuple(Word(word.text) for word in words)
    for at, word in enumerate(fixing.with_choices(bare, readings)):
        assert len(set(word.choices)) == len(word.choices) <= fixing.MAX_CHOICES
        for choice in word.choices:
            assert at + choice.takes <= len(words)
            assert choice.text != text_of(bare[at : at + choice.takes])


NAMES = (Term("Rutte"), Term("Sylvana Simons"), Term("Pechtold"))


def test_a_name_is_offered_for_what_sounds_like_it() -> None:
    """Two unsure words that sound like one name: the first choice is the name, for both."""
    words = apply_terms(heard("wij spraken met pech told", confidence=0.5), NAMES)
    assert words[3].choices[0] == Choice("Pechtold", 2)
    assert text_of(fixing.choose(words, 4, 1)) == "wij spraken met Pechtold"


def test_taught_once_right_ever_after() -> None:
    """A fix is remembered: the same mishearing is then written right by itself, and can be taken back."""
    terms = learn(NAMES, "pech toll", "Pechtold")
    words = apply_terms(heard("dit is pech toll vandaag"), terms)
    assert text_of(words) == "dit is Pechtold vandaag"
    assert text_of(fixing.choose(words, 3, 1)) == "dit is pech toll vandaag"


def test_what_sounds_like_a_taught_form_is_written_and_stays_unsure() -> None:
    """Nearly the same mishearing, unsure: written as the name, still marked; the same words surely heard: left alone."""
    terms = learn(NAMES, "pech toll", "Pechtold")
    unsure, sure = (apply_terms(heard("dit is pech tol", confidence), terms) for confidence in (0.4, 1.0))
    assert text_of(unsure) == "dit is Pechtold"
    assert fixing.unsure(unsure) == [1, 2, 3]
    assert text_of(sure) == "dit is pech tol"


def test_a_name_that_was_understood_gets_its_capitals() -> None:
    """Recognisers write lower case; the list knows how it is written. Sureness stays."""
    words = apply_terms(heard("hier is sylvana simons", confidence=0.7), NAMES)
    assert text_of(words) == "hier is Sylvana Simons"
    assert words[2].confidence == 0.7


def test_learning_moves_a_mishearing_to_its_last_name() -> None:
    """What was learned wrongly is put right by teaching again; a new name joins the list."""
    terms = learn(learn(NAMES, "roete", "Rutte"), "roete", "Roethof")
    forms = {term.text: term.heard_as for term in terms}
    assert forms["Rutte"] == ()
    assert forms["Roethof"] == ("roete",)
    assert learn(terms, "Rutte", "Rutte") == learn(learn(terms, "rutte", "Rutte"), "rutte", "Rutte")


def test_everyday_sentences_are_left_alone() -> None:
    """Words that were well understood do not turn into names."""
    text = "het eerste antwoord is beter dan het tweede antwoord"
    words = apply_terms(heard(text), NAMES)
    assert text_of(words) == text
    assert not any(word.choices for word in words)


@pytest.mark.parametrize(("a", "b"), [("rute", "Rutte"), ("pech told", "Pechtold"), ("feijenoord", "Feyenoord")])
def test_what_sounds_alike(a: str, b: str) -> None:
    """Doubles, ei and ij, and where words are cut do not count; other words do."""
    assert likeness(a, b) == 1
    assert likeness(a, "wethouder") < 0.5


@given(heard_words(), st.lists(st.builds(Term, _PHRASE.filter(bool), st.lists(_PHRASE.filter(bool), max_size=2).map(tuple))))
def test_names_keep_the_shape_of_a_transcript(words: Words, terms: list[Term]) -> None:
    """Whatever the list: no word has a space in it, choices stay within the transcript, time goes on."""
    result = apply_terms(words, terms)
    assert all(word.text and " " not in word.text for word in result)
    for at, word in enumerate(result):
        assert all(choice.takes >= 1 and at + choice.takes <= len(result) for choice in word.choices)
    _assert_in_order(result)


@given(heard_words(), st.text(max_size=5))
def test_events_survive_the_wire(words: Words, text: str) -> None:
    """What goes to a browser comes back the same."""
    for event in (Partial(text), Trouble("noise"), Final(text, words, (Alternative(text, 1.5),))):
        assert from_json(to_json(event)) == event


def _assert_in_order(words: Words) -> None:
    times = [edge for word in words if word.start_ms is not None for edge in (word.start_ms, word.end_ms)]
    assert times == sorted(times)  # type: ignore[type-var]
