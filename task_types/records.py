"""The plain records that a task type speaks in: what goes in, what is asked, what comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel

from task_types.settings import StepSettings

Locale = Literal["nl", "en"]
Json = Any

S = TypeVar("S", bound=StepSettings)
P = TypeVar("P", bound=BaseModel)
A = TypeVar("A", bound=BaseModel)
A_co = TypeVar("A_co", bound=BaseModel, covariant=True)


class Need(StrEnum):
    """What a person uses to answer. Work is not offered to somebody whose profile says they have no use of a need."""

    SIGHT = "sight"
    HEARING = "hearing"
    SPEECH = "speech"
    READING = "reading"
    POINTER = "pointer"


# --- what goes in ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """One named part of a source: a file (by media id) or a text.

    width, height: pixels of the upright original; duration_ms: of the original.
    """

    name: str
    kind: Literal["image", "audio", "video", "text", "subtitle", "row", "other"]
    media: str | None = None
    text: str | None = None
    mime: str | None = None
    file_name: str | None = None
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    frame_rate: float | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """What one question is about: an ordered bundle of named parts. `key` is stable over repeated ingests."""

    key: str
    parts: Sequence[Part]
    external_ref: str | None = None

    def first(self, *kinds: str) -> Part | None:
        """The first part of one of these kinds."""
        return next((part for part in self.parts if part.kind in kinds), None)


# --- what is asked ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case(Generic[S, P]):
    """What every judgement about an answer may need: the step's settings, the payload, the locale.

    `seed` differs per assignment and stays with it (its id will do): what is mixed, is mixed by it. 0: not mixed.
    """

    settings: S
    payload: P
    locale: Locale
    seed: int = 0


@dataclass(frozen=True)
class Question:
    """
    The question in plain words: one title, one instruction per step. Shared by page and voice.

    `heard`: the steps for who works by voice, where those of the page are about reading, typing or its buttons.
    """

    title: str
    steps: Sequence[str] = ()
    heard: Sequence[str] | None = None

    @property
    def by_voice(self) -> Sequence[str]:
        """The steps as they are spoken."""
        return self.steps if self.heard is None else self.heard


@dataclass(frozen=True)
class Widget:
    """The widget of accessibility/widgets that asks this on a page, with its data (JSON)."""

    name: str
    data: Mapping[str, Json]


@dataclass(frozen=True)
class NotByVoice:
    """Why this cannot be asked by voice, in the locale of the case."""

    reason: str


@dataclass(frozen=True)
class Dialogue:
    """The spoken form of this microtask: a name and data for accessibility/dialogue.py."""

    name: str
    data: Mapping[str, Json]


# --- what comes out --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Judgement(Generic[A_co]):
    """One worker's answer, as the quality package sees it.

    `worker` is a number without meaning; `answer` None means "I don't know".
    """

    worker: int
    answer: A_co | None


@dataclass(frozen=True)
class Judged(Generic[S, P, A]):
    """One microtask with its judgements; `gold` holds the accepted answers where they are known."""

    case: Case[S, P]
    judgements: Sequence[Judgement[A]]
    gold: Sequence[A] = ()


@dataclass(frozen=True)
class Settled(Generic[A_co]):
    """One answer out of several judgements. confidence is 0–1; None where the type cannot say."""

    answer: A_co | None
    confidence: float | None
    detail: Mapping[str, Json] = field(default_factory=dict)
    kind: Literal["settled"] = "settled"


@dataclass(frozen=True)
class Distribution:
    """An opinion: how often each answer was given (share 0–1), with 95% intervals."""

    shares: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    answers: int
    kind: Literal["distribution"] = "distribution"


@dataclass(frozen=True)
class Collected(Generic[A_co]):
    """Answers side by side, not merged."""

    answers: Sequence[A_co]
    kind: Literal["collected"] = "collected"


Outcome = Settled[A] | Distribution | Collected[A]


@dataclass(frozen=True)
class Example(Generic[S, P, A]):
    """One worked case; docs, contract test, page audit, demo and practice items all use it."""

    title: str
    case: Case[S, P]
    accepted: Sequence[A]
    wrong: A | None  # None where nothing can be wrong (opinion, survey)
    form: Mapping[str, str | list[str]] | None = None  # the form fields that make accepted[0], where the page posts them


class AnswerError(ValueError):
    """An answer that this type does not take: says what, where and what to do next."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


# --- export ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Given(Generic[A_co]):
    """One annotation in an export: a number that links nothing outside this export, never a name or a time."""

    worker: int
    answer: A_co | None  # None: "I don't know"
    together: bool = False


@dataclass(frozen=True)
class Item(Generic[S, P, A]):
    """One microtask on its way out: its source, the outcome (None while open) and, where asked for, all answers.

    `accepted` holds a gold microtask's answers; its outcome is the first of them.
    """

    source: Source
    microtask: str
    key: str  # which piece of the source
    step: str
    task_type: str
    case: Case[S, P]
    outcome: Outcome[A] | None
    count: int  # answers used
    gold: bool = False
    accepted: Sequence[A] = ()
    answers: Sequence[Given[A]] = ()

    @property
    def settled(self) -> A | None:
        """The one answer, where there is one."""
        return self.outcome.answer if isinstance(self.outcome, Settled) else None


@dataclass(frozen=True)
class Read(Generic[A_co]):
    """One answer found in a file. `key` says which piece of the source, where the format can tell."""

    source: str
    answer: A_co
    key: str | None = None
