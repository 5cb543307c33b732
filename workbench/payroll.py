"""Hours statements of people in this lab: read, corrected with a reason, written for payroll."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.engine import Connection

from workbench import hours, people
from workbench.context import Context
from workbench.domain import Person
from workbench.errors import Invalid
from workbench.hours import Statement
from workbench.lab_settings import LabSettings
from workbench.store import hours as store
from workbench.store import lab

KINDS = ("work", "training", "application", "talk", "other", "break")
MOST_MINUTES = 24 * 60
LONGEST_DAYS = 366


def settings_of(ctx: Context) -> LabSettings:
    """What the lab decided about money, certificates and privacy."""
    found = ctx.db.read(lab.the_lab)
    return LabSettings.of(found.settings if found else {})


def of_person(ctx: Context, person_id: int, first: date, last: date) -> Statement:
    """One person's statement; both days included."""
    return _statements(ctx, first, last, [person_id])[person_id]


def of_everybody(ctx: Context, first: date, last: date) -> list[tuple[str, str, Statement]]:
    """(name, public id, statement) of each worker with hours in this period, by name."""
    workers = ctx.db.read(store.workers)
    found = _statements(ctx, first, last, [each[0] for each in workers])
    return [(name, public_id, found[number]) for number, name, public_id in workers if found[number].days]


def _statements(ctx: Context, first: date, last: date, wanted: Sequence[int]) -> dict[int, Statement]:
    check_period(first, last)
    now = ctx.now()
    paid_breaks = settings_of(ctx).paid_breaks

    def read(connection: Connection) -> dict[int, Statement]:
        zone = lab.time_zone(connection, now)
        start, end = hours.bounds(first, last, zone)
        noted = store.noted(connection, first=first, last=last, start_ms=start, end_ms=end, people=wanted)
        return {each: _statement(noted.get(each, store.Noted()), zone) for each in wanted}

    def _statement(kept: store.Noted, zone: str) -> Statement:
        return hours.statement(
            kept.blocks,
            kept.totals,
            kept.corrections,
            first=first,
            last=last,
            time_zone=zone,
            paid_breaks=paid_breaks,
            now=now,
        )

    return ctx.db.read(read)


def correct(ctx: Context, person: Person, *, day: date, kind: str, minutes: int, reason: str, by: Person | None) -> None:
    """
    Add or take minutes on a day: a new row with its reason. The worker sees it in their own statement.

    Raises:
        Invalid: no such kind, no minutes, no reason, a day that has not come yet.
    """
    if kind not in KINDS:
        raise Invalid("Please choose a kind of block from the list.", field="kind")
    if not minutes or abs(minutes) > MOST_MINUTES:
        raise Invalid("Please give minutes between -1440 and 1440, but not 0.", field="minutes")
    if not reason.strip():
        raise Invalid("Please say why. The worker reads this too.", field="reason")
    if day > hours.day_of(ctx.now(), ctx.db.read(lambda connection: lab.time_zone(connection, ctx.now()))):
        raise Invalid("That day has not come yet. Choose today or an earlier day.", field="day")

    def write(connection: Connection) -> None:
        store.add_correction(
            connection,
            person_id=person.id,
            day=day,
            kind=kind,
            minutes=minutes,
            reason=reason.strip()[:400],
            made_by=by.id if by else None,
            now=ctx.now(),
        )
        people.log(connection, ctx, by, "hours.correct", person, day=day.isoformat(), kind=kind, minutes=minutes)

    ctx.db.write(write)


def check_period(first: date, last: date) -> None:
    """Raises Invalid when the period ends before it begins, or is longer than a year."""
    if last < first:
        raise Invalid("The last day comes before the first. Turn them round.", field="last")
    if (last - first).days > LONGEST_DAYS:
        raise Invalid("Please choose at most one year at a time.", field="last")


def read_day(text: str, field: str) -> date:
    """A day as pages and commands give it. Raises Invalid."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid("Please give a date, for example 2027-01-31.", field=field) from error
