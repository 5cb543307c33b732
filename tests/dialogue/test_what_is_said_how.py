"""Nobody is told to say what would be taken for their answer: then the key is named, and it is the worker's own."""

from __future__ import annotations

import pytest

from accessibility.dialogues.heard import Given
from accessibility.dialogues.turns import Submit, Wish
from tests.dialogue.builders import Talk, speak, talk
from tests.dialogue.test_kinds import PARTS, field, mark


def survey(*fields: dict[str, object]) -> Given:
    """A few questions to fill in."""
    return Given("a1", "?", (), "fill", {"fields": list(fields)})


def test_who_hears_nobody_presses_a_key() -> None:
    """The talk key takes down all that is said, "no" as well; with an open microphone the word is enough."""
    assert "Praat er niemand? Druk op min." in talk(speak(no_speech=True), locale="nl").text
    assert "Does nobody speak? Press F2." in talk(speak(no_speech=True), keys={"no": "F2"}).text
    assert "Does nobody speak? Say no." in talk(speak(no_speech=True), hands_free=True).text


@pytest.mark.parametrize(("locale", "word"), [("nl", "nee"), ("en", "no")])
def test_no_into_an_open_microphone_is_that_nobody_speaks(locale: str, word: str) -> None:
    """And where somebody in the clip said just that, undo has it as the answer."""
    day = talk(speak(no_speech=True), locale=locale, hands_free=True).say(word)
    assert f" {word}? " in day.text
    assert day.order("submit").submitted == {"text": "", "no_speech": "1"}
    assert day.order("undo", "submit").submitted == {"text": word}


def test_where_no_means_nothing_it_is_a_word() -> None:
    """Held talk key, or a clip in which there is speech for sure; "next" too, where there is nothing to go on from."""
    assert talk(speak(no_speech=True)).say("no").order("submit").submitted == {"text": "no"}
    assert talk(speak(), hands_free=True).say("no").order("submit").submitted == {"text": "no"}
    assert talk(speak(subject=PARTS), hands_free=True).say("next").draft == {"text": "next\n\n"}
    wish = talk(hands_free=True).keys("c5")
    assert wish.say("no").text == "All right, we go on."
    assert talk().keys("c5").say("no").turns == (Wish("no"),)


def remarks(**settings: object) -> Talk:
    """A survey question that may be left out, and one more."""
    return talk(survey(field("remark", "long_text", required=False), field("again", "yes_no", required=False)), **settings)


def test_a_text_that_may_be_left_out_is_left_by_its_key() -> None:
    """Where words are not taken down, the word is what is taught."""
    day = remarks(keys={"next": "F4"})
    assert "Press F4 if you do not want to say this." in day.text
    assert "Question two of two" in day.keys(["F4"]).text
    assert "Say next if you do not want to say this." in day.text
    free = remarks(hands_free=True)
    assert "Say next if" in free.text
    assert "Question two of two" in free.say("next").text


@pytest.mark.parametrize("said", ["next", "skip", "start", "help"])
def test_a_command_is_no_date(said: str) -> None:
    """By voice as in writing."""
    for dictated in (False, None):
        day = talk(survey(field("day", "date", required=False), field("b", "text")))
        day = day.type(said) if dictated is None else day.say(said, dictated=False)
        assert day.state.answering.draft() is None


def test_what_is_no_date_is_told_at_once() -> None:
    """Not when everything is filled in; a figure alone is none either."""
    day = talk(survey(field("day", "date")))
    for wrong in ("23-11-2026", "2026-13-01", "20261123", "12"):
        assert day.type(wrong).text.startswith("That does not fit here. Type a date with hyphens: year, month, day.")
    assert day.keys("3").tones == ["error"]
    assert day.type("2026-11-23").order("submit").turns == (Submit("a1", {"field-day": "2026-11-23"}),)


def test_help_is_called_as_it_can_be() -> None:
    """While words are taken down by its key; the marks too are named by their own keys."""
    assert "Press F1 for help" in talk(speak(), keys={"help": "F1"}).order("fix_nothing").text
    assert "Press O to hear more." in talk(speak()).order("help").text
    assert "Say help for help" in talk(speak(), hands_free=True).order("fix_nothing").text
    assert "Say more to hear more." in talk().order("help").text
    assert "Press F2 when it begins, and F3 when it ends." in talk(mark(), keys={"now": "F2", "now_over": "F3"}).text


def test_braces_of_others_are_left_alone() -> None:
    """A worker's text is no sentence of ours."""
    day = talk(speak()).type("a {set} of {key_nothing} {")
    assert "a {set} of {key_nothing} {" in day.text
