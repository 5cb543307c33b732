"""Settled work → files with a manifest, for the client.

Files are written under another name beside the target and moved there when they are complete: what stands at the
target is always whole. Microtasks stream from the database to the file, so memory does not grow with the project.
"""

from __future__ import annotations

import random
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.engine import Connection

from accessibility.sentences import sentence
from task_types import plug_ins, reading, registry
from task_types.errors import UnreadableExport
from task_types.protocol import (
    AnyTaskType,
    Case,
    Collected,
    Distribution,
    Exporter,
    Given,
    Item,
    Outcome,
    Part,
    Read,
    Settled,
    Source,
)
from workbench.context import Context
from workbench.domain import Project, Step
from workbench.errors import BadInput, Invalid
from workbench.manifest import Manifest, describe
from workbench.store import exporting, measures
from workbench.store import projects as project_store
from workbench.store.gold import GOLD_STATUSES

PAGE = 1000
GENERAL = frozenset({"jsonl", "csv", "label_studio"})  # one file for all steps, whatever their types
EVERY_ANSWER = GENERAL
PLUG_INS = "workbench.exports"
Progress = Callable[[int, int | None], None]
AnyItem = Item[Any, Any, Any]


class Whole(Protocol):
    """A format that a plug-in writes for a whole project (entry point `workbench.exports`), of the types that it names."""

    @property
    def types(self) -> frozenset[str]: ...
    @property
    def suffix(self) -> str: ...

    def write(
        self, ctx: Context, connection: Connection, project: Project, steps: Sequence[Step], out: Path, progress: Progress
    ) -> Iterator[Path]: ...


@lru_cache
def plugged_in() -> Mapping[str, Whole]:
    """Formats of plug-ins, by name."""
    return {point.name: point.load() for point in plug_ins.points(PLUG_INS)}


def formats_of_type(type_name: str) -> frozenset[str]:
    """The formats that this kind of work fills: its own, and those of plug-ins."""
    more = {name for name, whole in plugged_in().items() if type_name in whole.types}
    return frozenset(registry.get(type_name).exporters) | more


@dataclass(frozen=True)
class Asked:
    """A step with its type and the settings that hold now, read once."""

    step: Step
    task_type: AnyTaskType
    settings: Any


def formats(ctx: Context, project: Project) -> list[str]:
    """The formats that at least one step of this project fills."""
    return sorted({name for asked in _steps(ctx, project) for name in formats_of_type(asked.task_type.name)})


def export(
    ctx: Context,
    project: Project,
    format_name: str,
    out: Path,
    *,
    every_answer: bool = False,
    progress: Progress = lambda _done, _total: None,
    rng: random.Random | None = None,
) -> Manifest:
    """
    Write a project's work in one format, with `<out>.manifest.json` beside it.

    Args:
        out: the file, or the folder for a format with a file per source; files that stand there are replaced.
        every_answer: also each worker's own answers, under numbers that link nothing outside this export.
        progress: called with (microtasks written, all of them).
        rng: for those numbers; None: nobody can know them.

    Raises:
        Invalid: a format that this project does not fill, or one that cannot hold every answer.
        BadInput: the place to write to is not usable.
    """
    steps = [asked for asked in _steps(ctx, project) if format_name in formats_of_type(asked.task_type.name)]
    _check(ctx, project, format_name, steps, every_answer)
    rng = rng or random.Random(secrets.randbits(64))  # noqa: S311
    # One moment for the files and their manifest: an answer that comes in meanwhile is in neither.
    with _beside(out) as folder, exporting.one_moment(ctx.db) as now:
        numbers = _numbers(now, steps, rng) if every_answer else None
        if format_name in plugged_in():
            whole = plugged_in()[format_name]
            written = list(whole.write(ctx, now, project, [one.step for one in steps], folder / out.name, progress))
        else:
            written = list(_write(now, project, format_name, steps, folder / out.name, numbers, progress))
        manifest = describe(now, project, format_name, [(one.step, one.settings) for one in steps], written, folder)
        manifest_path = folder / f"{out.name}.manifest.json"
        manifest_path.write_text(manifest.as_json(), "utf-8")
        for path in [*written, manifest_path]:  # the manifest last: it says that the rest is there
            target = out.parent / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
    return manifest


def read_answers(type_name: str, format_name: str, path: Path) -> Iterator[Read[Any]]:
    """
    Answers in a file of this type and format: gold, or work done elsewhere.

    Raises:
        Invalid: the type does not know this format.
        BadInput: the file is not what it should be, with the line where there are lines.
    """
    task_type = registry.get(type_name)
    if format_name not in task_type.exporters:
        known = ", ".join(sorted(task_type.exporters))
        raise Invalid(
            sentence(
                '{type_name} does not know the format "{format_name}". Known: {known}.',
                type_name=type_name,
                format_name=format_name,
                known=known,
            ),
            field="format",
        )
    try:
        yield from task_type.exporters[format_name].read(path)
    except UnreadableExport as error:
        raise BadInput(error.message, file=path.name) from error
    except UnicodeDecodeError as error:
        raise BadInput(sentence("{file} is not UTF-8 text. Save it as UTF-8.", file=path.name), file=path.name) from error


def _steps(ctx: Context, project: Project) -> list[Asked]:
    steps = ctx.db.read(lambda connection: project_store.steps_of(connection, project.id))
    found = []
    for step in steps:
        task_type = registry.get(step.task_type)
        found.append(Asked(step, task_type, reading.settings(task_type, step.settings, step.task_type_version)))
    return found


def _check(ctx: Context, project: Project, format_name: str, steps: Sequence[Asked], every_answer: bool) -> None:
    if not steps:
        known = ", ".join(formats(ctx, project)) or "none yet"
        raise Invalid(
            sentence(
                '"{name}" cannot be written as "{format_name}". Known for this project: {known}.',
                name=project.name,
                format_name=format_name,
                known=known,
            ),
            field="format",
        )
    if every_answer and format_name not in EVERY_ANSWER:
        raise Invalid(
            sentence(
                "{format_name} holds one answer per source. Ask for every answer in {every_answer}.",
                format_name=format_name,
                every_answer=", ".join(sorted(EVERY_ANSWER)),
            ),
            field="every_answer",
        )


@contextmanager
def _beside(out: Path) -> Iterator[Path]:
    """A folder on the same disk as the target, so that moving there is one step; gone afterwards, whatever happens."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        folder = out.parent / f".{out.name}.{secrets.token_hex(6)}.part"
        folder.mkdir()
    except OSError as error:
        raise BadInput(
            sentence("Cannot write to {parent}: {reason}. Choose another place.", parent=out.parent, reason=error.strerror),
            file=str(out),
        ) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write(
    connection: Connection,
    project: Project,
    format_name: str,
    steps: Sequence[Asked],
    out: Path,
    numbers: Mapping[int, int] | None,
    progress: Progress,
) -> Iterator[Path]:
    """One file for all steps where the format is general; else one per task type, named after it when there are several."""
    types = {asked.task_type.name: asked.task_type.exporters[format_name] for asked in steps}
    if format_name in GENERAL or len(types) == 1:
        yield from next(iter(types.values())).write(items(connection, project, steps, numbers, progress), out)
        return
    for name, exporter in types.items():
        own = [asked for asked in steps if asked.task_type.name == name]
        yield from exporter.write(items(connection, project, own, numbers, progress), _named(out, name, exporter))


def _named(out: Path, name: str, exporter: Exporter[Any, Any, Any]) -> Path:
    return out.with_name(f"{out.stem}.{name}{out.suffix}") if exporter.suffix else out / name


def items(
    connection: Connection, project: Project, steps: Sequence[Asked], numbers: Mapping[int, int] | None, progress: Progress
) -> Iterator[AnyItem]:
    """Every microtask of these steps, source by source, as things stand at the connection's moment."""
    by_id = {asked.step.id: asked for asked in steps}
    known = measures.calibrations(connection, sorted(by_id))
    total = sum(exporting.by_status(connection, list(by_id)).values())
    first, last = exporting.source_range(connection, project.id)
    place, done = (first - 1, 0), 0
    while rows := exporting.page(connection, list(by_id), place, last, PAGE):
        given = exporting.given(connection, [row.id for row in rows]) if numbers is not None else {}
        for row in rows:
            answers = _numbered(given.get(row.id, ()), by_id[row.step_id], numbers or {})
            yield _item(_as_shown(row, known.get(row.step_id)), by_id[row.step_id], answers)
        place, done = (rows[-1].source_id, rows[-1].id), done + len(rows)
        progress(done, total)


def _as_shown(row: exporting.Row, known: measures.Known | None) -> exporting.Row:
    """With the confidence as it is shown: models promise too much, and gold says how much."""
    if row.confidence is None or known is None or not known.is_used:
        return row
    return replace(row, confidence=round(known.shown(row.confidence), 4))


def _item(row: exporting.Row, asked: Asked, answers: Sequence[Given[Any]]) -> AnyItem:
    task_type, step = asked.task_type, asked.step
    # An answer is stored in the shape of its own time; settings and payload are brought to the present one.
    case = Case(asked.settings, reading.payload(task_type, row.payload, row.task_type_version), "en")
    accepted = [reading.answer(task_type, one, row.task_type_version) for one in row.accepted or ()]
    gold = row.status in GOLD_STATUSES
    return Item(
        source=Source(row.source_key, [Part(**part) for part in row.parts], row.external_ref),
        microtask=row.public_id,
        key=row.key,
        step=step.name,
        task_type=task_type.name,
        case=case,
        outcome=Settled(accepted[0], None) if gold and accepted else _outcome(row, task_type),
        count=row.answers,
        gold=gold,
        accepted=accepted if gold else (),
        answers=answers,
    )


def _outcome(row: exporting.Row, task_type: AnyTaskType) -> Outcome[Any] | None:
    if row.kind == "settled":
        answer = None if row.answer is None else reading.answer(task_type, row.answer, row.task_type_version)
        return Settled(answer, row.confidence, row.detail or {})
    if row.kind == "distribution":
        intervals = {name: (low, high) for name, (low, high) in row.answer["intervals"].items()}
        return Distribution(row.answer["shares"], intervals, row.answer["answers"])
    if row.kind == "collected":
        return Collected([reading.answer(task_type, one, row.task_type_version) for one in row.answer["answers"]])
    return None


def _numbers(connection: Connection, steps: Sequence[Asked], rng: random.Random) -> dict[int, int]:
    """A number for each worker, in an order that tells nothing."""
    people = exporting.workers(connection, [asked.step.id for asked in steps])
    rng.shuffle(people)
    return {person: number for number, person in enumerate(people, 1)}


def _numbered(given: Sequence[exporting.GivenRow], asked: Asked, numbers: Mapping[int, int]) -> list[Given[Any]]:
    """Sorted by number: the order in which answers came says something about people."""
    found = [Given(numbers[one.person_id], _read(one, asked), one.together) for one in given if one.person_id in numbers]
    return sorted(found, key=lambda one: one.worker)


def _read(one: exporting.GivenRow, asked: Asked) -> Any:
    return None if one.answer is None else reading.answer(asked.task_type, one.answer, one.task_type_version)
