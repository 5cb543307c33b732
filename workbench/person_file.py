"""The person's file: lines that coach (and worker) wrote, and what an audit of a social enterprise asks for.

The PSO audit samples files for suitable work, integration, guidance and a development talk. What is missing is a reminder
to the coach: it is counted for nobody, and no list shows it for several people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.engine import Connection

from workbench.context import Context
from workbench.domain import Person
from workbench.errors import Invalid
from workbench.local_days import day_of
from workbench.person_view import PersonView
from workbench.store import audit, coach_entries, lab
from workbench.store.agreements import Agreement
from workbench.store.coach_entries import Entry
from workbench.store.trajectories import Trajectory

KINDS = ("talk", "development_talk", "note", "guidance", "suitable_work", "integration")
TALKS = ("talk", "development_talk")
LONGEST_WORDS = 5000
MOST_MINUTES = 600
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class File:
    """
    What the audit asks for, of one person.

    Attributes:
        guidance_minutes: minutes noted with talks and guidance in the last year.
        talk_missing: no development talk in the last year: a reminder, no more.
    """

    suitable_work: Sequence[Entry]
    chosen_work: Sequence[Agreement]
    integration: Sequence[Entry]
    guidance: Sequence[Entry]
    guidance_minutes: int
    talks: Sequence[Entry]
    trajectory: Trajectory | None
    last_development_talk: str | None
    talk_missing: bool


def file_of(view: PersonView, *, today: str) -> File:
    """The file out of the person's record; `today` is a day of the lab (YYYY-MM-DD)."""
    year_ago = (date.fromisoformat(today) - YEAR).isoformat()
    development = [each.on_date for each in view.entries if each.kind == "development_talk" and each.on_date <= today]
    last = max(development, default=None)
    return File(
        suitable_work=_of(view, "suitable_work"),
        chosen_work=[each for each in view.agreements if each.kind == "work" and each.agreed_ms],
        integration=_of(view, "integration"),
        guidance=_of(view, "guidance"),
        guidance_minutes=sum(each.minutes or 0 for each in view.entries if year_ago < each.on_date <= today),
        talks=_of(view, *TALKS),
        trajectory=view.trajectory,
        last_development_talk=last,
        talk_missing=last is None or last <= year_ago,
    )


def _of(view: PersonView, *kinds: str) -> list[Entry]:
    return [each for each in view.entries if each.kind in kinds]


def add_entry(ctx: Context, by: Person, person: Person, kind: str, *, on_date: str, words: str, minutes: str = "") -> None:
    """
    Write a line.

    Args:
        on_date: the day it is about, YYYY-MM-DD; empty: today.
        minutes: of guidance, as typed; empty: not noted.

    Raises:
        Invalid: an unknown kind, no words, not a day, or not minutes.
    """
    words = words.strip()[:LONGEST_WORDS]
    if kind not in KINDS:
        raise Invalid("Choose what kind of line this is.", field="kind")
    if not words:
        raise Invalid("Write a few words.", field="words")
    if minutes and not (minutes.isascii() and minutes.isdigit() and int(minutes) <= MOST_MINUTES):
        raise Invalid("Give whole minutes, up to 600.", field="minutes")
    on_day = day(on_date) if on_date else None

    def write(connection: Connection) -> None:
        now = ctx.now()
        about = on_day or day_of(now, lab.time_zone(connection, now))
        taken = int(minutes) if minutes else None
        coach_entries.add(connection, person.id, kind, on_date=about, words=words, by=by.id, now=now, minutes=taken)
        audit.record(connection, now=now, person_id=by.id, action="file.add", subject=person.public_id, detail={"kind": kind})

    ctx.db.write(write)


def end_entry(ctx: Context, by: Person, person: Person, entry_id: str) -> None:
    """Take a line away that was wrong. Raises NotFound."""

    def write(connection: Connection) -> None:
        coach_entries.end(connection, person.id, entry_id, now=ctx.now())
        audit.record(connection, now=ctx.now(), person_id=by.id, action="file.end", subject=person.public_id)

    ctx.db.write(write)


def day(text: str) -> str:
    """A day as a form gives it. Raises Invalid."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise Invalid("Please give a day, for example 2026-11-23.", field="on_date") from error
