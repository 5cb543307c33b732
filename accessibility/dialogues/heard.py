"""What a dialogue hears: keys, words, and what came of what it wanted done. Times are ms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from accessibility.speech.heard import Alternative, Word

Json = Any


@dataclass(frozen=True)
class Key:
    """A key; `at_ms`: how far the recording was, from the start of the original."""

    key: str
    at_ms: int | None = None


@dataclass(frozen=True)
class Order:
    """
    A command by its name (`speech.commands`).

    Args:
        rest: what was said after it.
        said: an open microphone heard it where words are wanted too: so these may be meant as words.
    """

    name: str
    rest: str = ""
    at_ms: int | None = None
    said: str = ""


@dataclass(frozen=True)
class Spoken:
    """
    An utterance as understood.

    Args:
        dictated: freely spoken; False: listened to with a closed list of phrases.
    """

    text: str
    words: tuple[Word, ...] = ()
    dictated: bool = True


@dataclass(frozen=True)
class Typed:
    """A text from the keyboard or a braille display."""

    text: str


@dataclass(frozen=True)
class Number:
    """A number, said or pressed."""

    value: int


@dataclass(frozen=True)
class Trouble:
    """Something is wrong with the sound or the machine; a code of `speech.spoken`."""

    code: str


@dataclass(frozen=True)
class Others:
    """Other readings of the last utterance."""

    readings: tuple[Alternative, ...]


@dataclass(frozen=True)
class Given:
    """
    A question to answer.

    Args:
        name, data: as `TaskType.dialogue` says; name None: this cannot be asked by voice.
        reason: why not.
        draft: what was answered before, in the shape of the type's answer.
        break_soon: the block is almost over.
        practice: it counts nowhere, and is explained at once.
    """

    assignment: str
    title: str
    steps: tuple[str, ...]
    name: str | None
    data: Mapping[str, Json]
    reason: str = ""
    draft: Mapping[str, Json] | None = None
    break_soon: bool = False
    practice: bool = False


@dataclass(frozen=True)
class NothingLeft:
    """There is no work for this person now."""


@dataclass(frozen=True)
class BreakNow:
    """
    No work now.

    Args:
        until: the time of day as it is said.
        kind: a break; early: the day has not begun; over: the day is over; other: a training or the like.
        until_ms: the same as `until`, UTC ms.
        undo: the worker chose it, and can still go on after all.
    """

    until: str | None
    kind: Literal["break", "early", "over", "other"] = "break"
    until_ms: int | None = None
    undo: bool = False


@dataclass(frozen=True)
class Waited:
    """The moment of `Wait` is there."""


@dataclass(frozen=True)
class Told:
    """
    What the worker asked about, in sentences of their language.

    Args:
        go_on: the next question is wanted right after it.
    """

    lines: tuple[str, ...]
    go_on: bool = False


@dataclass(frozen=True)
class WorkList:
    """What a worker may choose from: (value, title)."""

    kinds: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Stored:
    """
    The answer is on disk.

    Args:
        right: of a practice question, was it? None: this was none.
        explanation: of a practice question, why.
    """

    right: bool | None = None
    explanation: str = ""


@dataclass(frozen=True)
class Returned:
    """The question was given back."""


@dataclass(frozen=True)
class Refused:
    """The answer was not taken; a sentence that says why, in the worker's language."""

    message: str


@dataclass(frozen=True)
class Setting:
    """
    The worker changes how the dialogue speaks and listens; None: as it was.

    Args:
        hands_free: the microphone stays open.
        keys: the worker's own keys, by command.
    """

    verbosity: Literal["full", "normal", "brief"] | None = None
    rate: int | None = None
    hands_free: bool | None = None
    keys: Mapping[str, str] | None = None


Heard = (
    Key
    | Order
    | Spoken
    | Typed
    | Number
    | Trouble
    | Others
    | Given
    | NothingLeft
    | BreakNow
    | Stored
    | Returned
    | Refused
    | Setting
    | Waited
    | Told
    | WorkList
)
