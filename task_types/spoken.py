"""What types that can be asked by voice share: a subject for the ear, answers to choose from, and reasons why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from task_types import subjects, wording
from task_types.protocol import Dialogue, Json, Locale, NotByVoice
from task_types.subjects import Subject

SEE: Mapping[str, wording.Words] = {
    "image": {"nl": "Voor dit werk moet je de foto zien.", "en": "For this work you need to see the picture."},
    "video": {"nl": "Voor dit werk moet je de video zien.", "en": "For this work you need to see the video."},
}


def not_for_ears(subject: Subject, locale: Locale) -> NotByVoice | None:
    """Pictures and video need eyes; sound and texts do not."""
    words = SEE.get(subject.kind)
    return None if words is None else NotByVoice(wording.say(words, locale))


def choose(
    subject: Subject,
    options: Sequence[Mapping[str, Json]],
    language: str,
    locale: Locale,
    *,
    field: str,
    several: bool = False,
    nothing: bool = False,
) -> Dialogue | NotByVoice:
    """
    Choosing from answers (`value`, `text`) about one subject.

    Args:
        field: the form field of the answer.
        several: more than one may be chosen; `nothing`: none may be.
    """
    refusal = not_for_ears(subject, locale)
    if refusal is not None:
        return refusal
    told = [{"value": str(option["value"]), "text": option["text"]} for option in options]
    more = {"several": several, "nothing": nothing} if several else {}
    return Dialogue("choose", {"subject": subjects.shown(subject, language), "field": field, "options": told, **more})


def fill(subject: Subject | None, fields: Sequence[Mapping[str, Json]], language: str, locale: Locale) -> Dialogue | NotByVoice:
    """A few questions, about one subject or about nothing."""
    refusal = not_for_ears(subject, locale) if subject else None
    if refusal is not None:
        return refusal
    about = {"subject": subjects.shown(subject, language)} if subject else {}
    return Dialogue("fill", {**about, "fields": list(fields)})
