"""Which projects are batches, and which files they were made from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t

MOST = 200  # of a list


def newest(connection: Connection, task_types: Collection[str]) -> list[Any]:
    """Projects (public_id, name, status) that came in as a batch, the newest first."""
    query = (
        sa.select(t.project.c.public_id, t.project.c.name, t.project.c.status)
        .join(t.step, t.step.c.project_id == t.project.c.id)
        # What a batch came in with stands in the first version of its settings.
        .join(t.step_version, sa.and_(t.step_version.c.step_id == t.step.c.id, t.step_version.c.number == 1))
        .where(t.step.c.task_type.in_(task_types), t.step_version.c.settings["batch"]["created_ms"].as_integer() > 0)
        .order_by(t.project.c.id.desc())
        .limit(MOST)
    )
    return list(connection.execute(query))


def files_of(connection: Connection, project_id: int) -> Sequence[dict[str, str]]:
    """The tables that were read into this project: name and sha256, each once."""
    query = (
        sa.select(t.upload.c.name, t.upload.c.sha256)
        .join(t.dataset, t.dataset.c.id == t.upload.c.dataset_id)
        .where(t.dataset.c.project_id == project_id)
        .distinct()
    )
    return [{"name": row.name, "sha256": row.sha256} for row in connection.execute(query)]
