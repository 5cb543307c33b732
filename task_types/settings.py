"""What every step's settings share: the question, labels, overlap, gold, opinion, language."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Localised = str | dict[Literal["nl", "en"], str]


def in_locale(text: Localised | None, locale: str, default: str = "") -> str:
    """The words for this locale; a plain string serves every locale, a missing one falls back to what there is."""
    if text is None:
        return default
    if isinstance(text, str):
        return text
    return text.get(locale) or text.get("en") or next(iter(text.values()), default)  # type: ignore[call-overload]


class Label(BaseModel):
    """A label to choose. Only `value` is stored with an answer."""

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
    gold: Annotated[GoldSchedule | None, BeforeValidator(_gold)] = Field(
        default_factory=GoldSchedule, description="schedule of check questions, or off"
    )
    opinion: bool = Field(default=False, description="nothing is right or wrong: the outcome is a distribution")
    language: Literal["nl", "en"] = Field(default="nl", description="language of the material")
    lease_minutes: int = Field(default=60, ge=1, le=24 * 60, description="how long a microtask is kept for one worker")
    topic: str | None = Field(default=None, max_length=60, description="a topic that a worker may switch off, e.g. violence")
    distressing: bool = Field(default=False, description="distressing material: a person gets only so much of it in a day")

    label_studio: StudioNames = Field(default=StudioNames(), description="names in the client's Label Studio config")

    @model_validator(mode="before")
    @classmethod
    def _gold_is_off_in_an_opinion(cls, data: Any) -> Any:
        # Written out, or what is stored in full could not be read again.
        if not isinstance(data, dict) or "gold" in data:
            return data
        return {**data, "gold": None} if data.get("opinion", cls.model_fields["opinion"].default) else data

    @model_validator(mode="after")
    def _opinion_has_no_gold(self) -> StepSettings:
        if self.opinion and self.gold is not None:
            raise ValueError("An opinion project has no gold: nothing is right or wrong. Set gold: off, or opinion: false.")
        return self

    @property
    def gold_schedule(self) -> GoldSchedule | None:
        """The schedule that holds: none in an opinion project."""
        return None if self.opinion else self.gold
