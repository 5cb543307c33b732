"""Whatever is pressed, said or typed, in whatever order: the dialogue answers, and never breaks."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from accessibility import dialogue
from accessibility.dialogues.heard import (
    BreakNow,
    Given,
    Heard,
    Key,
    NothingLeft,
    Number,
    Order,
    Others,
    Refused,
    Returned,
    Setting,
    Spoken,
    Stored,
    Trouble,
    Typed,
)
from accessibility.dialogues.turns import turn_json
from accessibility.speech.commands import COMMANDS, SKIP_REASONS
from accessibility.speech.heard import Alternative
from tests.dialogue.builders import choose, speak, talk, words
from tests.dialogue.test_kinds import SOUNDS, field, mark
from tests.examples import examples

FIELDS = [field(kind, kind) for kind in ("text", "integer", "yes_no", "date")]
FIELDS += [field("one", "one", "a", "b"), {**field("several", "several", "a", "b", required=False), "unreadable_allowed": True}]
QUESTIONS = {
    "speak": speak(no_speech=True, terms=["Hilversum"]),
    "choose": choose("bad", "yes", "two"),
    "tags": choose("a", "b", several=True, nothing=True),
    "mark": mark(nothing=True),
    "fill": Given("a1", "?", (), "fill", {"fields": FIELDS}),
    "not by voice": Given("a1", "?", (), None, {}, reason="You need to see it."),
}
TEXTS = st.sampled_from(["", " ", "yes", "two", "word two", "choose one", "skip later", "hilver sum", "a", "\x00", "[unk]", "12"])
ORDERS = st.sampled_from([one.name for one in (*COMMANDS, *SKIP_REASONS)] + ["nonsense"])
HEARD: st.SearchStrategy[Heard] = st.one_of(
    st.builds(Order, ORDERS, TEXTS, st.none() | st.integers(-5, 9000)),
    st.builds(Key, st.sampled_from([one.key for one in COMMANDS] + list("0123456789") + ["F4", ""])),
    st.builds(lambda text, dictated: Spoken(text, words(text), dictated), TEXTS, st.booleans()),
    st.builds(Typed, TEXTS),
    st.builds(Number, st.integers(-1, 12)),
    st.builds(Trouble, st.sampled_from(["silence", "no_model", "unheard of"])),
    st.builds(lambda text: Others((Alternative(text, 1.0),)), TEXTS),
    st.builds(Setting, st.sampled_from([None, "full", "brief"]), st.none() | st.integers(-10, 10_000)),
    st.sampled_from(
        [Stored(), Returned(), Refused("No."), NothingLeft(), BreakNow("11:02"), BreakNow(None), *QUESTIONS.values()]
    ),
)


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("locale", ["nl", "en"])
@examples(60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(heard=st.lists(HEARD, max_size=14))
def test_nothing_breaks_a_dialogue(name: str, locale: Any, heard: list[Heard]) -> None:
    """It always knows what to listen for, what it shows, and where the worker is; drafts and turns are plain JSON."""
    day = talk(QUESTIONS[name], locale=locale)
    for one in heard:
        before = day.state
        day.hear(one)
        assert day.turns or isinstance(one, Others | Setting), one
        assert all(isinstance(turn_json(turn)["kind"], str) for turn in day.turns)
        wanted = dialogue.listening(day.state)
        assert wanted.phrases is None or all(wanted.phrases)
        assert dialogue.listening(day.state, command=True).phrases
        if day.state.answering is not None:
            assert day.state.answering.where()
            assert set(day.state.answering.shown()) == {"text", "options"}
        assert dialogue.step(before, one)[0] == day.state, "the same again: it is pure"


def test_the_questions_above_are_of_every_kind() -> None:
    """None is forgotten."""
    assert {question.name for question in QUESTIONS.values()} == {*dialogue.KINDS, None}
    assert SOUNDS
