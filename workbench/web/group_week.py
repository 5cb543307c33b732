"""One day of a group's week: its blocks, to change from a day on, and the same for other days at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from workbench import timetable
from workbench.context import Context
from workbench.domain import Json
from workbench.errors import NotFound, WorkbenchError
from workbench.store import groups as store
from workbench.web import pages
from workbench.web.access import Ctx, Signed
from workbench.web.forms import Fields, Form
from workbench.web.planning_forms import Guide, day_in, minute_of, record, today_of

router = APIRouter(prefix="/groups", include_in_schema=False)
MORE_ROWS = 3  # empty rows to fill in, each time


@dataclass(frozen=True)
class Row:
    """A block as it is filled in."""

    begin: str
    minutes: str
    kind: str
    title: str


@router.get("/{group_id}/week/{weekday}")
def day_page(request: Request, ctx: Ctx, signed: Guide, group_id: str, weekday: int) -> Response:
    """
    The blocks of one day, to change; the same for other days at once.

    Who may: coach, manager.
    """
    return _day_page(request, ctx, signed, group_id, weekday)


@router.post("/{group_id}/week/{weekday}")
def change_day(request: Request, ctx: Ctx, signed: Guide, form: Form, group_id: str, weekday: int) -> Response:
    """
    A new version of the week, from a day on.

    Who may: coach, manager.
    """
    rows = _rows_of(form)

    def change(connection: Connection) -> None:
        group = store.by_public_id(connection, group_id)
        days = {weekday, *(int(each) for each in form.all("same") if each in "0123456")}
        start = day_in(form, "from_day")
        before = store.timetable_on(connection, group.id, start)
        others = [line for line in (before.lines if before else ()) if line["weekday"] not in days]
        fresh = [_line(row, each) for each in sorted(days) for row in rows]
        lines = timetable.checked([*others, *fresh])
        store.set_timetable(connection, group.id, lines, from_day=start, by=signed.person.id, now=ctx.now())
        record(connection, ctx, signed, "group.week", group_id)

    try:
        ctx.db.write(change)
    except WorkbenchError as error:
        return _day_page(request, ctx, signed, group_id, weekday, rows=rows, error=error, typed=form)
    return pages.see_other(f"/groups/{group_id}?saved=1")


def _day_page(
    request: Request,
    ctx: Context,
    signed: Signed,
    group_id: str,
    weekday: int,
    *,
    rows: Sequence[Row] | None = None,
    error: WorkbenchError | None = None,
    typed: Fields | None = None,
) -> Response:
    if weekday not in range(7):
        raise NotFound("There is nothing at this address.")

    def read(connection: Connection) -> dict[str, Any]:
        group, today = store.by_public_id(connection, group_id), today_of(connection, ctx.now())
        table = store.timetables(connection, group.id)
        newest = table[0] if table else None
        return {
            "group": group,
            "rows": rows
            if rows is not None
            else [_row(line) for line in timetable.by_day(newest.lines if newest else ())[weekday]],
            "from_day": typed.text("from_day") if typed else (today + timedelta(days=1)).isoformat(),
            "same": typed.all("same") if typed else [],
        }

    data = {**ctx.db.read(read), "weekday": weekday, "kinds_of_block": timetable.KINDS, "more_rows": MORE_ROWS}
    return pages.render(request, "groups/day.html", signed, status=422 if error else 200, error=error, **data)


def _rows_of(form: Fields) -> list[Row]:
    columns = [form.all(name) for name in ("begin", "minutes", "kind", "title")]
    found = [Row(*(value.strip() for value in values)) for values in zip(*columns, strict=False)]
    return [row for row in found if row.begin or row.minutes]


def _row(line: Mapping[str, Json]) -> Row:
    return Row(timetable.clock_text(line["start_minute"]), str(line["minutes"]), line["kind"], line.get("title") or "")


def _line(row: Row, weekday: int) -> dict[str, Json]:
    minutes = int(row.minutes) if row.minutes.isascii() and row.minutes.isdigit() else None
    return {"weekday": weekday, "kind": row.kind, "start_minute": minute_of(row.begin), "minutes": minutes, "title": row.title}
