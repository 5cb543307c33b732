"""What every step's settings share: the question, labels, overlap, gold, opinion, language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from accessibility.sentences import sentence

Localised = str | dict[Literal["nl", "en"], str]


def in_locale(text: Localised | None, locale: str, default: str = "") -> str:
    """The words for this locale; a plain string serves every locale, a missing one falls back to what there is."""
    if text is None:
        return default
    if isinstance(text, str):
        return text
    return text.get(locale) or text.get("en") or next(iter(text.values()), default)  # type: ignore[call-overload]


class Label(BaseModel):
    """A label to choose. Only `value` is stored with an answer. `symbol`: a sign (⛵), or the name of a picture (boat)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: str = Field(min_length=1, max_length=200)
    text: Localised | None = None
    symbol: str | None = None
    group: Localised | None = None

    def words(self, locale: str) -> str:
        """What a person reads."""
        return in_locale(self.text, locale, self.value)


def _label(raw: Any) -> Any:
    return {"value": raw} if isinstance(raw, str) else raw


AnyLabel = Annotated[Label, BeforeValidator(_label)]


class GoldSchedule(BaseModel):
    """How often a hidden check question comes: see quality.md. Shares are 0–1 of a person's answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: int = Field(default=20, ge=0)
    first_share: float = Field(default=0.30, ge=0, le=1)
    share: float = Field(default=0.10, ge=0, le=1)
    floor: float = Field(default=0.05, ge=0, le=1)
    learning: int = Field(default=5, ge=0, description="practice questions at the start, explained at once, where there are any")
    most_exposures: int = Field(default=200, ge=1, description="people who may get one check question")


class AdaptiveOverlap(BaseModel):
    """More answers only where those so far are not sure enough: see quality.md."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    most: int = Field(ge=1, le=100, description="answers that a microtask may get at most")
    budget: int | None = Field(default=None, ge=1, description="answers in all that may be asked for this step")


def _gold(raw: Any) -> Any:
    # YAML 1.1 reads a bare `off` as False and `on` as True.
    if raw is False or raw == "off":
        return None
    if raw is True or raw == "on":
        return {}
    return raw


class StudioNames(BaseModel):
    """Where this question stands in a client's own Label Studio config, so that answers go back under its names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    from_name: str = "answer"
    to_name: str = "subject"
    data: str | None = Field(default=None, description="the task's field that the object tag shows, without the $")


class StepSettings(BaseModel):
    """Settings that every task type knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: Localised | None = Field(default=None, description="the question, instead of the type's own; or {nl, en}")
    instructions: Localised | None = Field(default=None, description="what to do, one instruction per line; or {nl, en}")
    overlap: int = Field(default=1, ge=1, le=100, description="answers wanted for each microtask")
    adaptive: AdaptiveOverlap | None = Field(default=None, description="more answers only where unsure; see docs/quality.md")
    gold: Annotated[GoldSchedule | None, BeforeValidator(_gold)] = Field(
        default_factory=GoldSchedule, description="schedule of check questions, or off"
    )
    opinion: bool = Field(default=False, description="nothing is right or wrong: the outcome is a distribution")
    language: Literal["nl", "en"] = Field(default="nl", description="language of the material")
    lease_minutes: int = Field(default=60, ge=1, le=24 * 60, description="how long a microtask is kept for one worker")
    topic: str | None = Field(default=None, max_length=60, description="a topic that a worker may switch off, e.g. violence")
    level: Literal[1, 2, 3] = Field(default=1, description="how much somebody must have done of this kind of work: 1, 2 or 3")
    distressing: bool = Field(default=False, description="distressing material: a person gets only so much of it in a day")

    label_studio: StudioNames = Field(default=StudioNames(), description="names in the client's Label Studio config")

    @model_validator(mode="before")
    @classmethod
    def _gold_is_off_in_an_opinion(cls, data: Any) -> Any:
        # Written out, or what is stored in full could not be read again.
        if not isinstance(data, dict) or "gold" in data:
            return data
        return {**data, "gold": None} if data.get("opinion", cls.model_fields["opinion"].default) else data

    @model_validator(mode="before")
    @classmethod
    def _overlap_between(cls, data: Any) -> Any:
        # `overlap: {min: 2, max: 5, budget: 900}` is the short way to say both.
        if not isinstance(data, dict) or not isinstance(data.get("overlap"), dict):
            return data
        said = dict(data["overlap"])
        least, most = said.pop("min", 2), said.pop("max", None)
        if most is None or (set(said) - {"budget"}):
            raise ValueError(
                sentence("An overlap that adapts has min, max and perhaps budget. Example: overlap: {{min: 2, max: 5}}.")
            )
        return {**data, "overlap": least, "adaptive": {"most": most, "budget": said.get("budget")}}

    @model_validator(mode="after")
    def _adaptive_asks_more(self) -> StepSettings:
        if self.adaptive is not None and self.adaptive.most < self.overlap:
            raise ValueError(sentence("An overlap that adapts needs a max that is at least its min."))
        if self.adaptive is not None and self.opinion:
            raise ValueError(sentence("An opinion has no right answer to become sure of. Give a plain overlap."))
        return self

    @property
    def most_answers(self) -> int:
        """The answers that a microtask may get at most."""
        return self.adaptive.most if self.adaptive else self.overlap

    @model_validator(mode="after")
    def _opinion_has_no_gold(self) -> StepSettings:
        if self.opinion and self.gold is not None:
            raise ValueError(
                sentence("An opinion project has no gold: nothing is right or wrong. Set gold: off, or opinion: false.")
            )
        return self

    # Settings that a client may propose and only the lab decides: always, or from the moment that a project is open.
    guarded: ClassVar[Mapping[str, Literal["always", "open"]]] = {}

    @property
    def not_yet(self) -> tuple[str, str] | None:
        """What still has to be settled before work may begin: the setting, and a sentence that says what to do."""
        return None

    @property
    def gold_schedule(self) -> GoldSchedule | None:
        """The schedule that holds: none in an opinion project."""
        return None if self.opinion else self.gold
