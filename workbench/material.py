"""Deleting a client's material for good, with proof: originals, everything made from them, this machine's copies.

Labels stay. Backups that were made before hold the files until they are made anew: the proof says so.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from contextlib import suppress

from sqlalchemy.engine import Connection

from workbench import pdf, quality_report
from workbench.context import Context
from workbench.domain import Json, Person, Project
from workbench.errors import Conflict, Invalid, NotFound
from workbench.store import audit, jobs
from workbench.store import material as store

PATIENCE_SECONDS = 10  # settling takes one or two
LOOK_SECONDS = 0.2


def delete(
    ctx: Context, project: Project, *, by: Person | None, reason: str, patience_seconds: float = PATIENCE_SECONDS
) -> list[Mapping[str, Json]]:
    """
    Delete a project's material; returns the proof, one line per file. Begun again after a crash, it goes on.

    Raises:
        Invalid: no reason.
        Conflict: something is being read into this project just now, or answers still wait to be settled; then the project
            is closed, and nothing is deleted yet.
    """
    if not reason.strip():
        raise Invalid("Please say why, for example: the contract ended.", field="reason")
    if any(not job.finished for job in ctx.db.read(lambda connection: jobs.newest(connection, project_id=project.id))):
        raise Conflict("Something is being read or written in this project now. Wait until it is done, then try again.")
    ctx.db.write(lambda connection: store.stop(connection, project.id, now=ctx.now()))
    _await_settling(ctx, project, patience_seconds)
    held = ctx.db.read(lambda connection: store.held_by(connection, project.id))
    # Files first: what a deletion that was broken off left behind is found again by the rows that still name it.
    proof = [_gone(ctx, each) for each in held]

    def write(connection: Connection) -> None:
        now = ctx.now()
        store.forget(connection, project.id, now=now)
        by_id = by.id if by else None
        store.record(connection, project.id, by=by_id, reason=reason.strip()[:400], proof=proof, now=now)
        detail = {"files": len(proof), "reason": reason.strip()[:400]}
        audit.record(
            connection, now=now, person_id=by_id, action="project.delete_material", subject=project.public_id, detail=detail
        )

    ctx.db.write(write)
    with suppress(Conflict):  # an answer that was on its way: the files are gone, and the texts must not stay
        _await_settling(ctx, project, patience_seconds)
    _empty_texts(ctx, project)
    pdf.forget(quality_report.pdfs_of(ctx, project))
    for public_id in ctx.db.read(lambda connection: jobs.of_project(connection, project.id)):
        shutil.rmtree(ctx.settings.data / "exports" / public_id, ignore_errors=True)  # downloads hold texts too
    return proof


def _await_settling(ctx: Context, project: Project, patience_seconds: float) -> None:
    """What was marked in a text fits that text alone: without it the answers would settle as nothing."""
    until = time.monotonic() + patience_seconds
    while ctx.db.read(lambda connection: store.is_settling(connection, project.id)):
        if time.monotonic() >= until:
            raise Conflict("Answers are still being settled. Try again in a minute.")
        time.sleep(LOOK_SECONDS)


def _empty_texts(ctx: Context, project: Project) -> None:
    """Texts that were asked about stand in the questions themselves."""
    for table in store.WITH_TEXTS:
        after = 0
        while rows := ctx.db.read(lambda connection, table=table, after=after: store.texts(connection, table, project.id, after)):  # type: ignore[misc]
            emptied = [(number, store.emptied(value)) for number, value in rows]
            ctx.db.write(lambda connection, table=table, emptied=emptied: store.put_texts(connection, table, emptied))  # type: ignore[misc]
            after = rows[-1][0]


def _gone(ctx: Context, held: store.Held) -> Mapping[str, Json]:
    try:
        done = ctx.files.delete(held.sha256, now=ctx.now())
    except NotFound:
        # Gone already, by a deletion that was broken off: that it cannot be read is what counts.
        return {"sha256": held.sha256, "size": 0, "what": held.what, "location": "", "deleted_ms": ctx.now()}
    return {"sha256": done.sha256, "size": done.size, "what": held.what, "location": done.location, "deleted_ms": done.deleted_ms}
