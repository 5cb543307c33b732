"""What a dialogue hears and what it wants done, as plain records. Times are ms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

from accessibility.speech.heard import Alternative, Word

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
    """

    text: str
    language: Locale
    own: bool = False
    hint: bool = False
    barge_in: bool = True


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


Act = Fetch | Submit | GiveBack | TakeBreak | AskCoach | CheckIn | Wish | Look | ChooseWork
Turn = Say | Tone | Play | Hush | Write | Draft | AskOthers | SignOut | Wait | Learn | Act
Turns = tuple[Turn, ...]


def turn_json(turn: Turn) -> dict[str, Json]:
    """A turn for a wire: its fields and its `kind`."""
    return {"kind": type(turn).__name__.lower(), **asdict(turn)}


# --- what was heard --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Key:
    """A key; `at_ms`: how far the recording was, from the start of the original."""

    key: str
    at_ms: int | None = None


@dataclass(frozen=True)
class Order:
    """A command by its name (`speech.commands`), with what was said after it."""

    name: str
    rest: str = ""
    at_ms: int | None = None


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
    """

    assignment: str
    title: str
    steps: tuple[str, ...]
    name: str | None
    data: Mapping[str, Json]
    reason: str = ""
    draft: Mapping[str, Json] | None = None
    break_soon: bool = False


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
    """

    until: str | None
    kind: Literal["break", "early", "over", "other"] = "break"
    until_ms: int | None = None


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
    """The answer is on disk."""


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
