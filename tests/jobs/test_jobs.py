"""Asking for work, looking at it, stopping it: without the process that does it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from workbench import job_kinds, jobs, projects
from workbench.context import Context
from workbench.errors import Conflict, Invalid, NotFound


def test_a_job_waits_until_somebody_does_it(each_db_ctx: Context) -> None:
    """Asked for, seen, done in this process; once it has ended it stays ended."""
    ctx = each_db_ctx
    project = projects.create(ctx, "zinnen", "rating", {})
    public_id = jobs.enqueue(ctx, "export", {"project": project.public_id, "format": "jsonl"}, None, project.id)
    assert (jobs.get(ctx, public_id).status, jobs.get(ctx, public_id).finished) == ("waiting", False)

    assert job_kinds.run(ctx, public_id) == "done"
    assert job_kinds.run(ctx, public_id) == "done"

    assert jobs.get(ctx, public_id).result is not None
    with pytest.raises(Conflict, match="finished already"):
        jobs.cancel(ctx, public_id)


def test_everything_that_can_be_done_can_be_asked_for() -> None:
    """By a page, or by what made it necessary."""
    assert {*jobs.KINDS, *jobs.AGAIN} == set(job_kinds.WORK)


def test_a_job_that_nobody_began_stops_at_once(each_db_ctx: Context) -> None:
    """And is not begun afterwards; asking twice is the same."""
    ctx = each_db_ctx
    public_id = jobs.enqueue(ctx, "export", {"project": "x", "format": "jsonl"}, None, None)
    assert jobs.cancel(ctx, public_id).status == "cancelled"
    assert jobs.cancel(ctx, public_id).status == "cancelled"
    assert job_kinds.run(ctx, public_id) == "cancelled"


def test_what_goes_wrong_is_told_in_words(ctx: Context) -> None:
    """A mistake of the person has its own sentence; a mistake of ours is in the log, and says so."""
    unknown = jobs.enqueue(ctx, "export", {"project": "nergens", "format": "jsonl"}, None, None)
    assert job_kinds.run(ctx, unknown) == "failed"
    assert str(jobs.get(ctx, unknown).message).startswith('There is no project "nergens"')

    project = projects.create(ctx, "zinnen", "rating", {})
    strange = jobs.enqueue(ctx, "ingest", {"project": project.public_id, "uploads": [{"naam": "?"}]}, None, None)
    assert job_kinds.run(ctx, strange) == "failed"
    assert "wrong on our side" in str(jobs.get(ctx, strange).message)


def test_only_known_work_is_taken(ctx: Context) -> None:
    """And a job that is not there is not found."""
    with pytest.raises(Invalid, match="Known: ingest, export"):
        jobs.enqueue(ctx, "dance", {}, None, None)
    with pytest.raises(NotFound):
        jobs.get(ctx, "f00")


def test_asking_for_work_does_not_load_what_does_it() -> None:
    """The web process stays light: neither DBOS nor anything that decodes."""
    code = "import sys, workbench.jobs, workbench.ingest; print(sorted({'dbos', 'av', 'cv2', 'scipy', 'PIL'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
