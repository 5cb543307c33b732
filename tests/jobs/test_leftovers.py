"""What background work left behind goes; what somebody still needs stays."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import Clock
from workbench import jobs, jobs_leftovers
from workbench.context import Context
from workbench.domain import DAY_MS
from workbench.store import jobs as store


def left(folder: Path, at_ms: int) -> Path:
    """A folder with a file in it, last touched at this moment."""
    folder.mkdir(parents=True)
    (folder / "file").write_text("x")
    os.utime(folder, (at_ms / 1000, at_ms / 1000))
    return folder


def ended(ctx: Context, status: str) -> str:
    """An export that ended like this, now."""
    public_id = jobs.enqueue(ctx, "export", {"project": "x", "format": "jsonl"}, None, None)
    ctx.db.write(lambda connection: store.begin(connection, public_id, now=ctx.now()))
    ctx.db.write(lambda connection: store.finish(connection, public_id, status, now=ctx.now(), message=None))
    return public_id


@pytest.mark.parametrize(
    ("days", "expected"), [(1, {"a", "b", "named", "done", "failed", "gone"}), (3, {"named", "done"}), (40, {"named"})]
)
def test_leftovers_go_after_their_time(ctx: Context, clock: Clock, days: int, expected: set[str]) -> None:
    """Two days for what no unfinished job names, a month for a download."""
    incoming, exports, now = ctx.settings.data / "incoming", ctx.settings.data / "exports", ctx.now()
    folders = {name: left(incoming / f"upload-{name}", now) for name in ("a", "b", "named")}
    paths = [str(folders["named"] / "files")]
    jobs.enqueue(ctx, "ingest", {"project": "x", "paths": paths, "gold": None}, None, None)
    folders |= {status: left(exports / ended(ctx, status), now) for status in ("done", "failed")}
    folders["gone"] = left(exports / "no-such-job", now)

    jobs_leftovers.sweep(ctx, now=clock.forward(minutes=days * DAY_MS / 60_000))

    assert {name for name, folder in folders.items() if folder.exists()} == expected
