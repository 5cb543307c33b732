"""What `image_choice` and `comparison` share: options side by side, mixed fairly, and the one that was chosen."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from accessibility.sentences import sentence
from task_types import forms, subjects, wording
from task_types.errors import NotSplittable
from task_types.protocol import AnswerError, Case, Json, Locale, MediaReader, Part, Source
from task_types.settings import StepSettings
from task_types.subjects import Subject

SAME = "same"  # the value for "no difference", so no option may be called that


class Option(BaseModel):
    """One of them; `key` is the name of the source's part, and what an answer holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    subject: Subject


class OptionsPayload(BaseModel):
    """The options in the order of the source."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    options: tuple[Option, ...] = Field(min_length=2, max_length=9)

    @model_validator(mode="after")
    def _keys_differ(self) -> OptionsPayload:
        keys = [option.key for option in self.options]
        if len(set(keys)) < len(keys) or SAME in keys:
            raise ValueError(sentence('Every option needs a name of its own, other than "{same}".', same=SAME))
        return self

    @property
    def keys(self) -> list[str]:
        """In the order of the source."""
        return [option.key for option in self.options]


class OptionAnswer(BaseModel):
    """The key of the chosen one, and the order in which they stood: who looks for habits needs both."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    chosen: str
    order: tuple[str, ...] | None = None


UNKNOWN: wording.Words = {
    "nl": "\u201c{key}\u201d is er niet bij. Kies een van deze: {known}.",
    "en": "\u201c{key}\u201d is not one of them. Choose one of these: {known}.",
}
CHOOSE: wording.Words = {"nl": "Kies er een.", "en": "Choose one."}
OTHER_ORDER: wording.Words = {
    "nl": "De volgorde klopt niet met wat er stond. Laad de pagina opnieuw.",
    "en": "The order does not fit what was shown. Load the page again.",
}


def payload(source: Source, parts: Sequence[Part], media: MediaReader) -> OptionsPayload:
    """
    The parts as options.

    Raises:
        NotSplittable: fewer than 2 or more than 9.
    """
    if not 2 <= len(parts) <= 9:
        raise NotSplittable(
            sentence('"{key}" has {count} to choose from. Give 2 to 9 in one source.', key=source.key, count=len(parts))
        )
    names = [part.name for part in parts]
    keys = names if len(set(names)) == len(names) else [f"{i}-{name}" for i, name in enumerate(names, 1)]
    return OptionsPayload(options=tuple(Option(key=k, subject=_subject(p, media)) for k, p in zip(keys, parts, strict=True)))


def _subject(part: Part, media: MediaReader) -> Subject:
    if part.kind in ("text", "row"):
        return Subject(kind="text", text=subjects.text_of(part, media))
    kind: Any = part.kind
    end = part.duration_ms if part.kind in ("audio", "video") else None
    return Subject(kind=kind, media=part.media, width=part.width, height=part.height, end_ms=end)


def mixed(case: Case[Any, OptionsPayload]) -> list[Option]:
    """The order for this person: fixed by the case's seed, so that a reload shows the same; 0 is the source's own."""
    options = list(case.payload.options)
    if case.seed:
        random.Random(case.seed).shuffle(options)  # noqa: S311  (fairness, not secrecy)
    return options


def shown(case: Case[Any, OptionsPayload], settings: StepSettings, words: wording.Words) -> dict[str, Json]:
    """The part of a widget's data that shows the options; `words` names the n-th of them."""
    order = mixed(case)
    found = [
        {
            "key": option.key,
            "text": wording.say(words, case.locale, number=number),
            "subject": subjects.shown(option.subject, settings.language),
        }
        for number, option in enumerate(order, 1)
    ]
    return {"options": found, "order": [option.key for option in order]}


def parse(raw: Mapping[str, Any], locale: Locale) -> OptionAnswer:
    """Fields `chosen` and `order` (keys with commas between)."""
    chosen, order = forms.text(raw, "chosen"), forms.text(raw, "order")
    if not chosen:
        raise AnswerError(wording.say(CHOOSE, locale), field="chosen")
    return OptionAnswer(chosen=chosen, order=tuple(order.split(",")) if order else None)


def check(answer: OptionAnswer, case: Case[Any, OptionsPayload], *, same: bool) -> None:
    """One of the options (or the same, where that may be said), and an order of just these."""
    keys = case.payload.keys
    possible = [*keys, SAME] if same else keys
    if answer.chosen not in possible:
        known = ", ".join(possible)
        raise AnswerError(wording.say(UNKNOWN, case.locale, key=answer.chosen[:60], known=known), field="chosen")
    if answer.order is not None and sorted(answer.order) != sorted(keys):
        raise AnswerError(wording.say(OTHER_ORDER, case.locale), field="order")


class OptionScoring:
    """The same one or another; the order in which they stood does not count."""

    agreement: Any = "alpha"

    def gold_score(self, case: Case[Any, OptionsPayload], answer: OptionAnswer, accepted: Sequence[OptionAnswer]) -> float:
        """1 when it is accepted."""
        return float(answer.chosen in {one.chosen for one in accepted})

    def distance(self, case: Case[Any, OptionsPayload], left: OptionAnswer, right: OptionAnswer) -> float:
        """0 when equal, else 1."""
        return float(left.chosen != right.chosen)
