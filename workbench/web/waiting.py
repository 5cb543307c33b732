"""Waiting for the database without a thread that does nothing else: for the two addresses that everybody calls all day."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from starlette.concurrency import run_in_threadpool

from workbench.context import Context

T = TypeVar("T")


async def written(ctx: Context, begin: Callable[[], Future[T]]) -> T:
    """
    What a write gives.

    Args:
        begin: puts it in SQLite's queue, whose own thread does it; on PostgreSQL it does the write itself, and gets a thread.
    """
    if ctx.db.is_sqlite:
        return await asyncio.wrap_future(begin())
    return await run_in_threadpool(lambda: begin().result())
