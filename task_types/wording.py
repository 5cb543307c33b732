"""Words that types share: questions, labels, and sentences for both languages. Worker texts aim at level A2."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from accessibility.sentences import sentence
from task_types.protocol import AnswerError, Json, Locale, Question
from task_types.settings import Label, StepSettings, in_locale

Words = Mapping[str, str]  # nl and en

UNREADABLE: Words = {
    "nl": "De tekst bevat een teken dat niet te lezen is. Typ de tekst opnieuw.",
    "en": "The text holds a character that cannot be read. Type the text again.",
}
NOTHING_HERE: Words = {"nl": "Er is hier niets", "en": "There is nothing here"}


def say(words: Words, locale: Locale, **values: object) -> str:
    """One sentence in this locale."""
    return words[locale].format(**values)


def ask(
    settings: StepSettings,
    locale: Locale,
    title: Words,
    steps: Sequence[Words] = (),
    heard: Sequence[Words] | None = None,
    **values: object,
) -> Question:
    """
    The client's own question and instructions where there are any, else the type's; one instruction per line.

    Args:
        heard: the type's instructions for who works by voice, where they differ.
    """
    lines = [line.strip() for line in in_locale(settings.instructions, locale).splitlines() if line.strip()]
    named = in_locale(settings.question, locale) or say(title, locale, **values)
    if lines:
        return Question(named, tuple(lines))
    spoken = None if heard is None else tuple(say(step, locale, **values) for step in heard)
    return Question(named, tuple(say(step, locale, **values) for step in steps), spoken)


def check_labels(labels: Sequence[Label]) -> None:
    """Two labels with one value could not be told apart.

    Raises:
        ValueError: for pydantic's validators.
    """
    values = [label.value for label in labels]
    twice = next((value for value in values if values.count(value) > 1), None)
    if twice is not None:
        raise ValueError(sentence('Label "{value}" stands in the list twice. Give every label a value of its own.', value=twice))


def check_readable(text: str, locale: Locale, field: str) -> None:
    """No control characters (but line ends and tabs), no half characters: databases and captions choke on them."""
    if any(unicodedata.category(mark) in ("Cc", "Cs") and mark not in "\n\t" for mark in text):
        raise AnswerError(say(UNREADABLE, locale), field=field)


def shown_label(label: Label, locale: Locale) -> dict[str, Json]:
    """A label as widgets get it."""
    group = in_locale(label.group, locale) or None
    return {"value": label.value, "text": label.words(locale), "symbol": label.symbol, "group": group}
