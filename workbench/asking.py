"""Asking again what was answered: under an older instruction, or because a reviewer returned it."""

from __future__ import annotations

from functools import partial

from sqlalchemy.engine import Connection

from workbench.context import Context
from workbench.domain import Step
from workbench.store import asking as store

AT_ONCE = 200  # microtasks in one write: other people's answers get in between


def reask_under(ctx: Context, step: Step, version: int, *, person_id: int | None = None) -> int:
    """
    Ask again what was answered under a version of the instructions older than `version`, and nothing else.

    Answers under this version or a newer one go on counting; the older ones stay in the database. Gold is left alone.

    Returns:
        How many microtasks are asked again.
    """
    after, total = 0, 0
    while True:
        found = ctx.db.write(partial(_some, step=step, version=version, person_id=person_id, after=after, now=ctx.now()))
        if not found:
            return total
        after, total = max(found), total + len(found)


def _some(connection: Connection, *, step: Step, version: int, person_id: int | None, after: int, now: int) -> dict[int, int]:
    found = store.answered_under_older(connection, step.id, version, after=after, limit=AT_ONCE)
    overlap = int(step.settings.get("overlap", 1))
    store.ask_anew(connection, found, overlap=overlap, reason="instructions", person_id=person_id, now=now)
    return found


def count_under(ctx: Context, step: Step, version: int) -> int:
    """How many microtasks `reask_under` would ask again."""
    after, total = 0, 0
    while found := ctx.db.read(partial(store.answered_under_older, step_id=step.id, version=version, after=after, limit=5_000)):
        after, total = max(found), total + len(found)
    return total
