"""What a client may know about an export: counts, agreement, gold accuracy, settings, checksums. No names, no times."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import Connection

from quality.clustered import effective_answers
from task_types import reading, registry
from task_types.opinions import wilson
from task_types.protocol import AnyTaskType, Case, kind
from workbench import __version__
from workbench.domain import Json, Project, Step
from workbench.store import exporting
from workbench.store import projects as project_store

if TYPE_CHECKING:
    from quality.agreement import Agreement

AGREEMENT_SAMPLE = 2000  # microtasks: the interval is narrow by then, and a large project must not wait for it


@dataclass(frozen=True)
class Manifest:
    """The manifest as JSON objects, in the order in which it is written."""

    workbench: str
    project: str
    format: str
    files: Sequence[dict[str, Json]]
    counts: dict[str, int]
    steps: Sequence[dict[str, Json]]

    def as_json(self) -> str:
        """The file's text."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n"


def describe(
    connection: Connection,
    project: Project,
    format_name: str,
    steps: Sequence[tuple[Step, Any]],
    files: Sequence[Path],
    root: Path,
) -> Manifest:
    """
    The manifest of files just written.

    Args:
        connection: sees the moment at which the files were read.
        steps: each with its settings read.
        files: all of them, under `root`.
    """
    return Manifest(
        workbench=__version__,
        project=project.name,
        format=format_name,
        files=[_file(path, root) for path in files],
        counts=_counts(connection, [step.id for step, _ in steps]),
        steps=[_step(connection, step, settings) for step, settings in steps],
    )


def _file(path: Path, root: Path) -> dict[str, Json]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"file": path.relative_to(root).as_posix(), "bytes": path.stat().st_size, "sha256": digest}


def _counts(connection: Connection, step_ids: Sequence[int]) -> dict[str, int]:
    status = exporting.by_status(connection, step_ids)
    answers, dont_know = exporting.answer_counts(connection, step_ids)
    return {
        "microtasks": sum(status.values()),
        "settled": status.get("settled", 0),
        "gold": status.get("gold", 0) + status.get("learning", 0),
        "open": status.get("open", 0),
        "withdrawn": status.get("withdrawn", 0),
        "annotations": answers,
        "dont_know": dont_know,
    }


def _step(connection: Connection, step: Step, settings: Any) -> dict[str, Json]:
    task_type = registry.get(step.task_type)
    by_version = exporting.answers_by_version(connection, step.id)
    versions = project_store.versions_of(connection, step.id)
    return {
        "step": step.name,
        "type": task_type.name,
        "type_version": task_type.version,
        "settings": reading.dumped(settings),
        "instruction_versions": [{"version": one.number, "answers": by_version.get(one.number, 0)} for one in versions],
        "methods": exporting.methods(connection, step.id),
        "agreement": agreement(connection, step, task_type, settings),
        "gold_accuracy": gold_accuracy(connection, step),
    }


def gold_accuracy(connection: Connection, step: Step) -> dict[str, Json] | None:
    """
    Mean score of answers to check questions, with a 95% interval: Wilson's, on as many answers as these are worth.

    The same people answer many of them, and many people the same one: such answers say less than independent ones.
    """
    count, total = exporting.gold_scores(connection, step.id)
    if not count:
        return None
    people, questions = (exporting.gold_groups(connection, step.id, by) for by in ("person_id", "gold_id"))
    worth = effective_answers(count, total, people, questions)
    low, high = wilson(total / count * worth, worth)
    return {
        "answers": count,
        "people": people.many,
        "questions": questions.many,
        "mean": round(total / count, 4),
        "low": round(low, 4),
        "high": round(high, 4),
    }


def agreement(connection: Connection, step: Step, task_type: AnyTaskType, settings: Any) -> dict[str, Json] | None:
    """How far workers agree: None where nothing is right or wrong, or nothing can be said (see `agreed`)."""
    if task_type.scoring is None or settings.opinion:
        return None
    return agreement_of(task_type, agreed(connection, step, task_type, settings))


def agreement_of(task_type: AnyTaskType, found: Agreement) -> dict[str, Json] | None:
    """The figures of an agreement; None where it has none."""
    if task_type.scoring is None or found.alpha is None or found.low is None or found.high is None:
        return None
    interval = {"low": round(found.low, 4), "high": round(found.high, 4)}
    return {"measure": task_type.scoring.agreement, "value": round(found.alpha, 4), **interval, "microtasks": found.microtasks}


def agreed(connection: Connection, step: Step, task_type: AnyTaskType, settings: Any) -> Agreement:
    """How far workers agree, over microtasks with two answers or more; the reason where nothing can be said."""
    cases: dict[int, Any] = {}
    groups: list[list[tuple[int, Any]]] = []
    for payload, version, given in exporting.answered_twice(connection, step.id, AGREEMENT_SAMPLE):
        known = [reading.answer(task_type, one.answer, one.task_type_version) for one in given if one.answer is not None]
        if len(known) >= 2:
            cases[len(groups)] = Case(settings, reading.payload(task_type, payload, version), "en")
            groups.append([(len(groups), answer) for answer in known])
    return measure(task_type, cases, groups)


def measure(task_type: AnyTaskType, cases: dict[int, Any], groups: Sequence[Sequence[tuple[int, Any]]]) -> Agreement:
    """The type's own measure over (case number, answer) groups; a fixed seed: the same work gives the same interval."""
    import numpy as np

    from quality.agreement import alpha_by_distance, pairwise_f1

    scoring: Any = task_type.scoring
    rng = np.random.default_rng(0)

    def apart(left: tuple[int, Any], right: tuple[int, Any]) -> float:
        return float(scoring.distance(cases[left[0]], left[1], right[1]))

    kinds = [kind(cases[group[0][0]].payload) for group in groups]
    if scoring.agreement == "alpha":
        return alpha_by_distance(groups, apart, rng=rng, kinds=kinds)
    if scoring.agreement == "alpha interval":
        return alpha_by_distance(groups, lambda left, right: apart(left, right) ** 2, rng=rng, kinds=kinds)
    return pairwise_f1(groups, lambda left, right: 1.0 - apart(left, right), rng=rng)
