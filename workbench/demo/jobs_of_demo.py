"""The demo's projects: one for each kind of work that is there."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from task_types import registry
from workbench import ingest, projects
from workbench.context import Context
from workbench.demo.cast import CLIENT

PROJECTS = Path(__file__).with_name("projects.yaml")


@dataclass(frozen=True)
class Job:
    """A project of the demo. `files` go in as they are; `texts` as a table; `pairs` are rows of several files."""

    name: str
    type: str
    settings: Mapping[str, Any]
    files: Sequence[str] = ()
    texts: Sequence[str] = ()
    pairs: Sequence[Sequence[str]] = ()
    gold: Mapping[str, Any] = field(default_factory=dict)


def jobs() -> list[Job]:
    """All of them, in the order in which they are offered."""
    return [Job(**each) for each in yaml.safe_load(PROJECTS.read_text(encoding="utf-8"))]


def make(ctx: Context, media: Path, there: set[str], wanted: AbstractSet[str] | None = None) -> None:
    """Make each project whose kind of work and whose media are there. wanted: only these kinds."""
    kinds = set(registry.names()) & (wanted or set(registry.names()))
    for job in jobs():
        files = [name for name in job.files if name in there]
        if job.type in kinds and (files or job.texts or _complete(job.pairs, there)):
            _make(ctx, media, job, files, there)


def _complete(pairs: Iterable[Sequence[str]], there: set[str]) -> list[Sequence[str]]:
    return [pair for pair in pairs if there.issuperset(pair)]


def _make(ctx: Context, media: Path, job: Job, files: Sequence[str], there: set[str]) -> None:
    project = projects.create(ctx, job.name, job.type, job.settings, CLIENT)
    folder = media / project.public_id / "demo"  # the dataset is called after this folder
    folder.mkdir(parents=True)
    pairs = _complete(job.pairs, there)
    for name in {*files, *(name for pair in pairs for name in pair)}:
        found = next(media.glob(f"*/{name}"))
        (folder / name).write_bytes(found.read_bytes())
    if job.texts:
        _table(folder / "texts.csv", ["text"], [[text] for text in job.texts])
    if pairs:
        most = max(len(pair) for pair in pairs)
        rows = [[*pair, *[""] * (most - len(pair))] for pair in pairs]
        _table(folder / "pairs.csv", [f"file_{number}" for number in range(1, most + 1)], rows)
    gold = None
    if job.gold:
        gold = media / f"{project.public_id}.jsonl"
        gold.write_text("\n".join(json.dumps({"source": key, "answer": value}) for key, value in job.gold.items()))
    ingest.ingest(ctx, project, [folder], gold=gold, whole=True, created_by=None, progress=lambda _done, _total: None)


def _table(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
