"""Hours that add up to the minute."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import person
from tests.conftest import MONDAY_NINE
from workbench import hours, payroll
from workbench import tables as t
from workbench.context import Context
from workbench.domain import DAY_MS, HOUR_MS, MINUTE_MS, Block, Role
from workbench.errors import Invalid
from workbench.hours import Correction, DayTotal
from workbench.lab_settings import KEY, LabSettings, read_form
from workbench.person_view import day_lines, view_of
from workbench.store import lab

ZONE = "Europe/Amsterdam"
MONDAY = date(2026, 11, 23)
NOVEMBER = hours.month_of(MONDAY)


def a_block(kind: str, start: float, end: float | None, planned: float | None = None) -> Block:
    """A block of Monday; times in minutes after nine o'clock."""
    at = [None if each is None else MONDAY_NINE + int(each * MINUTE_MS) for each in (start, planned, end)]
    return Block(1, 1, kind, at[0] or 0, at[1] if planned is not None else at[2], at[2])


def told(
    blocks: list[Block],
    *,
    totals: list[DayTotal] | None = None,
    corrections: list[Correction] | None = None,
    paid_breaks: bool = True,
) -> hours.Statement:
    """The statement of November, looked at a month later."""
    first, last = NOVEMBER
    return hours.statement(
        blocks,
        totals or [],
        corrections or [],
        first=first,
        last=last,
        time_zone=ZONE,
        paid_breaks=paid_breaks,
        now=MONDAY_NINE + 30 * DAY_MS,
    )


def test_a_morning_of_work_breaks_and_training() -> None:
    """Each kind in its own column; breaks count by the lab's rule."""
    day = [a_block("work", 0, 45), a_block("break", 45, 60), a_block("work", 60, 105), a_block("training", 105, 165)]
    paid, unpaid = told(day), told(day, paid_breaks=False)
    assert paid.minutes == {"work": 90, "training": 60, "other": 0, "break": 15}
    assert (paid.paid, unpaid.paid) == (165, 150)


@given(st.lists(st.integers(0, 90 * MINUTE_MS), min_size=1, max_size=12), st.integers(0, HOUR_MS))
def test_stretches_that_follow_each_other_add_up_to_the_minute(lengths: list[int], start: int) -> None:
    """However odd their lengths in milliseconds: the sum is the clock's minutes from first to last."""
    blocks, at = [], MONDAY_NINE + start
    for number, length in enumerate(lengths):
        blocks.append(Block(number, 1, ("work", "break", "training")[number % 3], at, at + length, at + length))
        at += length
    found = told(blocks)
    assert found.paid == sum(found.minutes.values()) == sum(day.paid for day in found.days)
    assert found.paid == at // MINUTE_MS - (MONDAY_NINE + start) // MINUTE_MS


def test_work_that_was_never_closed_counts_until_its_planned_end() -> None:
    """Somebody went home; the next morning's first block closed what was running. The night is not work."""
    assert told([a_block("work", 0, None, planned=45)]).paid == 45
    assert told([a_block("work", 0, 24 * 60, planned=45)]).paid == 60


def test_a_break_counts_as_planned_and_a_microtask_is_finished_in_paid_time() -> None:
    """Three minutes over the end of a block are work; a break that nobody came back from is a break."""
    assert told([a_block("work", 0, 48, planned=45), a_block("break", 48, None, planned=63)]).paid == 63


def test_a_running_block_counts_until_now() -> None:
    """Today's statement grows by the minute."""
    first, last = NOVEMBER
    running = a_block("work", 0, None, planned=45)
    now = MONDAY_NINE + 20 * MINUTE_MS
    found = hours.statement([running], [], [], first=first, last=last, time_zone=ZONE, paid_breaks=True, now=now)
    assert found.paid == 20


def test_the_coachs_page_shows_the_hours_of_the_statement() -> None:
    """To the minute, also of work that was closed the next morning only: on no page is the night work."""
    day = [
        a_block("work", 0, 45.7),
        a_block("break", 45.7, 60.2),
        a_block("training", 60.2, 90),
        a_block("work", 90, 24 * 60, 120),
    ]
    [line] = day_lines(day, ZONE, MONDAY_NINE + 30 * DAY_MS)
    found = told(day).minutes
    assert (line.work_minutes, line.other_minutes, line.break_minutes) == (found["work"], found["training"], found["break"])
    assert line.work_minutes == 90


def test_the_first_day_on_the_coachs_page_is_a_whole_day(ctx: Context) -> None:
    """Whoever looks in the afternoon sees the morning of that day too."""
    noor = person(ctx)
    row = {"person_id": noor.id, "kind": "work", "started_ms": MONDAY_NINE, "ended_ms": MONDAY_NINE + 45 * MINUTE_MS}
    ctx.db.write(lambda connection: connection.execute(sa.insert(t.block).values(row)))
    afternoon = MONDAY_NINE + 14 * DAY_MS + 6 * HOUR_MS
    view = ctx.db.read(lambda connection: view_of(connection, noor.id, now=afternoon))
    assert [(line.day, line.work_minutes) for line in view.days] == [("2026-11-23", 45)]


def test_totals_of_days_long_ago_and_corrections_stand_beside_blocks() -> None:
    """A day's total counts like its blocks did; a correction adds or takes, and shows on its day."""
    total = DayTotal(1, date(2026, 11, 2), "work", 180)
    wrong = Correction(1, MONDAY, "work", -15, "The bus was late in the afternoon", MONDAY_NINE)
    found = told([a_block("work", 0, 45)], totals=[total], corrections=[wrong])
    assert [(day.day, day.paid, day.corrected) for day in found.days] == [(date(2026, 11, 2), 180, 0), (MONDAY, 30, -15)]
    assert found.paid == 210


def test_a_month_with_a_summer_time_change_has_all_its_hours() -> None:
    """March 2026 has an hour less, and still 31 days; the bounds fall on local midnight."""
    first, last = hours.month_of(date(2026, 3, 10))
    start, end = hours.bounds(first, last, ZONE)
    assert (last.day, end - start) == (31, 31 * DAY_MS - HOUR_MS)
    assert (hours.day_of(start, ZONE), hours.day_of(end - 1, ZONE)) == (first, last)


def test_payroll_gets_a_line_per_person_and_day_and_no_formula() -> None:
    """A name that a spreadsheet would run stays a name."""
    text = hours.payroll_csv([("=HYPERLINK(1)", "abc", told([a_block("work", 0, 45)]))])
    line = next(iter(csv.DictReader(io.StringIO(text))))
    assert (line["person"], line["day"], line["paid_minutes"], line["paid_hours"]) == (
        "'=HYPERLINK(1)",
        "2026-11-23",
        "45",
        "0:45",
    )


def test_the_lab_s_statement_is_that_of_its_rows(each_db_ctx: Context) -> None:
    """Blocks, totals and a correction in the database; the lab's rule about breaks."""
    ctx = each_db_ctx
    ctx.db.write(lambda connection: lab.set_up(connection, name="Proeflab", time_zone=ZONE, now=ctx.now()))
    noor = person(ctx)
    row = {"person_id": noor.id, "started_ms": MONDAY_NINE - HOUR_MS, "ended_ms": MONDAY_NINE - 15 * MINUTE_MS}
    rest = {"person_id": noor.id, "started_ms": MONDAY_NINE - 15 * MINUTE_MS, "ended_ms": MONDAY_NINE}
    for kind, each in (("work", row), ("break", rest)):
        values = {"kind": kind, "planned_end_ms": each["ended_ms"], **each}
        ctx.db.write(lambda connection, values=values: connection.execute(sa.insert(t.block).values(values)))
    payroll.correct(ctx, noor, day=MONDAY, kind="training", minutes=30, reason="Fire drill", by=None)
    assert payroll.of_person(ctx, noor.id, *NOVEMBER).paid == 45 + 15 + 30
    without = LabSettings(paid_breaks=False).as_json()
    ctx.db.write(lambda connection: lab.change_settings(connection, KEY, without))
    assert [(name, found.paid) for name, _, found in payroll.of_everybody(ctx, *NOVEMBER)] == [("Noor", 75)]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"minutes": 0}, "minutes"),
        ({"minutes": 2000}, "minutes"),
        ({"reason": " "}, "reason"),
        ({"kind": "sleep"}, "kind"),
        ({"day": date(2027, 1, 1)}, "day"),
    ],
)
def test_a_correction_says_what_when_and_why(ctx: Context, change: dict[str, object], field: str) -> None:
    """What is missing is named by its field, and nothing is written."""
    noor, carla = person(ctx), person(ctx, "Carla", Role.COACH)
    given: dict[str, object] = {"day": MONDAY, "kind": "work", "minutes": 15, "reason": "Forgot to start", **change}
    with pytest.raises(Invalid) as refused:
        payroll.correct(ctx, noor, by=carla, **given)  # type: ignore[arg-type]
    assert refused.value.field == field
    assert payroll.of_person(ctx, noor.id, *NOVEMBER).days == []


def test_settings_of_the_lab_survive_the_database_and_nonsense() -> None:
    """Cents stay cents; what cannot be read is the default."""
    given = {
        "hourly_rate": "45,50",
        "margin_percent": "10",
        "vat_percent": "21",
        "paid_breaks": "no",
        "issuer_url": "https://lab.example/",
    }
    settings = read_form(given)
    assert (str(settings.hourly_rate), settings.paid_breaks, settings.issuer_url) == ("45.50", False, "https://lab.example")
    assert LabSettings.of({KEY: settings.as_json()}) == settings
    assert LabSettings.of({KEY: {"hourly_rate": "lots", "paid_breaks": 3, "issuer_name": None}}) == LabSettings()


@pytest.mark.parametrize(
    ("name", "value"), [("vat_percent", "much"), ("issuer_url", "lab.example"), ("skills_file", "../etc/passwd")]
)
def test_settings_that_cannot_be_are_named(name: str, value: str) -> None:
    """The manager reads beside the field what is wrong."""
    with pytest.raises(Invalid) as refused:
        read_form({"margin_percent": "0", "vat_percent": "21", name: value})
    assert refused.value.field == name
