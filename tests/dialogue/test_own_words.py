"""What a worker says or writes, and what is said to them alone, is spoken but never kept as sound."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from accessibility.dialogues.heard import Given, Order, Others, Refused, Told
from accessibility.dialogues.turns import Say
from accessibility.speech.heard import Alternative
from tests.dialogue.builders import Talk, speak, talk
from tests.dialogue.test_kinds import field

OWN = "zebra"


def spoken_by(day: Talk) -> list[Say]:
    """Everything that was said with the worker's own word in it."""
    return [turn for turn in day.all if isinstance(turn, Say) and OWN in turn.text.lower()]


def days() -> Iterator[tuple[str, Talk]]:
    """(what happens, a day in which that word is said to us and by us)."""
    survey = Given("a1", "?", (), "fill", {"fields": [field("a", "text"), field("b", "text")]})
    kept = Given("a1", "?", (), "fill", survey.data, draft={"fields": {"a": OWN}})
    yield "a survey, answered and asked again", talk(survey).say(OWN).order("back", "hear_back", "where_am_i")
    yield "a survey of before", talk(kept)
    fixed = talk(speak()).say("the wrong word").order("fix").hear(Order("word", "two"))
    yield "a word that is fixed", fixed.order("again").say(OWN).order("hear_back", "where_am_i", "fix", "word", "delete", "undo")
    offered = talk(speak()).say("the cobra", "cobra").order("fix").hear(Others((Alternative(f"the {OWN}", 1.0),)))
    yield "another reading", offered.order("choose").hear(Order("choose", "one"))
    yield "a transcript", talk(speak()).say(OWN).order("hear_back", "where_am_i").order("repeat").type(OWN)
    yield "a wish, the coach's answer, a comparison", talk().hear(Told(("This is your wish.", f"I want a {OWN}.")))
    yield "what the kind of work refuses", talk(survey).hear(Refused(f'"{OWN}" is no number.'))


@pytest.mark.parametrize(("what", "day"), list(days()))
def test_own_words_are_never_kept_as_sound(what: str, day: Talk) -> None:
    """Whichever way they come back."""
    found = spoken_by(day)
    assert found, what
    assert [turn.text for turn in found if not turn.own] == []


def test_a_name_is_not_kept_as_sound() -> None:
    """Who works here is not to be heard from a folder; our own sentences are kept, so that they come at once."""
    hello, home = (turn for turn in talk().all if isinstance(turn, Say))
    assert ("Noor" in hello.text, hello.own, home.own) == (True, True, False)
