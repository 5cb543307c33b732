"""Everything the lab holds about somebody: to take along at one press, and to erase when they ask.

What is theirs, what goes and what stays follows the descriptions in workbench/privacy, which cover every column.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from workbench import people, privacy, recordings
from workbench.context import Context
from workbench.domain import Person
from workbench.errors import Invalid
from workbench.privacy import Activity, Table
from workbench.store import audit, lab, whole
from workbench.store import recordings as recorded

ASKED = "privacy.ask_erase"
ERASED = "privacy.erase"


@dataclass(frozen=True)
class Part:
    """One activity as somebody reads it about themselves. `rows`: how many there are of them now."""

    activity: Activity
    rows: int


def parts(ctx: Context, person: Person) -> list[Part]:
    """What the lab holds about this person, activity by activity; what it holds nothing of is left out."""

    def read(connection: Connection) -> list[Part]:
        held = whole.activities(connection)
        found = [Part(each, sum(_count(connection, table, person.id) for table in each.tables)) for each in held]
        return [part for part in found if part.rows]

    return ctx.db.read(read)


def _count(connection: Connection, table: Table, person_id: int) -> int:
    return sum(1 for _ in whole.rows_of(connection, table, person_id)) if table.of else 0


def as_json(ctx: Context, person: Person) -> Iterator[str]:
    """
    All of it as one JSON document, in pieces: {"lab", "person", "made_ms", "tables": {name: {"why", "rows"}}}.

    Secrets (hashes of what signs somebody in) are left out: they are of no use to anybody but the lab.
    """
    found = ctx.db.read(lab.the_lab)
    head = {"lab": found.name if found else "", "person": person.public_id, "made_ms": ctx.now(), "format": "own-data 1"}
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "tables": {'
    first = True
    for activity in ctx.db.read(whole.activities):
        for table in activity.tables:
            if table.of:
                yield ("" if first else ",") + "\n" + _table(ctx, activity, table, person)
                first = False
    yield "\n}}\n"


def _table(ctx: Context, activity: Activity, table: Table, person: Person) -> str:
    rows = ctx.db.read(lambda connection: list(whole.rows_of(connection, table, person.id)))
    why = activity.why.get(person.locale, activity.why["en"])
    return f"{json.dumps(table.name)}: " + json.dumps({"why": why, "rows": rows}, ensure_ascii=False)


def ask_erase(ctx: Context, person: Person) -> None:
    """The person asks to be erased: a manager does it, after a talk. Asking twice is asking once."""
    if person.public_id not in {each for each, _ in asked(ctx)}:
        ctx.db.write(lambda connection: people.log(connection, ctx, person, ASKED, person))


def asked(ctx: Context) -> list[tuple[str, int]]:
    """(public id, when) of people who asked and were not erased yet, oldest first."""

    def read(connection: Connection) -> Sequence[audit.Entry]:
        return audit.of_actions(connection, (ASKED, ERASED))

    waiting: dict[str, int] = {}
    for entry in ctx.db.read(read):
        if entry.action == ERASED:
            waiting.pop(entry.subject, None)
        else:
            waiting.setdefault(entry.subject, entry.at_ms)
    return sorted(waiting.items(), key=lambda each: each[1])


def erase(ctx: Context, person: Person, *, by: Person, reason: str) -> Mapping[str, int]:
    """
    Erase what the lab holds about somebody: their own act, with a reason, on record. What they recorded goes
    from the store; returns how many rows of each table.

    Raises:
        Invalid: no reason; a manager cannot erase themselves.
    """
    if not reason.strip():
        raise Invalid("Please say why, for example: asked by the person.", field="reason")
    if person.id == by.id:
        raise Invalid("You cannot erase yourself. Ask another manager.")

    files = ctx.db.read(lambda connection: recorded.held_by(connection, person.id))
    # Files first: when this is broken off, the rows still name what was not deleted yet.
    recordings.forget(ctx, files)

    def write(connection: Connection) -> Mapping[str, int]:
        gone = recorded.forget_all(connection, person.id, files, now=ctx.now())
        counts = whole.erase(connection, whole.described(connection), person.id, now=ctx.now())
        counts |= {"blob": gone} if gone else {}
        people.log(connection, ctx, by, ERASED, person, reason=reason.strip()[:400], rows=counts)
        return counts

    return ctx.db.write(write)


def what_stays() -> list[Activity]:
    """Activities of which something stays after erasing, with the reason."""
    return [each for each in privacy.activities() if each.stays and any(table.of for table in each.tables)]
