"""Guessing is slow: after some failed tries the next one waits, longer each time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.engine import Connection

from accessibility.sentences import sentence
from workbench.context import Context
from workbench.domain import MINUTE_MS
from workbench.errors import TooMany
from workbench.people import sha256
from workbench.store import sessions

T = TypeVar("T")
WINDOW_MS = 15 * MINUTE_MS
# Failed tries in a quarter of an hour before the next one waits. A room full of people shares one address; whoever looks
# along mistypes a code now and then, and a lab has some who do.
FREE_TRIES = {"person": 5, "address": 40, "looking": 5, "lab": 40}
SHARED = ("address", "lab")
LONGEST_WAIT_SECONDS = 300


def wait_seconds(kind: str, failures: int, last_ms: int, now: int) -> int:
    """How long to wait after so many failures in a quarter of an hour: 0, then 2, 4, 8 … 300 seconds."""
    over = failures - FREE_TRIES[kind]
    if over < 0:
        return 0
    pause = min(LONGEST_WAIT_SECONDS, 1 << min(over + 1, 10))
    return max(0, -(-(last_ms + pause * 1000 - now) // 1000))


def throttled(ctx: Context, subjects: list[tuple[str, str]], check: Callable[[], T]) -> T:
    """
    Do `check`, and count it as a failed try where it raises.

    Args:
        subjects: (kind of FREE_TRIES, whose tries): a good try forgets all of a person's, and its own of what many share.

    Raises:
        TooMany: wait first. Whatever `check` raises.
    """
    # Counted before it is tried: many tries at the same moment cannot slip past the count.
    ctx.db.write(lambda connection: _count_try(connection, subjects, ctx.now()))
    found = check()
    ctx.db.write(lambda connection: _forget(connection, subjects))
    return found


def must_wait(ctx: Context, subjects: list[tuple[str, str]]) -> None:
    """
    Look whether these have to wait, counting nothing: for what is known of somebody before they have said anything.

    Raises:
        TooMany: wait first.
    """
    ctx.db.read(lambda connection: _check_wait(connection, subjects, ctx.now()))


def _check_wait(connection: Connection, subjects: list[tuple[str, str]], now: int) -> None:
    for kind, subject in subjects:
        count, last = sessions.failures(connection, sha256(subject), since_ms=now - WINDOW_MS)
        if wait := wait_seconds(kind, count, last, now):
            raise TooMany(sentence("Too many tries. Please wait {wait} seconds, then try again.", wait=wait), wait_seconds=wait)


def _count_try(connection: Connection, subjects: list[tuple[str, str]], now: int) -> None:
    _check_wait(connection, subjects, now)
    for _, subject in subjects:
        sessions.note_failure(connection, sha256(subject), now=now)


def _forget(connection: Connection, subjects: list[tuple[str, str]]) -> None:
    for kind, subject in subjects:
        # One good try says nothing about the others from this address or in this lab: only its own is taken back.
        (sessions.forget_last if kind in SHARED else sessions.forget_failures)(connection, sha256(subject))
