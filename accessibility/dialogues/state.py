"""Where somebody is in their spoken day, and the few sentences that every part of it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from accessibility.dialogues.heard import Given, Setting
from accessibility.dialogues.menus import Menu
from accessibility.dialogues.turns import Answering, Locale, Say, Tone, Turns
from accessibility.dialogues.words import words
from accessibility.speech import commands
from accessibility.speech.commands import COMMANDS, Command
from accessibility.voice_preferences import FASTEST, RATE, SLOWEST

Verbosity = Literal["full", "normal", "brief"]
Place = Literal["home", "work", "break", "out"]
Step = tuple["State", Turns]

RATE_STEP = 25  # words per minute


@dataclass(frozen=True)
class State:
    """
    Immutable.

    Args:
        given, answering: the question, and the answer in the making; both None where there is none.
        menu: a small question in between.
        last: what was said last, for "repeat".
        rate: words per minute of our voice.
        hands_free: the microphone stays open, so a few commands are understood also where an answer is wanted.
        keys: the worker's own keys, by command.
        explained: this practice question has an answer, and may be tried once more.
        undo: the break or the end of the day is one that the worker asked for, and may take back.
        away: while there is no work: why, and until when.
        missed: how often in a row nothing was understood.
    """

    locale: Locale
    verbosity: Verbosity = "full"
    place: Place = "home"
    given: Given | None = None
    answering: Answering | None = None
    menu: Menu | None = None
    last: Turns = ()
    rate: int = RATE
    hands_free: bool = False
    keys: Mapping[str, str] = field(default_factory=dict)
    explained: bool = False
    undo: bool = False
    away: str = ""
    missed: int = 0

    @property
    def commands(self) -> tuple[Command, ...]:
        """All commands, on this worker's keys."""
        return commands.with_keys(COMMANDS, self.keys) if self.keys else COMMANDS

    def named(self, *names: str) -> tuple[Command, ...]:
        """These commands, on this worker's keys."""
        return commands.with_keys(commands.named(*names), self.keys) if self.keys else commands.named(*names)


def changed(state: State, setting: Setting) -> State:
    """The state with what the worker wants changed."""
    return replace(
        state,
        verbosity=setting.verbosity or state.verbosity,
        rate=state.rate if setting.rate is None else min(FASTEST, max(SLOWEST, setting.rate)),
        hands_free=state.hands_free if setting.hands_free is None else setting.hands_free,
        keys=state.keys if setting.keys is None else dict(setting.keys),
    )


def free(state: State) -> State:
    """No question, no menu and nothing to undo is open."""
    return replace(state, given=None, answering=None, menu=None, explained=False, undo=False)


def tell(state: State, sentence: str, *, hint: bool = False, passing: bool = False, **values: object) -> Say:
    """One sentence in the worker's language."""
    return Say(words(sentence, state.locale, **values), state.locale, hint=hint, passing=passing)


def unclear(state: State) -> Step:
    """This means nothing here; there is always a way out."""
    sentence = "unclear_brief" if state.verbosity == "brief" else "unclear"
    return state, (Tone("error"), tell(state, sentence, passing=True))


def intro(state: State) -> Turns:
    """The question and its steps by how much the worker wants to hear, then the question's own first turns."""
    assert state.given is not None  # only called while there is one
    assert state.answering is not None
    title = Say(state.given.title, state.locale)
    steps = tuple(Say(line, state.locale) for line in state.given.steps) if state.verbosity == "full" else ()
    return (title, *steps, *state.answering.begin())
