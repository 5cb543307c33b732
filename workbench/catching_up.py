"""A new question about what an earlier one has settled on before it was there: a few at once, many in the background."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from workbench import later
from workbench.context import Context
from workbench.domain import Project, Step
from workbench.errors import NotFound
from workbench.store import jobs
from workbench.store import projects as store

AT_ONCE = 500  # pieces that a new question is asked about in the transaction that makes it
BATCH = 200  # and in each later one: others want to write too


def begin(connection: Connection, project: Project, step: Step, after: int, by: int | None, now: int) -> str | None:
    """
    Ask this new step about what step `after` has settled on; where that is much, the public id of the job that will.

    Called in the transaction that makes the step: what settles later asks for it by itself.
    """
    if store.settled_count(connection, after) <= AT_ONCE:
        _some(connection, step, after, last=0, most=AT_ONCE + 1, now=now)
        return None
    arguments = {"project": project.public_id, "step": step.public_id}
    return jobs.add(connection, kind="ask", arguments=arguments, person_id=by, project_id=project.id, now=now)


def go_on(ctx: Context, project: Project, public_id: str, progress: Callable[[int, int | None], None]) -> int:
    """
    The same for all of it, batch by batch; returns how many were asked. Begun again, it goes on where it was: what was
    asked before is passed over.

    Raises:
        NotFound: there is no such step. What `progress` raises.
    """
    found = [each for each in ctx.db.read(lambda c: store.steps_of(c, project.id)) if each.public_id == public_id]
    after = ctx.db.read(lambda c: store.depends_of(c, project.id)).get(found[0].id, {}).get("step") if found else None
    if after is None:
        raise NotFound("There is no such step in this project.")
    total, done, added, last = ctx.db.read(lambda c: store.settled_count(c, after)), 0, 0, 0
    while True:
        progress(done, max(total, done))
        count, more, last = _batch(ctx, found[0], after, last)
        done, added = done + count, added + more
        if count < BATCH:
            progress(done, done)
            return added


def _batch(ctx: Context, step: Step, after: int, last: int) -> tuple[int, int, int]:
    """One batch; once more where a piece settled at the same moment and was asked about by that."""
    while True:
        try:
            return ctx.db.write(lambda c: _some(c, step, after, last=last, most=BATCH, now=ctx.now()))
        except IntegrityError:
            continue


def _some(connection: Connection, step: Step, after: int, *, last: int, most: int, now: int) -> tuple[int, int, int]:
    """(how many were looked at, how many asked, the last one) of what follows microtask `last`."""
    when = store.depends_of(connection, step.project_id)[step.id]
    said, asking = store.settled_answers(connection, after, last, most), later.Later(connection, now)
    added = sum(asking.add(step, microtask_id) for microtask_id, answer in said if later.waits_for(when, answer))
    return len(said), added, said[-1][0] if said else last
