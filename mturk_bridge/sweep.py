"""What time does to HITs, looked at every few seconds while the server runs."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mturk_bridge import migrations, offering, qualification_tests
from mturk_bridge.operations.assignments import approve_in_time
from mturk_bridge.store import hits
from workbench.context import Context
from workbench.store import people, settling

_met: dict[str, list[int]] = {}  # who worked at each lab when it was last looked at


def sweep(ctx: Context) -> None:
    """
    HITs whose time is over are offered no more; answers that nobody looked at in time are approved; tests are taken in;
    whoever is new here is offered what is theirs.

    A lab without requesters has nothing to look at.
    """
    if not migrations.kept(ctx):
        return
    now = ctx.now()
    over = ctx.db.read(lambda connection: hits.expired(connection, now))
    if over:
        ctx.db.write(lambda connection: settling.close_places(connection, over, now))
    approve_in_time(ctx)
    qualification_tests.take_in(ctx)
    here = ctx.db.read(people.worker_ids)
    if _met.get(str(ctx.db.url)) != here:
        ctx.db.write(lambda connection: _offer_to_new_people(connection, now))
        _met[str(ctx.db.url)] = here


def _offer_to_new_people(connection: Connection, now: int) -> None:
    offering.sync_requester(connection, hits.types_of(connection, sa.true()), now)
