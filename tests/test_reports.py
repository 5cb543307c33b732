"""Reports that the worker reads first, and what can be promised without hurrying anyone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from tests.builders import person, rating, rows
from tests.test_certificate import a_lab
from workbench import capacity, promising, reports
from workbench import tables as t
from workbench.context import Context
from workbench.domain import DAY_MS, HOUR_MS, Role
from workbench.errors import Conflict, Invalid
from workbench.reports import Asked

MONDAY = date(2026, 11, 23)
NOVEMBER = Asked("progress", "municipality", date(2026, 11, 1), date(2026, 11, 30))


def test_nothing_is_sent_that_the_worker_has_not_read(ctx: Context) -> None:
    """Draft, with the worker, read, sent; each act in its own state, by its own person, on record."""
    noor, carla = a_lab(ctx)
    found = reports.draft(ctx, carla, noor, NOVEMBER)
    assert found.content["minutes"]["work"] == 20 * 60
    assert [kind["name"] for kind in found.content["kinds"]] == ["rating"]
    assert "answers" not in found.content["kinds"][0]
    for early in ("send", "read"):
        with pytest.raises(Conflict):
            reports.act(ctx, carla, found, early, role="coach")
    shown = reports.act(ctx, carla, found, "show", role="coach")
    with pytest.raises(Conflict):
        reports.act(ctx, carla, shown, "send", role="coach")
    read = reports.act(ctx, noor, shown, "read", role="worker", words="Het klopt.")
    sent = reports.act(ctx, carla, read, "send", role="coach")
    assert (sent.status, sent.own_words) == ("sent", "Het klopt.")
    acts = [row.action for row in rows(ctx, t.audit) if row.action.startswith("report.")]
    assert acts == ["report.draft", "report.show", "report.read", "report.send"]


def test_words_changed_after_reading_go_to_the_worker_again(ctx: Context) -> None:
    """What was read is what is sent."""
    noor, carla = a_lab(ctx)
    found = reports.act(ctx, carla, reports.draft(ctx, carla, noor, NOVEMBER), "show", role="coach")
    read = reports.act(ctx, noor, found, "read", role="worker", words="")
    changed = reports.act(ctx, carla, read, "save", role="coach", words="Toch iets anders.")
    assert changed.status == "draft"
    with pytest.raises(Conflict):
        reports.act(ctx, carla, changed, "send", role="coach")


def test_two_tabs_do_not_overwrite_each_other(ctx: Context) -> None:
    """The second act on an old page is told to open it again."""
    noor, carla = a_lab(ctx)
    found = reports.draft(ctx, carla, noor, NOVEMBER)
    reports.act(ctx, carla, found, "show", role="coach")
    with pytest.raises(Conflict):
        reports.act(ctx, carla, found, "show", role="coach")


def test_a_report_holds_nothing_medical_and_an_extract_is_asked_for(ctx: Context) -> None:
    """The field is named; an extract for a wage value says who asked."""
    noor, carla = a_lab(ctx)
    found = reports.draft(ctx, carla, noor, NOVEMBER)
    with pytest.raises(Invalid) as refused:
        reports.act(ctx, carla, found, "save", role="coach", words="Vanwege haar depressie")
    assert refused.value.field == "coach_words"
    with pytest.raises(Invalid):
        reports.draft(ctx, carla, noor, Asked("wage_value", "expert", NOVEMBER.first, NOVEMBER.last))
    extract = reports.draft(
        ctx, carla, noor, Asked("wage_value", "expert", NOVEMBER.first, NOVEMBER.last, "Arbeidsdeskundige UWV")
    )
    assert extract.content["kinds"][0]["answers"] == 7


# --- capacity --------------------------------------------------------------------------------------------------------


def weeks_of(*hours: float) -> dict[date, int]:
    """Whole weeks before this one, newest first: so many hours each, spread over Monday to Friday."""
    return {
        MONDAY - timedelta(weeks=number) + timedelta(days=day): int(each * 60 / 5)
        for number, each in enumerate(hours, 1)
        for day in range(5)
    }


def test_the_forecast_is_what_weeks_brought_and_its_low_end_the_leanest() -> None:
    """40, 50 and 30 hours: two weeks from now on are 80 hours, in lean weeks 60."""
    seen = capacity.forecast(weeks_of(40, 50, 30), MONDAY, MONDAY + timedelta(days=14))
    assert seen is not None
    assert (round(seen.hours), round(seen.low)) == (80, 60)


@pytest.mark.parametrize(("wanted", "expected"), [(20, "yes"), (40, "yes"), (50, "tight"), (60, "tight"), (61, "no")])
def test_a_promise_leaves_room_for_a_lean_week(wanted: float, expected: str) -> None:
    """80 hours usual, 60 lean, 20 promised already."""
    assert capacity.plan(wanted, capacity.Forecast(80, 60), 20).verdict == expected


def test_a_young_lab_says_that_it_does_not_know() -> None:
    """One whole week is not a habit."""
    assert capacity.forecast(weeks_of(40), MONDAY, MONDAY + timedelta(days=14)) is None
    assert capacity.plan(10, None, 0).verdict == "unknown"


def test_the_lab_s_outlook_adds_everybody_up_and_warns_before_work_runs_out(each_db_ctx: Context) -> None:
    """Two people, three weeks of four hours a day; ten short texts are soon done."""
    ctx = each_db_ctx
    two = [person(ctx), person(ctx, "Omar")]
    person(ctx, "Mia", Role.MANAGER)

    def blocks(connection: sa.Connection) -> None:
        for who in two:
            for day in range(1, 22):
                start = ctx.now() - day * DAY_MS
                row = {"person_id": who.id, "kind": "work", "started_ms": start, "planned_end_ms": start + 4 * HOUR_MS}
                connection.execute(sa.insert(t.block).values(**row, ended_ms=start + 4 * HOUR_MS))

    ctx.db.write(blocks)
    rating(ctx, [str(number) for number in range(10)])
    found = promising.outlook(ctx, wanted=40, until=date(2026, 12, 15))
    assert found.plan is not None
    assert (found.plan.verdict, round(found.plan.kept.hours)) == ("yes", 22 * 8)
    assert found.runs_out
    with pytest.raises(Invalid):
        promising.outlook(ctx, wanted=40, until=date(2026, 11, 1))
