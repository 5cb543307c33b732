"""Kijk mee: a coach, a supervisor or a colleague looks along with a question, on the same screen or on their own.

The answer stays the worker's to send. It is marked as made together and counts in nobody's skill.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from sqlalchemy.engine import Connection

from workbench import assign
from workbench.context import Context
from workbench.domain import HOUR_MS, Assignment, Person
from workbench.errors import Conflict, NotFound
from workbench.store import joining, offering
from workbench.store.joining import Joining
from workbench.throttling import throttled

DIGITS = 6  # said aloud across a table; a code opens one question for a few hours, and guessing waits
LASTS_MS = 4 * HOUR_MS


def six_digits() -> str:
    """A code nobody can guess in the few tries they get."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def invite(ctx: Context, person: Person, assignment_id: str, *, new_code: Callable[[], str] = six_digits) -> Joining:
    """
    Open this question for somebody to look along; asking twice gives the same code.

    Raises:
        NotFound: not this person's question.
        Conflict: it was answered already.
    """
    now = ctx.now()
    assignment = assign.open_assignment(ctx, person, assignment_id)
    if assignment.status not in ("open", "expired"):
        raise Conflict("This question is answered already. You can do the next one together.")
    return ctx.db.write(
        lambda connection: joining.open_one(connection, assignment.id, code=_free(connection, new_code, now), now=now)
    )


def invited(ctx: Context, person: Person, assignment_id: str) -> Joining:
    """This person's question that is open for somebody. Raises NotFound when it is not."""
    assignment = assign.open_assignment(ctx, person, assignment_id)
    found = ctx.db.read(lambda connection: joining.of_assignment(connection, assignment.id))
    if found is None:
        raise NotFound("You do this question alone. Go back to it, and press the button to do it together.")
    return found


def join(ctx: Context, person: Person, code: str) -> Joining:
    """
    Look along.

    Raises:
        NotFound: no such code, or too old.
        Conflict: somebody else looks along, or it is one's own question.
        TooMany: wrong codes before, of this person or of everybody together: wait first.
    """
    now = ctx.now()

    def come(connection: Connection) -> Joining:
        found = joining.by_code(connection, "".join(code.split()), since_ms=now - LASTS_MS)
        if found is None:
            raise NotFound("This code is not known. Look at the code on your colleague's screen, then type it again.")
        if offering.assignment_by_id(connection, found.assignment_id).person_id == person.id:
            raise Conflict("This is your own question. Give the code to somebody else.")
        if not joining.join(connection, found.id, person.id, now=now):
            raise Conflict("Somebody else looks along with this question already.")
        return found

    tries = [("looking", f"looking:{person.id}"), ("lab", "looking")]
    return throttled(ctx, tries, lambda: ctx.db.write(come))


def looked_at(ctx: Context, person: Person, public_id: str) -> tuple[Joining, Assignment]:
    """
    What this person looks along with.

    Raises:
        NotFound: somebody else's.
    """

    def read(connection: Connection) -> tuple[Joining, Assignment]:
        found = joining.by_public_id(connection, public_id)
        if found is None or found.joined_by != person.id:
            raise NotFound("This is not here any more. Ask your colleague for a new code.")
        return found, offering.assignment_by_id(connection, found.assignment_id)

    return ctx.db.read(read)


def stop(ctx: Context, person: Person, assignment_id: str) -> None:
    """The worker goes on alone. An answer to which somebody looked along stays marked."""
    now = ctx.now()
    assignment = assign.open_assignment(ctx, person, assignment_id)

    def end(connection: Connection) -> None:
        if (found := joining.of_assignment(connection, assignment.id)) is not None:
            joining.end(connection, found, now=now)

    ctx.db.write(end)


def _free(connection: Connection, new_code: Callable[[], str], now: int) -> str:
    while joining.by_code(connection, code := new_code(), since_ms=now - LASTS_MS) is not None:
        pass
    return code
