"""The pages in docs/task-types, made from the types themselves: `python -m task_types.documentation docs/task-types`.

A test fails when a page is not what this makes, so that the pages cannot drift.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from task_types import reading, registry
from task_types.protocol import AnyTaskType, Json, NotByVoice
from task_types.settings import StepSettings

WITHOUT_PICTURE = frozenset({"mturk_form", "mturk_html"})  # their pages are whatever a requester makes of them


def pages() -> dict[str, str]:
    """File name → text of every page."""
    types = [registry.get(name) for name in registry.names()]
    return {"README.md": _list(types), **{f"{each.name}.md": page(each) for each in types}}


def _list(types: list[AnyTaskType]) -> str:
    rows = [f"| [`{t.name}`]({t.name}.md) | {t.title['en']} | {', '.join(sorted(t.accepts))} | {_formats(t)} |" for t in types]
    shared = "\n".join(_setting(name, field) for name, field in StepSettings.model_fields.items())
    return (
        "# Task types\n\nEach kind of question has a module of its own in `task_types/`; these pages are made from them.\n\n"
        "| type | what people call it | about | export formats |\n|---|---|---|---|\n" + "\n".join(rows) + "\n\n"
        "## Settings that every type knows\n\nA settings file is YAML.\n\n"
        "| setting | default | meaning |\n|---|---|---|\n" + shared + "\n"
    )


def page(task_type: AnyTaskType) -> str:
    """Everything about one type: question, settings, payload, answer, quality, formats, examples."""
    return "\n".join(_lines(task_type)) + "\n"


def _lines(task_type: AnyTaskType) -> Iterator[str]:
    example = task_type.examples[0]
    yield f"# `{task_type.name}`: {task_type.title['en']}\n"
    yield f"In Dutch: {task_type.title['nl']}. Version {task_type.version}. Asks about: {', '.join(sorted(task_type.accepts))}."
    question = task_type.question(example.case)
    yield "\n".join(["\n> **" + question.title + "**", *(f"> {i}. {step}" for i, step in enumerate(question.steps, 1))]) + "\n"
    if task_type.name not in WITHOUT_PICTURE:
        yield f"![A question as a Dutch worker sees it](screenshots/{task_type.name}-nl.webp)\n"
    needs = sorted({need for one in task_type.examples for need in task_type.needs(one.case.settings, one.case.payload)})
    yield f"A worker uses, depending on what it is about: {', '.join(needs)}. {_voice(task_type)}\n"
    yield "## Settings\n\nBesides those of [every type](README.md#settings-that-every-type-knows).\n"
    yield from _own_settings(task_type)
    yield f"\n## Payload\n\n{_code(reading.dumped(example.case.payload))}\n"
    yield f"## Answer\n\n{_code(reading.dumped(example.accepted[0]))}\n"
    yield f"## Quality\n\n{_quality(task_type)}\n\n## Formats\n\n{_formats(task_type)}\n"
    yield f"{_studio(task_type)}\n\n## Examples\n"
    for one in task_type.examples:
        wrong = "" if one.wrong is None else f"\n\nWrong:\n\n{_code(reading.dumped(one.wrong))}"
        accepted = "\n\n".join(_code(reading.dumped(answer)) for answer in one.accepted)
        yield f"### {one.title}\n\nAccepted:\n\n{accepted}{wrong}\n"


def _own_settings(task_type: AnyTaskType) -> Iterator[str]:
    common = StepSettings.model_fields
    own = {
        name: field
        for name, field in task_type.settings_model.model_fields.items()
        if name not in common or field.default != common[name].default
    }
    if not own:
        yield "None of its own."
        return
    yield "| setting | default | meaning |\n|---|---|---|"
    for name, field in own.items():
        yield _setting(name, field)


def _setting(name: str, field: FieldInfo) -> str:
    return f"| `{name}` | {_default(field)} | {field.description or ''} |"


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    if isinstance(value, BaseModel):
        value = reading.dumped(value) or value.model_dump(mode="json", exclude_none=True)
    if isinstance(value, tuple):
        value = [one.model_dump(mode="json", exclude_unset=True) if isinstance(one, BaseModel) else one for one in value]
    return f"`{json.dumps(value, ensure_ascii=False)}`".replace("|", "\\|")


def _voice(task_type: AnyTaskType) -> str:
    found = [task_type.dialogue(example.case) for example in task_type.examples]
    reasons = dict.fromkeys(one.reason for one in found if isinstance(one, NotByVoice))
    if len(found) > sum(isinstance(one, NotByVoice) for one in found):
        return "It can be done by voice, where it is not about pictures or video." if reasons else "It can be done by voice."
    return " ".join(reasons)


def _quality(task_type: AnyTaskType) -> str:
    lines = []
    if task_type.scoring is None:
        lines.append("Nothing is right or wrong here: no gold, no agreement.")
    else:
        lines.append(f"Gold score: {_first_line(task_type.scoring.gold_score)} Agreement: {task_type.scoring.agreement}.")
    if task_type.aggregator is None:
        lines.append("Answers are collected, not merged.")
    else:
        lines.append(f"Consensus: {_first_line(type(task_type.aggregator))} (method `{task_type.aggregator.method}`).")
    return "\n".join(lines)


def _first_line(thing: object) -> str:
    return (thing.__doc__ or "").strip().splitlines()[0]


def _formats(task_type: AnyTaskType) -> str:
    return ", ".join(f"`{name}`" for name in sorted(task_type.exporters))


def _studio(task_type: AnyTaskType) -> str:
    mapping = task_type.label_studio
    if mapping is None:
        return "Label Studio has no control for it."
    example = task_type.examples[0]
    xml = mapping.config(example.case.settings, example.case.payload)
    return f"In Label Studio it is the control `{mapping.control}`:\n\n```xml\n{xml}\n```"


def _code(value: Json) -> str:
    return f"```json\n{json.dumps(value, ensure_ascii=False)}\n```"


def write(folder: Path) -> None:
    """Write all pages; pages of types that are gone go too."""
    folder.mkdir(parents=True, exist_ok=True)
    made = pages()
    for old in set(folder.glob("*.md")) - {folder / name for name in made}:
        old.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/task-types"))
