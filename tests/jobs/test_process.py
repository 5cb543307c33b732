"""The jobs process, for real: several of them, killed at any moment."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from workbench import jobs, projects
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Project
from workbench.store import projects as project_store
from workbench.store.jobs import Job

PATIENCE_SECONDS = 60.0
Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def start(each_db_ctx: Context) -> Iterator[Start]:
    """Starts jobs processes of the lab, and ends them afterwards."""
    running: list[subprocess.Popen[bytes]] = []

    def one() -> subprocess.Popen[bytes]:
        running.append(jobs.start_process(each_db_ctx.settings))
        return running[-1]

    yield one
    for process in running:
        process.kill()
        process.wait()


def until(ctx: Context, public_id: str, holds: Callable[[Job], bool]) -> Job:
    """Look at a job until something holds of it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds(job := jobs.get(ctx, public_id)):
        assert time.monotonic() < deadline, f"nothing happened: {job}"
        time.sleep(0.02)
    return job


def table(folder: Path, rows: int) -> Path:
    """A table of sentences."""
    path = folder / "sentences.csv"
    path.write_text("id,text\n" + "".join(f"s{number},Zin nummer {number}.\n" for number in range(rows)))
    return path


def asked(ctx: Context, project: Project, path: Path) -> str:
    """An ingest in the background, of a file in the store."""
    with path.open("rb") as file:
        stored = ctx.files.put(file)
    arguments = {"project": project.public_id, "uploads": [{"name": path.name, "sha256": stored.sha256}]}
    return jobs.enqueue(ctx, "ingest", arguments, None, project.id)


def test_a_killed_ingest_is_taken_over_and_every_row_is_there_once(each_db_ctx: Context, start: Start, tmp_path: Path) -> None:
    """Two processes; the one at work gets kill -9 in the middle; the other goes on where it was."""
    ctx, rows = each_db_ctx, 40_000
    project = projects.create(ctx, "zinnen", "rating", {})
    first = start()
    public_id = asked(ctx, project, table(tmp_path, rows))
    until(ctx, public_id, lambda job: job.done > 0)
    second = start()
    first.kill()
    first.wait()
    assert jobs.get(ctx, public_id).status == "running"

    job = until(ctx, public_id, lambda job: job.finished)

    assert (job.status, job.result and job.result["sources_added"]) == ("done", rows)
    counts = ctx.db.read(lambda connection: project_store.counts(connection, project.id))
    assert (counts["sources"], counts["microtasks"]) == (rows, rows)
    statuses = ctx.db.read(lambda connection: connection.scalars(sa.select(t.dataset.c.status)).all())
    assert statuses == ["ready"]
    assert second.poll() is None
