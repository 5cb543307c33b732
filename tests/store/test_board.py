"""The board is read by indexes alone, on both databases, however long the lab exists."""

from __future__ import annotations

import sqlalchemy as sa

from tests.crowded import crowd
from workbench.context import Context
from workbench.store import board

TODAY_MS = 60_000  # that much before now


def test_the_board_is_one_query_without_scans(each_db_ctx: Context) -> None:
    """
    No table is read from end to end.

    PostgreSQL prefers to read a table of a few pages whole, so here it is asked for its plan without that: a table that
    no index could serve would show as a scan all the same.
    """
    ctx = each_db_ctx
    coach = crowd(ctx, workers=24, former=24, days=3, asking=5)
    with ctx.db.reading() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SET enable_seqscan = off"))
        plan = board.plan(connection, [coach.id], today_ms=ctx.now() - TODAY_MS)
    assert [line for line in plan if "SCAN" in line or "Seq Scan" in line] == [], plan
    people = ctx.db.read(lambda connection: board.board(connection, [coach.id], today_ms=ctx.now() - TODAY_MS))
    assert [len(people), sum(each.block == "work" for each in people), sum(len(each.asked) for each in people)] == [24, 24, 5]
