"""What a dialogue wants done, and one question while it is answered (`heard.py`: what it hears). Times are ms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

from accessibility.dialogues.heard import Heard

Locale = Literal["nl", "en"]
Json = Any

# --- what is to be done ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Say:
    """
    Speak this.

    Args:
        own: the worker's own words; their sound is not kept.
        hint: says how it goes on; left out for who knows that by now.
        barge_in: a key or the worker's voice cuts it off.
        passing: about how it goes, such as "I did not understand you": "repeat" brings what came before it.
    """

    text: str
    language: Locale
    own: bool = False
    hint: bool = False
    barge_in: bool = True
    passing: bool = False


@dataclass(frozen=True)
class Tone:
    """Sound an earcon."""

    name: str


@dataclass(frozen=True)
class Play:
    """
    Sound a piece of a recording.

    Args:
        start_ms, end_ms: from the start of the original; end None: to its end.
        speed: 1.0 as it was recorded.
        tones: (ms from the start of the original, earcon): a subtitle's in and out.
    """

    media: str
    start_ms: int = 0
    end_ms: int | None = None
    speed: float = 1.0
    tones: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Hush:
    """Be silent now."""


@dataclass(frozen=True)
class Write:
    """Put the cursor in the text field, with what is there so far."""

    text: str = ""


@dataclass(frozen=True)
class Fetch:
    """The next question is wanted."""


@dataclass(frozen=True)
class Submit:
    """Store this answer. `raw`: the fields that the page's form would post; None: "I don't know"."""

    assignment: str
    raw: Mapping[str, Json] | None


@dataclass(frozen=True)
class GiveBack:
    """Give the question back, for this reason."""

    assignment: str
    reason: str


@dataclass(frozen=True)
class Draft:
    """Keep an answer in the making, in the shape of the type's answer."""

    assignment: str
    answer: Mapping[str, Json]


@dataclass(frozen=True)
class AskOthers:
    """The recogniser's other readings of the last utterance are wanted; `Others` brings them."""


@dataclass(frozen=True)
class TakeBreak:
    """A break begins now."""


@dataclass(frozen=True)
class GoOn:
    """Not a break after all, or not the end of the day."""


@dataclass(frozen=True)
class SignOut:
    """End the session."""


@dataclass(frozen=True)
class Wait:
    """Nothing until this moment, UTC ms; then `Waited` is heard."""

    until_ms: int


@dataclass(frozen=True)
class AskCoach:
    """A request for the coach: talk, other_work, longer_break, stop_today."""

    kind: str


@dataclass(frozen=True)
class CheckIn:
    """How the work is going, in the worker's own words; "" where a question was left out."""

    pace: str
    difficulty: str
    work: str
    share: bool


@dataclass(frozen=True)
class Wish:
    """What the worker would like to learn."""

    words: str


@dataclass(frozen=True)
class Look:
    """The worker wants to hear something of their own: my_work, certificate, work (what they may choose from)."""

    what: Literal["my_work", "certificate", "work"]


@dataclass(frozen=True)
class ChooseWork:
    """This work, from now on."""

    value: str


@dataclass(frozen=True)
class Learn:
    """These words were heard, and this name or term was meant: right by itself from now on."""

    assignment: str
    heard: str
    wanted: str


Act = Fetch | Submit | GiveBack | TakeBreak | GoOn | AskCoach | CheckIn | Wish | Look | ChooseWork
Turn = Say | Tone | Play | Hush | Write | Draft | AskOthers | SignOut | Wait | Learn | Act
Turns = tuple[Turn, ...]


def turn_json(turn: Turn) -> dict[str, Json]:
    """A turn for a wire: its fields and its `kind`."""
    return {"kind": type(turn).__name__.lower(), **asdict(turn)}


# --- one question ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listening:
    """
    What to listen with when the worker talks.

    Args:
        phrases: the only things that can be said; None: anything.
    """

    language: Locale
    phrases: tuple[str, ...] | None = None


class Answering(Protocol):
    """One question while it is answered. Immutable: each step gives a new one."""

    def begin(self) -> Turns:
        """What is said and played at first."""
        ...

    def clip(self) -> Turns:
        """The recording or text that the question is about, once more."""
        ...

    def step(self, heard: Heard) -> tuple[Answering, Turns] | None:
        """Take what was heard; None: this means nothing here."""
        ...

    def slower(self, by: float) -> Answering | None:
        """At another speed; None where nothing is played."""
        ...

    def listening(self) -> Listening:
        """What to listen with."""
        ...

    def commands(self) -> tuple[str, ...]:
        """Names of the commands that do something now, the most useful first."""
        ...

    def where(self) -> str:
        """Where the worker is in this question, in a sentence."""
        ...

    def draft(self) -> Mapping[str, Json] | None:
        """The answer so far, in the shape of the type's answer; None: nothing yet."""
        ...

    def shown(self) -> Mapping[str, Json]:
        """What a page shows: `text`, `options`."""
        ...
