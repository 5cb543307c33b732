"""Waiting for the database without a thread of the web server's: for the guard and the two addresses called all day."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from workbench.context import Context

T = TypeVar("T")


async def written(begin: Callable[[], Future[T]]) -> T:
    """What a write gives. `begin` hands it to the database's own threads: SQLite's queue, or one for PostgreSQL."""
    return await asyncio.wrap_future(begin())


async def looked(ctx: Context, find: Callable[[], T]) -> T:
    """
    What a look-up finds.

    Args:
        find: one statement. SQLite answers in microseconds and never waits for a writer: cheaper here than through a
            thread. PostgreSQL is a network away.
    """
    return find() if ctx.db.is_sqlite else await asyncio.wrap_future(ctx.db.beside(find))
