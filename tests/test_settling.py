"""Settling while the server runs: its process may be killed, and answers keep coming in meanwhile."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from tests.builders import key, rating, rows, workers
from tests.conftest import Clock
from workbench import assign, review, submit
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Person
from workbench.store import settling as line

PATIENCE_SECONDS = 60


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end, "nothing happened"
        threading.Event().wait(0.02)


def answer(ctx: Context, worker: Person) -> None:
    """One more answer."""
    mine = assign.next_assignments(ctx, worker)[0]
    submit.submit(ctx, worker, mine.public_id, {"value": 3}, key=key(), via="page")


def test_a_settling_process_that_is_killed_is_replaced(ctx: Context) -> None:
    """The first answer is settled by one process, which is killed; the second by another."""
    rating(ctx, ["a", "b"])
    [noor] = workers(ctx, 1)
    with review.Settling(ctx) as settling:
        answer(ctx, noor)
        settling.wake()
        until(lambda: len(rows(ctx, t.outcome)) == 1)
        killed = multiprocessing.active_children()
        for child in killed:
            os.kill(child.pid or 0, signal.SIGKILL)
        answer(ctx, noor)
        settling.wake()
        until(lambda: len(rows(ctx, t.outcome)) == 2)
        assert {child.pid for child in multiprocessing.active_children()}.isdisjoint({child.pid for child in killed})


def test_answers_and_settling_never_wait_for_each_other(each_db_ctx: Context) -> None:
    """Six people change answers to the same few microtasks while these are settled again and again: nobody is refused."""
    ctx = each_db_ctx
    rating(ctx, ["a", "b", "c"], overlap=50)
    crowd = workers(ctx, 6)
    troubles: list[BaseException] = []
    done = threading.Event()

    def work(worker: Person) -> None:
        try:
            while mine := assign.next_assignments(ctx, worker):
                for value in (1, 2, 3, 4):
                    submit.submit(ctx, worker, mine[0].public_id, {"value": value}, key=key(), via="api")
        except BaseException as error:
            troubles.append(error)

    def settle() -> None:
        try:
            while not done.is_set():
                review.drain(ctx)
        except BaseException as error:
            troubles.append(error)

    settlers = [threading.Thread(target=settle) for _ in range(2)]
    people = [threading.Thread(target=work, args=(worker,)) for worker in crowd]
    for thread in [*settlers, *people]:
        thread.start()
    for thread in people:
        thread.join()
    done.set()
    for thread in settlers:
        thread.join()
    review.drain(ctx)
    assert troubles == []
    assert rows(ctx, t.to_settle) == []
    assert len(rows(ctx, t.annotation)) == 6 * 3 * 4


def test_a_settler_that_comes_late_takes_no_newer_answer_out_of_line(each_db_ctx: Context, clock: Clock) -> None:
    """Two servers read the first of two answers; the slower one writes after the second came in, which waits on."""
    ctx = each_db_ctx
    rating(ctx, ["a"], overlap=2)
    noor, sam = workers(ctx, 2)
    answer(ctx, noor)
    waiting = ctx.db.read(lambda connection: line.waiting(connection, 10, ctx.now()))
    seen = review.settle_all(waiting)
    failed = [replace(result, failed=True) for result in seen]
    ctx.db.write(lambda connection: line.keep(connection, seen, ctx.now()))
    clock.forward(seconds=1)
    answer(ctx, sam)
    for late in (seen, failed):
        ctx.db.write(lambda connection, late=late: line.keep(connection, late, ctx.now()))
    [row] = rows(ctx, t.to_settle)
    assert (row.since_ms, row.tries) == (ctx.now(), 0)
    review.drain(ctx)
    assert [row.status for row in rows(ctx, t.microtask)] == ["settled"]
