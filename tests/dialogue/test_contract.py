"""Voice reaches the same answer as the form: every type with a dialogue, every one of its examples, in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from accessibility.dialogues.heard import Given, Key, Order
from task_types import registry
from task_types.protocol import Case, Dialogue, NotByVoice
from task_types.subjects import Subject
from tests.dialogue.builders import Talk, talk

SOUND = Subject(kind="audio", media="news", start_ms=1000, end_ms=9000)
TEXT = Subject(kind="text", text="Bakery Bart\nTotal 12.50")
FOR_EARS = {"form": TEXT, "description": SOUND, "choice": SOUND, "tags": SOUND}
BY_VOICE = {"choice", "comparison", "description", "form", "rating", "sound_events", "subtitle_quality", "survey"} | {
    "tags",
    "text_label",
    "transcription",
    "mturk_form",  # of the bridge, which is installed here
}

# What only makes sense with a page before one's eyes.
ON_SCREEN = re.compile(r"\b(lees|read|schrijf|write|typ|type|klik|click|button|teken|mark)\b|(druk op|press) \u201c", re.I)


def cases() -> Iterator[Any]:
    """(type, case, form fields): all examples; those of pictures also about something to hear."""
    for name in registry.names():
        task_type: Any = registry.get(name)
        for example in task_type.examples:
            for locale in ("nl", "en"):
                case = Case(example.case.settings, example.case.payload, locale, seed=7)
                yield pytest.param(task_type, case, example.form, id=f"{name}: {example.title} ({locale})")
                if name in FOR_EARS and FOR_EARS[name].kind != example.case.payload.kind:
                    heard = Case(case.settings, FOR_EARS[name], locale)
                    yield pytest.param(task_type, heard, example.form, id=f"{name}: {example.title}, to hear ({locale})")


@pytest.mark.parametrize(("task_type", "case", "form"), list(cases()))
def test_voice_reaches_the_same_answer_as_the_form(task_type: Any, case: Any, form: Mapping[str, Any]) -> None:
    """Spoken and pressed as a worker would; or a reason why it cannot be asked by voice."""
    found = task_type.dialogue(case)
    if isinstance(found, NotByVoice):
        assert found.reason.endswith(".")
        return
    question = task_type.question(case)
    if task_type.name != "mturk_form":  # whose instructions are a requester's
        assert [line for line in question.by_voice if ON_SCREEN.search(line)] == []
    data = json.loads(json.dumps(found.data))
    day = talk(Given("a1", question.title, (), found.name, data), locale=case.locale)
    answer(day, found, form, case)
    given = task_type.parse(case, day.order("submit").submitted)
    task_type.check(case, given)
    assert given == task_type.parse(case, {**form, **found.data.get("always", {})})


def answer(day: Talk, dialogue: Dialogue, form: Mapping[str, Any], case: Any) -> None:
    """Say what the form says."""
    {"speak": by_saying, "choose": by_choosing, "mark": by_marking, "fill": by_filling}[dialogue.name](
        day, dialogue.data, form, case
    )


def by_saying(day: Talk, data: Mapping[str, Any], form: Mapping[str, Any], case: Any) -> None:
    """Dictated, but for "nobody speaks"."""
    if form.get("no_speech"):
        day.order("no")
    else:
        day.say(form["text"].strip())


def by_choosing(day: Talk, data: Mapping[str, Any], form: Mapping[str, Any], case: Any) -> None:
    """By the words of each answer."""
    wanted = form.get(data["field"], [])
    for value in [wanted] if isinstance(wanted, str) else wanted:
        (text,) = [option["text"] for option in data["options"] if option["value"] == value]
        day.say(text, dictated=False)


def by_marking(day: Talk, data: Mapping[str, Any], form: Mapping[str, Any], case: Any) -> None:
    """What is marked by its word, then "now" and "end" by key."""
    rows = registry.get("sound_events").parse(case, form).segments
    for row in rows:
        (text,) = [option["text"] for option in data["options"] if option["value"] == row.label]
        day.say(text, dictated=False).hear(Key("m", row.start_ms), Key(".", row.end_ms))
    if not rows:
        day.order("no")


def by_filling(day: Talk, data: Mapping[str, Any], form: Mapping[str, Any], case: Any) -> None:
    """Choices and yes or no by voice, numbers and dates typed."""
    for field in data["fields"]:
        value = form.get(f"field-{field['name']}")
        if form.get(f"unreadable-{field['name']}"):
            day.order("dont_know")
        elif field["options"]:
            texts = {option["value"]: option["text"] for option in field["options"]}
            for one in [value] if isinstance(value, str) else value or []:
                day.say(texts[one], dictated=False)
            day.hear(*([Order("next")] if field["kind"] == "several" or not value else []))
        elif field["kind"] == "yes_no":
            day.order(value)
        elif value:
            day.type(value)
        else:
            day.order("next")


def test_which_types_can_be_asked_by_voice() -> None:
    """Pictures, faces, boxes and lines cannot, and say so in both languages; all that is for ears can."""
    found = {name for name in registry.names() if any(_by_voice(name, case) for case in _all_cases(name))}
    assert found == BY_VOICE
    for name in set(registry.names()) - BY_VOICE:
        task_type: Any = registry.get(name)
        case = task_type.examples[0].case
        reasons = {task_type.dialogue(Case(case.settings, case.payload, locale)).reason for locale in ("nl", "en")}
        assert len(reasons) == 2
        assert not any("yet" in reason for reason in reasons)


def _all_cases(name: str) -> list[Any]:
    found = [example.case for example in registry.get(name).examples]
    return [*found, *(Case(case.settings, FOR_EARS[name], case.locale) for case in found if name in FOR_EARS)]


def _by_voice(name: str, case: Any) -> bool:
    return isinstance(registry.get(name).dialogue(case), Dialogue)
