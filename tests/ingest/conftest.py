"""Material to ingest, made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image

from tests.media.conftest import s3_address  # noqa: F401 - a fixture
from workbench import ingest, projects
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Project
from workbench.store import projects as project_store

Write = Callable[[str, str], Path]
Run = Callable[..., ingest.Report]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a text file of this name into a folder `in`, and returns its path."""

    def one(name: str, text: str) -> Path:
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    return one


def picture(path: Path, *, width: int = 40, height: int = 30, colour: str = "navy") -> Path:
    """A plain picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (width, height), colour).save(path)
    return path


def project(ctx: Context, type_name: str = "rating", name: str = "proef", **settings: Any) -> Project:
    """An open project."""
    return projects.create(ctx, name, type_name, settings)


def counts(ctx: Context, of: Project) -> dict[str, int]:
    """What the project has."""
    return ctx.db.read(lambda connection: project_store.counts(connection, of.id))


def keys(ctx: Context) -> list[str]:
    """Keys of all sources, in the order in which they came in."""
    return list(ctx.db.read(lambda connection: connection.scalars(sa.select(t.source.c.key).order_by(t.source.c.id)).all()))


def parts_of(ctx: Context, key: str) -> list[dict[str, Any]]:
    """The parts of one source."""
    query = sa.select(t.source.c.parts).where(t.source.c.key == key)
    found: list[dict[str, Any]] = ctx.db.read(lambda connection: connection.scalar(query))
    return found


def said(report: ingest.Report) -> list[str]:
    """The sentences of a report."""
    return [problem.message for problem in report.problems]
