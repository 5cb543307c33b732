"""What one kind of microtask says about itself, and the plain records it speaks in.

A task type is one object in one module that satisfies `TaskType`. There is no base class: what a type shares with
others it calls in one line. The registry names the types; the contract test runs all of them over their own examples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, Literal, Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel

from task_types.settings import StepSettings

Locale = Literal["nl", "en"]
Json = Any

S = TypeVar("S", bound=StepSettings)
P = TypeVar("P", bound=BaseModel)
A = TypeVar("A", bound=BaseModel)
A_co = TypeVar("A_co", bound=BaseModel, covariant=True)
A_contra = TypeVar("A_contra", bound=BaseModel, contravariant=True)


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


class MediaReader(Protocol):
    """What splitting may ask about media. Times are ms from the start of the original."""

    def pieces_at_pauses(self, media: str, *, target_ms: int, limit_ms: int) -> Sequence[tuple[int, int]]: ...

    def pauses(self, media: str) -> Sequence[tuple[int, int]]: ...  # stretches in which nobody speaks

    def scene_starts(self, media: str) -> Sequence[int]: ...

    def frame_times(self, media: str) -> Sequence[float]: ...

    def text(self, media: str) -> str: ...

    def data(self, media: str) -> bytes: ...  # the file as it came, for formats that are no plain text


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
    """The question in plain words: one title, one instruction per step. Shared by page and voice."""

    title: str
    steps: Sequence[str] = ()


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


Agreement = Literal["alpha", "alpha interval", "pairwise"]
"""How agreement is told: Krippendorff's alpha of the distance, of its square, or the mean similarity of two answers."""


class Scoring(Protocol[S, P, A_contra]):
    """How an answer compares with gold and with another answer. None on a type: nothing is right or wrong."""

    @property
    def agreement(self) -> Agreement: ...

    def gold_score(
        self, case: Case[S, P], answer: A_contra, accepted: Sequence[A_contra]
    ) -> float: ...  # 1.0 matches, 0.0 useless

    def distance(self, case: Case[S, P], left: A_contra, right: A_contra) -> float: ...  # symmetric, 0–1, 0 for equal


class Model(Protocol[S, P, A]):
    """A fitted aggregator: settles one microtask in microseconds, without a refit."""

    @property
    def skills(self) -> Mapping[int, float]: ...  # worker → 0–1, kept between refits

    def settle(self, case: Case[S, P], judgements: Sequence[Judgement[A]]) -> Outcome[A]: ...


class Aggregator(Protocol[S, P, A]):
    """How several answers become one. `method` and `version` are kept with each outcome."""

    @property
    def method(self) -> str: ...

    @property
    def version(self) -> int: ...

    @property
    def table(self) -> str: ...  # the kind of label in `quality.tables`, for plain CSV

    def model(self, skills: Mapping[int, float]) -> Model[S, P, A]:
        """The model with known skills; workers not named have the crowd's mean."""
        ...

    def fit(self, work: Sequence[Judged[S, P, A]]) -> Model[S, P, A]:
        """Skill, confusion … over the whole step. Raises quality's TooFewJudgements."""
        ...


def once(payload: BaseModel) -> str | None:
    """
    The key of a later question that several outcomes ask for and that is asked once about a source; None: once for each.

    A payload says so with a property `once`.
    """
    found: str | None = getattr(payload, "once", None)
    return found


@runtime_checkable
class Remembering(Protocol):
    """An aggregator that keeps more of each worker than one number, such as how far they draw around a thing."""

    def model_of(self, skills: Mapping[int, float], habits: Mapping[int, Json]) -> Any:
        """The model with known skills and habits; workers not named do as the crowd does."""
        ...

    def habits_of(self, model: Any) -> Mapping[int, Json]:
        """What `model_of` needs of each worker to make this fitted model again."""
        ...


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


class Exporter(Protocol[S, P, A]):
    """Writes one format and reads it back. Items are streamed: memory does not grow with the project."""

    @property
    def suffix(self) -> str: ...  # ".json", or "" for a folder with several files

    def write(self, items: Iterable[Item[S, P, A]], out: Path) -> Iterator[Path]:
        """Write to `out` (a file, or a folder when suffix is empty); yields each finished file."""
        ...

    def read(self, path: Path) -> Iterator[Read[A]]:
        """Answers as far as the format can hold them; several for one source are several accepted answers.

        Raises errors.UnreadableExport.
        """
        ...


class ControlMapping(Protocol[S, P, A]):
    """The one Label Studio control this type stands for, both ways. Regions are Label Studio's `result` list."""

    @property
    def control(self) -> str: ...  # tag name, e.g. "RectangleLabels"

    def config(self, settings: S, payload: P) -> str: ...  # the labelling config, XML, for pieces like this one

    def from_config(self, xml: str) -> S | None: ...  # None: not this type's control

    def task_data(self, case: Case[S, P], url: str) -> dict[str, Json]: ...  # url: of the file, where there is one

    def to_result(self, case: Case[S, P], answer: A) -> list[dict[str, Json]]: ...

    def from_result(self, case: Case[S, P], result: Sequence[Mapping[str, Json]]) -> A: ...


# --- the protocol ----------------------------------------------------------------------------------------------------


class TaskType(Protocol[S, P, A]):
    """Everything one kind of microtask says about itself."""

    @property
    def name(self) -> str: ...  # stored with every microtask, so never renamed

    @property
    def version(self) -> int: ...  # raise it when payload or answer changes shape; `upgrade` reads the older ones

    @property
    def title(self) -> Mapping[str, str]: ...  # what people call it, nl and en

    @property
    def settings_model(self) -> type[S]: ...

    @property
    def payload_model(self) -> type[P]: ...

    @property
    def answer_model(self) -> type[A]: ...

    @property
    def examples(self) -> Sequence[Example[S, P, A]]: ...

    @property
    def scoring(self) -> Scoring[S, P, A] | None: ...

    @property
    def aggregator(self) -> Aggregator[S, P, A] | None: ...

    @property
    def exporters(self) -> Mapping[str, Exporter[S, P, A]]: ...

    @property
    def label_studio(self) -> ControlMapping[S, P, A] | None: ...

    @property
    def accepts(self) -> frozenset[str]: ...  # kinds of parts it can ask about: "image", "audio", "text" …

    def needs(self, settings: S, payload: P) -> frozenset[Need]: ...

    def split(self, source: Source, settings: S, media: MediaReader) -> Iterator[tuple[str, P]]: ...

    def question(self, case: Case[S, P]) -> Question: ...

    def widget(self, case: Case[S, P]) -> Widget: ...

    def dialogue(self, case: Case[S, P]) -> Dialogue | NotByVoice: ...

    def parse(self, case: Case[S, P], raw: Mapping[str, Any]) -> A: ...

    def check(self, case: Case[S, P], answer: A) -> None: ...

    def follow_up(self, case: Case[S, P], outcome: Outcome[A]) -> Iterator[P]: ...

    def upgrade(self, what: Literal["settings", "payload", "answer"], version: int, data: dict[str, Json]) -> dict[str, Json]: ...


AnyTaskType = TaskType[Any, Any, Any]
