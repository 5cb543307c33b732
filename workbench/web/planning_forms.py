"""What the pages of groups and plans share: who may plan, and days and minutes as a form gives them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Depends
from sqlalchemy.engine import Connection

from workbench import planning, timetable
from workbench.context import Context
from workbench.domain import Role
from workbench.errors import Invalid
from workbench.store import audit
from workbench.web.access import Signed, require
from workbench.web.forms import Fields

Guide = Annotated[Signed, Depends(require(Role.COACH, Role.MANAGER))]


def today_of(connection: Connection, now: int) -> date:
    """The lab's calendar day."""
    return timetable.day_of(now, planning.zone_of(connection, now))


def minutes_in(form: Fields, name: str, least: int, most: int) -> int:
    """A number of minutes. Raises Invalid."""
    text = form.text(name)
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise Invalid("Give the minutes as a number, for example 45.", field=name)
    return int(text)


def day_in(form: Fields, name: str) -> str:
    """A day, as ISO text. Raises Invalid."""
    try:
        return date.fromisoformat(form.text(name)).isoformat()
    except ValueError as error:
        raise Invalid("Give a day, for example 2026-12-01.", field=name) from error


def minute_of(text: str) -> int | None:
    """The minute of the day that a time of the clock names, as 9:05 or 9.05; None: not a time."""
    hours, _, minutes = text.replace(".", ":").partition(":")
    if not (hours.isascii() and hours.isdigit() and minutes.isascii() and minutes.isdigit()):
        return None
    found = int(hours) * 60 + int(minutes)
    return found if int(minutes) < 60 and found <= timetable.DAY_MINUTES else None


def record(connection: Connection, ctx: Context, signed: Signed, action: str, subject: str) -> None:
    """Who changed this plan, and when."""
    audit.record(connection, now=ctx.now(), person_id=signed.person.id, action=action, subject=subject)
