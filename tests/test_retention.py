"""What goes when its time is over: tried with the clock moved."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tests.builders import key, person, rating, rows, workers
from tests.conftest import MONDAY_NINE, Clock
from workbench import assign, hours, payroll, pricing, privacy, retention, submit
from workbench import tables as t
from workbench.context import Context
from workbench.domain import DAY_MS, HOUR_MS, MINUTE_MS, Block, Person, new_public_id
from workbench.store import lab
from workbench.store import retention as store

ODD_MS = 12_345  # nobody answers on the dot


@pytest.fixture
def worked(each_db_ctx: Context, clock: Clock) -> Context:
    """Three people who answered seven questions each on Monday morning, with their blocks of work."""
    ctx = each_db_ctx
    ctx.db.write(lambda connection: lab.set_up(connection, name="Proeflab", time_zone="Europe/Amsterdam", now=ctx.now()))
    clock.now_ms += ODD_MS
    rating(ctx, [str(number) for number in range(10)], overlap=3)
    for who in workers(ctx, 3):
        for _ in range(7):
            assignment = assign.next_assignments(ctx, who)[0].public_id
            submit.submit(ctx, who, assignment, {"value": 3}, key=key(), via="page", active_ms=40_000)
    return ctx


def later(clock: Clock, days: float) -> None:
    """Time passes."""
    clock.now_ms += int(days * DAY_MS)


def test_details_stay_for_ninety_days(worked: Context, clock: Clock) -> None:
    """On day 89 nothing is touched."""
    later(clock, 89)
    retention.run(worked, via="command")
    assert {row.active_ms for row in rows(worked, t.annotation)} == {40_000}
    assert rows(worked, t.day_work) == []


def test_after_ninety_days_answers_have_no_time_and_their_day_has_totals(worked: Context, clock: Clock) -> None:
    """The answers stay; when and how long is gone, from answers, leases and scores alike."""
    midnight = hours.bounds(date(2026, 11, 23), date(2026, 11, 23), "Europe/Amsterdam")[0]
    answers = [row.answer for row in rows(worked, t.annotation)]
    later(clock, 91)
    retention.run(worked, via="command")
    kept = rows(worked, t.annotation)
    assert [row.answer for row in kept] == answers
    assert {(row.active_ms, row.submitted_ms) for row in kept} == {(None, midnight)}
    assert {row.leased_ms for row in rows(worked, t.assignment, t.assignment.c.status == "submitted")} == {midnight}
    totals = [(row.day, row.annotations, row.active_ms, row.timed) for row in rows(worked, t.day_work)]
    assert totals == [("2026-11-23", 7, 280_000, 7)] * 3


def test_a_second_run_changes_nothing(worked: Context, clock: Clock) -> None:
    """Broken off and begun again, or run by two processes: no total counts twice."""
    later(clock, 91)
    retention.run(worked, via="command")
    before = [tuple(row) for table in (t.day_work, t.day_hours, t.annotation) for row in rows(worked, table)]
    assert retention.run(worked, via="jobs") == {}
    assert [tuple(row) for table in (t.day_work, t.day_hours, t.annotation) for row in rows(worked, table)] == before


def test_two_processes_that_tidy_at_once_count_once(worked: Context, clock: Clock) -> None:
    """Both read the same answers and blocks; whoever writes second finds nothing to count."""
    later(clock, 91)
    now = worked.now()
    until = retention.cutoff("details", now)
    answers = worked.db.read(lambda connection: store.old_answers(connection, until, 0, 100))
    blocks = [Block(row.id, row.person_id, "work", row.started_ms, None, None) for row in rows(worked, t.block)]
    monday = date(2026, 11, 23)

    def fold(connection: Connection) -> None:
        store.fold_answers(connection, answers, {row.id: monday for row in answers}, {monday: MONDAY_NINE})
        store.fold_blocks(connection, [(block, monday.isoformat(), 45) for block in blocks])

    for _ in range(2):
        worked.db.write(fold)
    assert [(row.annotations, row.active_ms, row.timed) for row in rows(worked, t.day_work)] == [(7, 280_000, 7)] * 3
    assert [(row.minutes, row.blocks) for row in rows(worked, t.day_hours)] == [(45, 1)] * 3


def test_a_quote_still_knows_the_norm_when_the_times_are_gone(worked: Context, clock: Clock) -> None:
    """Over everybody together; kept before the details went."""
    project = worked.db.read(lambda connection: connection.scalar(sa.select(t.project.c.name)))
    later(clock, 91)
    retention.run(worked, via="command")
    from workbench import projects

    norm = pricing.offer(worked, projects.named(worked, project)).quote.parts[0].norm
    assert (norm.seconds, norm.basis) == (40, "kept")


def test_hours_of_older_months_stay_the_same_to_the_minute(worked: Context, clock: Clock) -> None:
    """Blocks become totals; the statement does not notice, and the newest block is left alone."""
    noor = person(worked)

    def blocks(connection: Connection) -> None:
        for number, kind in enumerate(["work", "break", "work", "training", "work"]):
            start = MONDAY_NINE + ODD_MS + number * 37 * MINUTE_MS
            row = {"person_id": noor.id, "kind": kind, "started_ms": start, "ended_ms": start + 37 * MINUTE_MS}
            connection.execute(sa.insert(t.block).values(**row, planned_end_ms=start + 37 * MINUTE_MS))

    worked.db.write(blocks)
    november = hours.month_of(date(2026, 11, 23))
    before = payroll.of_person(worked, noor.id, *november)
    later(clock, 200)
    retention.run(worked, via="command")
    after = payroll.of_person(worked, noor.id, *november)
    assert (after.minutes, after.paid) == (before.minutes, before.paid)
    assert len(rows(worked, t.block, t.block.c.person_id == noor.id)) == 1


def _said(connection: Connection, who: Person, now: int) -> None:
    common = {"public_id": new_public_id(), "person_id": who.id}
    connection.execute(sa.insert(t.check_in).values(**common, pace="fine", key="k", at_ms=now))
    connection.execute(sa.insert(t.request).values(**common, kind="talk", key="answered", asked_ms=now, answered_ms=now))
    unanswered = {**common, "public_id": new_public_id()}
    connection.execute(sa.insert(t.request).values(**unanswered, kind="talk", key="waits", asked_ms=now))
    connection.execute(sa.insert(t.sign_in_failure).values(subject_hash="x", at_ms=now))
    session = {"person_id": who.id, "csrf": "x", "created_ms": now}
    connection.execute(sa.insert(t.web_session).values(**session, token_hash="a" * 64, expires_ms=now + HOUR_MS))
    file = {"written_by": who.id, "kind": "note", "on_date": "2026-11-23", "words": "x", "created_ms": now}
    connection.execute(sa.insert(t.coach_entry).values(**common, **file))
    connection.execute(sa.insert(t.repeat_key).values(scope="s", key="k", fingerprint="f", body={}, at_ms=now))


def test_what_somebody_said_or_signed_in_with_goes_in_its_own_time(each_db_ctx: Context, clock: Clock) -> None:
    """Days until each table is empty; a request that waits for its answer stays."""
    ctx = each_db_ctx
    noor = person(ctx)
    ctx.db.write(lambda connection: _said(connection, noor, ctx.now()))
    found: dict[str, int] = {}
    for day in (0.5, 2, 32, 91, 731):
        clock.now_ms = MONDAY_NINE + int(day * DAY_MS)
        retention.run(ctx, via="command")
        for table in (t.sign_in_failure, t.web_session, t.check_in, t.request, t.repeat_key, t.coach_entry, t.audit):
            if not [row for row in rows(ctx, table) if table is not t.request or row.answered_ms]:
                found.setdefault(table.name, int(day))
    expected = {"sign_in_failure": 2, "web_session": 32, "check_in": 91, "request": 91, "repeat_key": 91}
    assert found == {**expected, "coach_entry": 731, "audit": 731}
    assert [row.key for row in rows(ctx, t.request)] == ["waits"]


def test_a_run_is_noted_with_what_it_did(worked: Context, clock: Clock) -> None:
    """Whoever asks can be shown that it runs."""
    later(clock, 91)
    counts = retention.run(worked, via="command")
    last = rows(worked, t.retention_run)[-1]
    assert (last.counts, last.via) == (counts, "command")
    assert counts["answers"] == 21


def test_every_table_is_kept_by_a_rule_that_is_there() -> None:
    """And what a rule deletes is described as kept by that rule."""
    names = {rule.name for rule in retention.RULES}
    assert {activity.keep for activity in privacy.activities()} <= names
    assert set(retention.WORDS) == names
    from workbench.store.retention import SWEEPS

    assert {sweep.rule for sweep in SWEEPS} <= names
    described = privacy.tables()
    assert {sweep.table.name for sweep in SWEEPS} <= set(described)
