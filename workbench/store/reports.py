"""Reports and what they tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Json, new_public_id
from workbench.errors import Conflict, NotFound


@dataclass(frozen=True)
class Report:
    """One report. kind: progress, wage_value. status: draft, with_worker, read, sent, withdrawn. Days are ISO."""

    id: int
    public_id: str
    person_id: int
    kind: str
    audience: str
    from_day: str
    until_day: str
    status: str
    content: Mapping[str, Json]
    coach_words: str
    own_words: str
    asked_by: str | None
    created_ms: int
    shown_ms: int | None
    read_ms: int | None
    sent_ms: int | None


def add(connection: Connection, *, now: int, **values: Json) -> str:
    """A new draft; returns its public id."""
    row = {"public_id": new_public_id(), "created_ms": now, **values}
    connection.execute(sa.insert(t.report).values(row))
    return str(row["public_id"])


def find(connection: Connection, public_id: str) -> Report:
    """The report of this address. Raises NotFound."""
    row = connection.execute(sa.select(t.report).where(t.report.c.public_id == public_id)).first()
    if row is None:
        raise NotFound("There is no such report here.")
    return _report(row)


def of_people(connection: Connection, people: Sequence[int], *, but: Sequence[str] = ()) -> list[Report]:
    """Reports about these people, newest first; not in the states named in `but`."""
    where = (t.report.c.person_id.in_(people), t.report.c.status.not_in(but))
    return [_report(row) for row in connection.execute(sa.select(t.report).where(*where).order_by(t.report.c.id.desc()))]


def count(connection: Connection, people: Sequence[int], status: str) -> int:
    """How many reports about these people are in this state."""
    where = (t.report.c.person_id.in_(people), t.report.c.status == status)
    return connection.execute(sa.select(sa.func.count()).select_from(t.report).where(*where)).scalar_one()


def change(connection: Connection, report: Report, **values: Json) -> None:
    """Change a report that is still in the state it was read in. Raises Conflict."""
    where = (t.report.c.id == report.id, t.report.c.status == report.status)
    if not connection.execute(sa.update(t.report).where(*where).values(values)).rowcount:
        raise Conflict("This report was changed meanwhile. Open it again.")


def kinds_between(
    connection: Connection, person_id: int, first: date, last: date, bounds: tuple[int, int]
) -> list[tuple[str, int]]:
    """(kind of work, answers) of a period, from answers and from totals of days whose details are gone."""
    a, d = t.annotation.c, t.day_work.c
    # An answer whose details are gone stands at the beginning of its day, and is one of its day's total.
    recent = (
        sa.select(t.step.c.task_type, sa.func.count().label("answers"))
        .join(t.annotation, a.step_id == t.step.c.id)
        .where(a.person_id == person_id, a.revision == 1, a.submitted_ms >= bounds[0], a.submitted_ms < bounds[1])
        .group_by(t.step.c.task_type)
    )
    gone = (
        sa.select(t.step.c.task_type)
        .join(t.day_work, d.step_id == t.step.c.id)
        .where(d.person_id == person_id, d.day.between(first.isoformat(), last.isoformat()))
        .distinct()
    )
    found = {row.task_type: row.answers for row in connection.execute(recent)}
    found |= {name: 0 for name in connection.scalars(gone) if name not in found}
    return sorted(found.items())


def _report(row: sa.Row[tuple[object, ...]]) -> Report:
    return Report(**{name: row._mapping[name] for name in Report.__dataclass_fields__})
