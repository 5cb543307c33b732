"""What time does to HITs, looked at every few seconds while the server runs."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from mturk_bridge import migrations
from mturk_bridge.store import hits
from workbench.context import Context
from workbench.store import settling


def sweep(ctx: Context) -> None:
    """HITs whose time is over are offered no more. A lab without requesters has nothing to look at."""
    if not migrations.is_used(ctx):
        return
    now = ctx.now()
    over = ctx.db.read(lambda connection: hits.expired(connection, now))
    if over:
        ctx.db.write(lambda connection: _close(connection, over, now))


def _close(connection: Connection, over: list[int], now: int) -> None:
    settling.close_places(connection, over, now)
