"""Jobs processes for real, and work for them."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from workbench import jobs
from workbench.context import Context
from workbench.domain import Project
from workbench.store.jobs import Job

PATIENCE_SECONDS = 150.0  # several jobs at once on two cores; a test as a whole has 600
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
