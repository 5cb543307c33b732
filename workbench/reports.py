"""Reports to municipality, UWV or employer: drafted in minutes, read by the worker first, sent by the coach.

draft → with the worker → read → sent          changed after reading: a draft again
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.engine import Connection

from task_types import registry
from workbench import certificate as words_of
from workbench import hours, payroll, people
from workbench.context import Context
from workbench.domain import Json, Person
from workbench.errors import Conflict, Invalid
from workbench.store import people as people_store
from workbench.store import reports as store
from workbench.store import trajectories
from workbench.store.reports import Report

KINDS = ("progress", "wage_value")
AUDIENCES = ("municipality", "uwv", "employer", "expert")
# What each act needs and makes: (who does it, from these states, to this one).
ACTS: Mapping[str, tuple[str, tuple[str, ...], str]] = {
    "save": ("coach", ("draft", "with_worker", "read"), "draft"),
    "show": ("coach", ("draft",), "with_worker"),
    "read": ("worker", ("with_worker",), "read"),
    "send": ("coach", ("read",), "sent"),
    "withdraw": ("coach", ("draft", "with_worker", "read"), "withdrawn"),
}
MOMENTS = {"show": "shown_ms", "read": "read_ms", "send": "sent_ms", "withdraw": "ended_ms"}
LONGEST_WORDS = 4000


@dataclass(frozen=True)
class Asked:
    """What a report is to be about. `asked_by`: who asked for a wage-value extract."""

    kind: str
    audience: str
    first: date
    last: date
    asked_by: str = ""


def next_state(status: str, act: str, who: str) -> str:
    """
    Where an act leads.

    Raises:
        Conflict: not now, or not by this person: nothing is sent that the worker has not read.
    """
    by, before, after = ACTS[act]
    if by != who or status not in before:
        raise Conflict("That cannot be done now. The worker reads a report first; then the coach sends it.")
    return after


def draft(ctx: Context, coach: Person, person: Person, asked: Asked) -> Report:
    """
    A report with its figures filled in; the coach adds words.

    Raises:
        Invalid: no such kind or audience, a period that cannot be, an extract that nobody asked for.
    """
    if asked.kind not in KINDS or asked.audience not in AUDIENCES:
        raise Invalid("Please choose a kind of report and for whom it is.", field="kind")
    if asked.kind == "wage_value" and not asked.asked_by.strip():
        raise Invalid("An extract for a wage value is made on request only. Who asked for it?", field="asked_by")
    payroll.check_period(asked.first, asked.last)
    content = _content(ctx, person, asked)

    def write(connection: Connection) -> Report:
        made = store.add(
            connection,
            person_id=person.id,
            kind=asked.kind,
            audience=asked.audience,
            from_day=asked.first.isoformat(),
            until_day=asked.last.isoformat(),
            content=content,
            asked_by=asked.asked_by.strip()[:200] or None,
            created_by=coach.id,
            now=ctx.now(),
        )
        people.log(connection, ctx, coach, "report.draft", person, report=made, kind=asked.kind)
        return store.find(connection, made)

    return ctx.db.write(write)


def _content(ctx: Context, person: Person, asked: Asked) -> dict[str, Json]:
    """Hours, kinds of work and goals of the period. No scores, no absence, nothing about health."""
    statement = payroll.of_person(ctx, person.id, asked.first, asked.last)

    def read(connection: Connection) -> dict[str, Json]:
        found = trajectories.trajectory_of(connection, person.id)
        kinds = store.kinds_between(connection, person.id, asked.first, asked.last, _bounds(ctx, connection, asked))
        return {
            "minutes": statement.minutes,
            "days": len(statement.days),
            "goals": [{"words": goal.words, "status": goal.status} for goal in (found.goals if found else ())],
            "leads_to": (found.leads_to or "") if found else "",
            "kinds": [
                {
                    "name": name,
                    "title": dict(registry.get(name).title),
                    **({"answers": count} if asked.kind == "wage_value" else {}),
                }
                for name, count in kinds
            ],
        }

    return ctx.db.read(read)


def _bounds(ctx: Context, connection: Connection, asked: Asked) -> tuple[int, int]:
    from workbench.store import lab

    return hours.bounds(asked.first, asked.last, lab.time_zone(connection, ctx.now()))


def act(ctx: Context, who: Person, report: Report, name: str, *, role: str, words: str | None = None) -> Report:
    """
    Save, show, read, send or withdraw. The worker's own words come with "read".

    Args:
        role: coach or worker, as what this person acts here.

    Raises:
        Conflict: not now. Invalid: words about health.
    """
    status = next_state(report.status, name, role)
    values: dict[str, Json] = {"status": status}
    if words is not None:
        field = "coach_words" if role == "coach" else "own_words"
        values[field] = _checked(words, field)
    if name in MOMENTS:
        values[MOMENTS[name]] = ctx.now()
    if name == "send":
        values["sent_by"] = who.id

    def write(connection: Connection) -> Report:
        store.change(connection, report, **values)
        about = people_store.person_by_id(connection, report.person_id)
        people.log(connection, ctx, who, f"report.{name}", about, report=report.public_id)
        return store.find(connection, report.public_id)

    return ctx.db.write(write)


def _checked(words: str, field: str) -> str:
    kept = words.strip()
    if len(kept) > LONGEST_WORDS:
        raise Invalid("That is too long for a report. Please use at most 4000 letters.", field=field)
    if words_of.about_health(kept):
        raise Invalid("These words tell about health or a benefit. A report never does. Please leave them out.", field=field)
    return kept
