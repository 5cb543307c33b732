"""What background work left behind: folders of a process that was killed, downloads that nobody fetches any more."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from workbench.context import Context
from workbench.domain import DAY_MS
from workbench.store import jobs as store
from workbench.store.jobs import Job

KEEP_MS = 2 * DAY_MS  # somebody may still be writing there
KEEP_DOWNLOAD_MS = 30 * DAY_MS  # afterwards the page says: make it again


def sweep(ctx: Context, *, now: int) -> int:
    """
    Remove from `incoming` and `exports` what no unfinished job names; returns how many that were.

    Args:
        now: UTC ms.
    """
    unfinished = ctx.db.read(store.unfinished)
    incoming, exports = ctx.settings.data / "incoming", ctx.settings.data / "exports"
    named = {part for job in unfinished for part in _folders(job, incoming)}
    left = [each for each in _old(incoming, now) if each.name not in named]
    left += [each for each in _old(exports, now) if not _wanted(ctx, each.name, now)]
    for each in left:
        shutil.rmtree(each, ignore_errors=True) if each.is_dir() else each.unlink(missing_ok=True)
    return len(left)


def _old(folder: Path, now: int) -> list[Path]:
    found = folder.iterdir() if folder.is_dir() else iter(())
    return [each for each in found if now - each.lstat().st_mtime * 1000 > KEEP_MS]


def _folders(job: Job, incoming: Path) -> Iterator[str]:
    """The entries of `incoming` that a job reads from."""
    for asked in (*job.arguments.get("paths", ()), job.arguments.get("gold")):
        if isinstance(asked, str) and Path(asked).is_relative_to(incoming) and Path(asked) != incoming:
            yield Path(asked).relative_to(incoming).parts[0]


def _wanted(ctx: Context, public_id: str, now: int) -> bool:
    """Is this folder of a job that is not finished, or of a download that is not old?"""
    job = ctx.db.read(lambda connection: store.find(connection, public_id))
    if job is None or job.status in ("failed", "cancelled"):
        return False
    return not job.finished or now - job.updated_ms <= KEEP_DOWNLOAD_MS
