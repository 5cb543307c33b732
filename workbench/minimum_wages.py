"""The minimum wages that a lab knows: those of the program, and what its manager added, each with its day and its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.engine import Connection

from accessibility.sentences import sentence
from workbench import hours, pay
from workbench.context import Context
from workbench.domain import Json, Person
from workbench.errors import Invalid
from workbench.lab_settings import amount
from workbench.pay import MinimumWage
from workbench.store import audit, lab

KEY = "minimum_wages"  # the part of the lab's settings that is ours
MOST_TIMES = 2  # an amount of more than so many times the one before it is a typing error


@dataclass(frozen=True)
class Known:
    """What a lab knows of the minimum wage on a day. `today` is the row that holds."""

    day: date
    table: tuple[MinimumWage, ...]

    @property
    def today(self) -> MinimumWage:
        """The row that holds on the day."""
        return pay.minimum_wage(self.day, self.table)

    @property
    def covered(self) -> bool:
        """Is there a row for this half of the year?"""
        return pay.is_covered(self.day, self.table)

    @property
    def check(self) -> bool:
        """Must somebody look the amount up?"""
        return pay.needs_checking(self.day, self.table)


def known(connection: Connection, now: int) -> Known:
    """What the lab knows on its calendar day."""
    return Known(hours.day_of(now, lab.time_zone(connection, now)), table(connection))


def table(connection: Connection) -> tuple[MinimumWage, ...]:
    """Every row, oldest first; a row of the lab takes the place of the program's of the same day."""
    found = lab.the_lab(connection)
    return merged(_kept(found.settings if found else {}))


def merged(kept: Mapping[date, MinimumWage]) -> tuple[MinimumWage, ...]:
    """The program's rows with these over them, oldest first."""
    rows = {row.since: row for row in pay.MINIMUM_WAGES} | dict(kept)
    return tuple(rows[since] for since in sorted(rows))


def add(ctx: Context, given: Mapping[str, str], by: Person) -> MinimumWage:
    """
    Keep a row that a manager typed.

    Args:
        given: `since` (a day), `hourly` (EUR), `source`.

    Raises:
        Invalid: no day, no source, an amount that is none or does not fit its neighbours; names the field.
    """

    def write(connection: Connection) -> MinimumWage:
        lab.lock(connection)  # two managers at once: both rows are kept
        found = lab.the_lab(connection)
        kept = _kept(found.settings if found else {})
        row = read_row(given, merged(kept))
        lab.change_settings(connection, KEY, _as_json(kept | {row.since: row}))
        audit.record(connection, now=ctx.now(), person_id=by.id, action="lab.minimum_wage", subject=row.since.isoformat())
        return row

    return ctx.db.write(write)


def read_row(given: Mapping[str, str], rows: tuple[MinimumWage, ...]) -> MinimumWage:
    """What was typed, held against the rows there are. Raises Invalid as `add` does."""
    try:
        since = date.fromisoformat(given.get("since", "").strip())
    except ValueError as error:
        raise Invalid("Please give the day from which the amount holds.", field="since") from error
    hourly, source = amount(given.get("hourly", "")), given.get("source", "").strip()[:400]
    if not hourly or hourly != round(hourly, 2):
        raise Invalid("Please give euros per hour, for example 14.99.", field="hourly")
    before = max((row for row in rows if row.since < since), key=lambda row: row.since, default=None)
    after = min((row for row in rows if row.since > since), key=lambda row: row.since, default=None)
    if before is None:
        first = rows[0].since.isoformat()
        raise Invalid(sentence("The minimum wage per hour is known from {day} on. Choose a later day.", day=first), field="since")
    if not before.hourly <= hourly <= MOST_TIMES * before.hourly or (after and hourly > after.hourly):
        words = sentence(
            "That does not fit the amounts around it: from {day} on it was {amount} euros. Please look it up again.",
            day=before.since.isoformat(),
            amount=f"{before.hourly:.2f}",
        )
        raise Invalid(words, field="hourly")
    if not source:
        raise Invalid("Please say where the amount is published, so that others can check it.", field="source")
    return MinimumWage(since, hourly, source)


def _kept(settings: Mapping[str, Json]) -> dict[date, MinimumWage]:
    rows = settings.get(KEY)
    found = [_row(each) for each in rows] if isinstance(rows, list) else []
    return {row.since: row for row in found}


def _row(each: Mapping[str, str]) -> MinimumWage:
    return MinimumWage(date.fromisoformat(each["since"]), Decimal(each["hourly"]), each["source"])


def _as_json(kept: Mapping[date, MinimumWage]) -> Json:
    rows = (kept[since] for since in sorted(kept))
    return [{"since": row.since.isoformat(), "hourly": str(row.hourly), "source": row.source} for row in rows]
