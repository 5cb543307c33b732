"""Datasets come in: files, folders, zips, tables → sources and microtasks. Bad input is told by file and line.

Every committed source is whole, with its microtasks, and is offered from then on; the dataset itself is `receiving`
until all of it is in. Running the same ingest again, also after a `kill -9`, adds what is missing and nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from workbench.context import Context
from workbench.domain import Project
from workbench.ingest.entries import Given
from workbench.ingest.receiving import Report, receive
from workbench.store.datasets import Problem

__all__ = ["Given", "Problem", "Report", "ingest", "receive"]


def ingest(
    ctx: Context,
    project: Project,
    paths: Sequence[Path],
    *,
    gold: Path | None = None,
    whole: bool = False,
    created_by: int | None = None,
    progress: Callable[[int, int | None], None] = lambda _done, _total: None,
) -> Report:
    """
    Files, folders, zips and tables of this machine into a project.

    Args:
        gold: a file with answers that are known (JSON lines, COCO, CSV, subtitles …).
        whole: add nothing at all when something is wrong; else what is good is kept.
        progress: called with (done, total) in rows and files; total None while it is not known.

    Raises:
        BadInput: a path is not there, or the gold file cannot be read.
        Invalid: the project has no steps, or gold for an opinion.
    """
    given = [Given(path.name, path) for path in paths]
    known = Given(gold.name, gold) if gold else None
    return receive(ctx, project, given, gold=known, whole=whole, created_by=created_by, progress=progress)
