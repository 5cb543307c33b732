"""Label Studio JSON: one task per piece of a source, the consensus as its annotation, and the config beside it.

Answers of several steps about the same piece stand in one annotation, as the client's config had them.

Source: labelstud.io/guide/export#Label-Studio-JSON-format-of-annotated-tasks
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from accessibility.sentences import sentence
from task_types import reading, reasons, registry, studio
from task_types.errors import UnreadableExport
from task_types.exports.json_lines import ENCODER, outcome
from task_types.protocol import ControlMapping, Distribution, Item, Json, Read
from task_types.settings import StepSettings

S = TypeVar("S", bound=StepSettings)
P = TypeVar("P", bound=BaseModel)
A = TypeVar("A", bound=BaseModel)
AnyItem = Item[Any, Any, Any]


class LabelStudioJson(Generic[S, P, A]):
    """Reads back what it wrote: `meta` keeps the settings and payload that pixels and names are counted by."""

    suffix = ".json"

    def __init__(self, mapping: ControlMapping[S, P, A]) -> None:
        self._mapping = mapping

    def write(self, items: Iterable[AnyItem], out: Path) -> Iterator[Path]:
        """Tasks as a JSON list, one per line; then `<name>.config.xml`."""
        configs: dict[str, str] = {}
        with out.open("w", encoding="utf-8", newline="\n") as file:
            file.write("[")
            for number, task in enumerate(_tasks(items, configs), 1):
                file.write((",\n" if number > 1 else "\n") + ENCODER.encode({"id": number, **task}))
            file.write("\n]\n")
        yield out
        config = out.with_suffix(".config.xml")
        config.write_text(together(list(configs.values())), "utf-8")
        yield config

    def read(self, path: Path) -> Iterator[Read[A]]:
        """The consensus of each task."""
        try:
            tasks = json.loads(path.read_text("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            raise UnreadableExport(
                sentence("{file} is not JSON ({what}).", file=path.name, what=reasons.of_json(error))
            ) from None
        if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
            raise UnreadableExport(sentence("{file} is not a list of Label Studio tasks.", file=path.name))
        for task in tasks:
            yield from self._of_task(task, path.name)

    def _of_task(self, task: Mapping[str, Json], name: str) -> Iterator[Read[A]]:
        meta = task.get("meta") or {}
        for asked in meta.get("asked", ()):
            task_type = registry.get(asked["type"])
            if task_type.label_studio is not self._mapping or not task.get("annotations"):
                continue
            case = studio.stored_case(task_type, asked)
            try:
                answer = self._mapping.from_result(case, task["annotations"][0]["result"])
            except (KeyError, TypeError, ValueError) as error:
                raise UnreadableExport(
                    sentence(
                        "{name}: task {task} cannot be read: {what}",
                        name=name,
                        task=task.get("id"),
                        what=reasons.of_answer(error),
                    )
                ) from None
            yield Read(meta["source"], answer, meta.get("key"))


def _tasks(items: Iterable[AnyItem], configs: dict[str, str]) -> Iterator[dict[str, Json]]:
    for _, of_source in groupby(items, key=lambda item: item.source.key):
        pieces: dict[str, list[AnyItem]] = {}
        for item in of_source:
            if registry.get(item.task_type).label_studio is not None:
                pieces.setdefault(item.key, []).append(item)
        for group in pieces.values():
            for item in group:
                _remember(item, configs)
            yield _task(group)


def _remember(item: AnyItem, configs: dict[str, str]) -> None:
    mapping = registry.get(item.task_type).label_studio
    if mapping is not None and item.step not in configs:
        configs[item.step] = mapping.config(item.case.settings, item.case.payload)


def _task(group: Sequence[AnyItem]) -> dict[str, Json]:
    first = group[0]
    data: dict[str, Json] = {}
    for item in group:
        data |= _mapping(item).task_data(item.case, _address(item))
    meta: dict[str, Json] = {"source": first.source.key, "external_ref": first.source.external_ref, "key": first.key}
    meta["asked"] = [_asked(item) for item in group]
    return {"data": data, "meta": meta, "annotations": [*_consensus(group), *_everyone(group)]}


def _asked(item: AnyItem) -> dict[str, Json]:
    asked: dict[str, Json] = {
        "step": item.step,
        "type": item.task_type,
        "microtask": item.microtask,
        "answers": item.count,
        "settings": reading.dumped(item.case.settings),
        "payload": reading.dumped(item.case.payload),
    }
    return asked | (outcome(item.outcome) if isinstance(item.outcome, Distribution) else {})


def _consensus(group: Sequence[AnyItem]) -> list[dict[str, Json]]:
    done = [item for item in group if item.settled is not None]
    result = [region for item in done for region in _mapping(item).to_result(item.case, item.settled)]
    if not done:
        return []
    scores = [score for item in done if (score := getattr(item.outcome, "confidence", None)) is not None]
    gold = any(item.gold for item in done)
    return [{"result": result, "ground_truth": gold, "was_cancelled": False, "score": min(scores, default=None)}]


def _everyone(group: Sequence[AnyItem]) -> Iterator[dict[str, Json]]:
    """Each worker's own answers, under a number that links nothing outside this file."""
    for worker in sorted({one.worker for item in group for one in item.answers}):
        own = [(item, one.answer) for item in group for one in item.answers if one.worker == worker]
        result = [region for item, answer in own if answer is not None for region in _mapping(item).to_result(item.case, answer)]
        known = any(answer is not None for _, answer in own)
        yield {"result": result, "ground_truth": False, "was_cancelled": not known, "completed_by": worker}


def _mapping(item: AnyItem) -> ControlMapping[Any, Any, Any]:
    mapping = registry.get(item.task_type).label_studio
    if mapping is None:
        raise UnreadableExport(sentence("{task_type} has no Label Studio control.", task_type=item.task_type))
    return mapping


def _address(item: AnyItem) -> str:
    named = next((part.file_name for part in item.source.parts if part.file_name), None)
    return named or item.source.key


def together(configs: Sequence[str]) -> str:
    """One config out of several with one control each; an object that is shown twice stands there once."""
    from xml.etree import ElementTree as ET

    view = ET.Element("View")
    seen: set[tuple[str, str | None]] = set()
    for config in configs:
        for element in studio.parse(config):
            mark = (element.tag, element.get("name"))
            if element.get("name") is None or mark not in seen:
                view.append(element)
                seen.add(mark)
    ET.indent(view)
    return ET.tostring(view, encoding="unicode") + "\n"
