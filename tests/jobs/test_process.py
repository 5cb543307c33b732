"""The jobs process, for real: several of them, killed at any moment."""

from __future__ import annotations

import json
import signal
import time
import zipfile
from pathlib import Path

import sqlalchemy as sa

from tests.jobs.conftest import Start, asked, table, until
from workbench import jobs, projects
from workbench import tables as t
from workbench.context import Context
from workbench.store import projects as project_store


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


def test_work_is_done_told_and_stopped(each_db_ctx: Context, start: Start, tmp_path: Path) -> None:
    """One process: an ingest that is stopped half way, one that fails, one that works, an export and a report of it."""
    ctx = each_db_ctx
    project = projects.create(ctx, "zinnen en meer", "rating", {})
    start()

    stopped = asked(ctx, project, table(tmp_path, 60_000))
    until(ctx, stopped, lambda job: job.done > 0)
    jobs.cancel(ctx, stopped)
    job = until(ctx, stopped, lambda job: job.finished)
    assert (job.status, job.message) == ("cancelled", "Stopped on request. What was finished before that stays.")
    counts = ctx.db.read(lambda connection: project_store.counts(connection, project.id))
    assert 0 < counts["sources"] < 60_000
    assert counts["sources"] == counts["microtasks"]

    nowhere = jobs.enqueue(ctx, "ingest", {"project": project.public_id, "paths": [str(tmp_path / "weg")]}, None, None)
    assert str(until(ctx, nowhere, lambda job: job.finished).message).startswith("There is no file or folder")

    folder = ctx.settings.data / "incoming" / "upload-1"
    (folder / "files").mkdir(parents=True)
    table(folder / "files", 3).rename(folder / "files" / "nieuw.csv")
    (folder / "files" / "nieuw.csv").write_text("id,text\nnieuw-1,Een.\nnieuw-2,Twee.\nslecht\n")
    arguments = {"project": project.public_id, "paths": [str(folder / "files")], "clean": True}
    job = until(ctx, jobs.enqueue(ctx, "ingest", arguments, None, project.id), lambda job: job.finished)
    assert (job.status, job.result and job.result["sources_added"]) == ("done", 2)
    assert job.result["problems"][0]["message"].startswith("nieuw.csv line 4 has 1 field")
    waited_until = time.monotonic() + 20  # the folder goes right after the job says it is done
    while folder.exists() and time.monotonic() < waited_until:
        time.sleep(0.05)
    assert not folder.exists()

    export = jobs.enqueue(ctx, "export", {"project": project.public_id, "format": "jsonl"}, None, project.id)
    job = until(ctx, export, lambda job: job.finished)
    assert job.status == "done", job.message
    with zipfile.ZipFile(job.result["path"]) as packed:
        names = packed.namelist()
        lines = packed.read("zinnen-en-meer-jsonl.jsonl").decode().splitlines()
    assert names == ["zinnen-en-meer-jsonl.jsonl", "zinnen-en-meer-jsonl.jsonl.manifest.json"]
    assert len(lines) == counts["microtasks"] + 2
    assert json.loads(lines[-1])["source"] == "nieuw-2"

    report = jobs.enqueue(ctx, "report", {"project": project.public_id}, None, project.id)
    job = until(ctx, report, lambda job: job.finished)
    assert (job.status, job.result) == ("done", {"page": f"/projects/{project.public_id}/quality"}), job.message
    assert [each.kind for each in jobs.list(ctx, project_id=project.id)] == ["report", "export", "ingest", "ingest"]


def test_a_process_that_is_told_to_stop_leaves_its_work_to_the_next(ctx: Context, tmp_path: Path) -> None:
    """Stopping is quick, loses nothing, and needs nobody to start the work again."""
    project = projects.create(ctx, "zinnen", "rating", {})
    first = jobs.start_process(ctx.settings)
    public_id = asked(ctx, project, table(tmp_path, 30_000))
    until(ctx, public_id, lambda job: job.done > 0)
    first.terminate()
    assert first.wait(timeout=60) == 0
    assert jobs.get(ctx, public_id).status == "running"

    second = jobs.start_process(ctx.settings)
    try:
        job = until(ctx, public_id, lambda job: job.finished)
        assert (job.status, job.result and job.result["sources_added"]) == ("done", 30_000)
    finally:
        second.send_signal(signal.SIGKILL)
        second.wait()
