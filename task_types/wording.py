"""Words that types share: questions, labels, and sentences for both languages. Worker texts aim at level A2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from task_types.protocol import Json, Locale, NotByVoice, Question
from task_types.settings import Label, StepSettings, in_locale

Words = Mapping[str, str]  # nl and en

NOTHING_HERE: Words = {"nl": "Er is hier niets", "en": "There is nothing here"}


def say(words: Words, locale: Locale, **values: object) -> str:
    """One sentence in this locale."""
    return words[locale].format(**values)


def ask(settings: StepSettings, locale: Locale, title: Words, steps: Sequence[Words] = (), **values: object) -> Question:
    """The client's own question and instructions where there are any, else the type's; one instruction per line."""
    own = in_locale(settings.instructions, locale).splitlines()
    lines = [line.strip() for line in own if line.strip()] or [say(step, locale, **values) for step in steps]
    return Question(title=in_locale(settings.question, locale) or say(title, locale, **values), steps=tuple(lines))


def not_yet_by_voice(locale: Locale) -> NotByVoice:
    """For types whose dialogue is still to be built."""
    return NotByVoice(say({"nl": "Dit werk kan nog niet met de stem.", "en": "This work cannot be done by voice yet."}, locale))


def shown_label(label: Label, locale: Locale) -> dict[str, Json]:
    """A label as widgets get it."""
    group = in_locale(label.group, locale) or None
    return {"value": label.value, "text": label.words(locale), "symbol": label.symbol, "group": group}
