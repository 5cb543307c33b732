"""What one kind of microtask says about itself; `records.py` holds the plain records it speaks in.

A task type is one object in one module that satisfies `TaskType`. There is no base class: what a type shares with
others it calls in one line. The registry names the types; the contract test runs all of them over their own examples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel

from task_types.records import (
    A,
    AnswerError,
    Case,
    Collected,
    Dialogue,
    Distribution,
    Example,
    Given,
    Item,
    Json,
    Judged,
    Judgement,
    Locale,
    Need,
    NotByVoice,
    Outcome,
    P,
    Part,
    Question,
    Read,
    S,
    Settled,
    Source,
    Widget,
)

__all__ = [
    "A",
    "Aggregator",
    "Agreement",
    "AnswerError",
    "AnyTaskType",
    "Case",
    "Collected",
    "ControlMapping",
    "Dialogue",
    "Distribution",
    "Example",
    "Exporter",
    "Given",
    "Item",
    "Json",
    "Judged",
    "Judgement",
    "Locale",
    "MediaReader",
    "Model",
    "Need",
    "NotByVoice",
    "Outcome",
    "P",
    "Part",
    "Question",
    "Read",
    "Remembering",
    "S",
    "Scoring",
    "Settled",
    "Source",
    "TaskType",
    "Widget",
    "differ",
    "kind",
    "once",
]

A_contra = TypeVar("A_contra", bound=BaseModel, contravariant=True)


class MediaReader(Protocol):
    """What splitting may ask about media. Times are ms from the start of the original."""

    def pieces_at_pauses(self, media: str, *, target_ms: int, limit_ms: int) -> Sequence[tuple[int, int]]: ...

    def pauses(self, media: str) -> Sequence[tuple[int, int]]: ...  # stretches in which nobody speaks

    def scene_starts(self, media: str) -> Sequence[int]: ...

    def frame_times(self, media: str) -> Sequence[float]: ...

    def text(self, media: str) -> str: ...

    def data(self, media: str) -> bytes: ...  # the file as it came, for formats that are no plain text


# --- what comes out --------------------------------------------------------------------------------------------------


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


def kind(payload: BaseModel) -> str | None:
    """
    Which question a piece asks, where one step asks several; None: all the same. Answers to different ones never compare.

    A payload says so with a property `kind_of_question`.
    """
    found: str | None = getattr(payload, "kind_of_question", None)
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


def differ(task_type: AnyTaskType) -> bool:
    """
    Whether a value stands for another thing in each question, so that shares over all questions say nothing.

    A type says so with `values_differ`.
    """
    return bool(getattr(task_type, "values_differ", False))
