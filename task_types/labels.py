"""What types that choose from labels share: their settings, how they are shown, and the check."""

from __future__ import annotations

from pydantic import Field, field_validator

from task_types import wording
from task_types.protocol import AnswerError, Json, Locale
from task_types.settings import AnyLabel, Label, StepSettings

SEARCH_FROM = 12  # more labels than fit on a small screen: offer a search field
YES_NO = (Label(value="yes", text={"nl": "ja", "en": "yes"}), Label(value="no", text={"nl": "nee", "en": "no"}))

UNKNOWN: wording.Words = {
    "nl": "\u201c{label}\u201d staat niet in de lijst. Kies: {known}.",
    "en": "\u201c{label}\u201d is not in the list. Choose: {known}.",
}


class LabelSettings(StepSettings):
    """Settings of a step that chooses from labels about one subject."""

    labels: tuple[AnyLabel, ...] = Field(default=YES_NO, min_length=1, max_length=200)

    @field_validator("labels")
    @classmethod
    def _labels_differ(cls, labels: tuple[Label, ...]) -> tuple[Label, ...]:
        wording.check_labels(labels)
        return labels


def shown(settings: LabelSettings, locale: Locale) -> dict[str, Json]:
    """The part of a widget's data that lists the labels."""
    found = [wording.shown_label(label, locale) for label in settings.labels]
    return {"labels": found, "search": len(found) > SEARCH_FROM}


def check(value: str, settings: LabelSettings, locale: Locale, field: str) -> None:
    """The value is that of a label; the sentence names at most twelve of them."""
    if value not in {label.value for label in settings.labels}:
        known = ", ".join(label.words(locale) for label in settings.labels[:SEARCH_FROM])
        more = " …" if len(settings.labels) > SEARCH_FROM else ""
        raise AnswerError(wording.say(UNKNOWN, locale, label=value[:60], known=known + more), field=field)
