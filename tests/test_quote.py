"""Prices by norm time: robust, with an interval, never one person's hours."""

from __future__ import annotations

from decimal import Decimal

import sqlalchemy as sa

from tests.builders import add_texts, key, rating, workers
from workbench import assign, pricing, quote, submit
from workbench import tables as t
from workbench.context import Context
from workbench.lab_settings import KEY, LabSettings
from workbench.quote import StepPart
from workbench.store import lab


def timed(**people: list[int]) -> list[tuple[int, int]]:
    """(person, ms) out of seconds by person."""
    return [(number, seconds * 1000) for number, own in enumerate(people.values()) for seconds in own]


def test_the_norm_is_the_middle_person_not_the_busiest() -> None:
    """One quick person with a thousand answers does not set the price."""
    found = quote.norm(timed(a=[10] * 1000, b=[40] * 10, c=[50] * 10), "step")
    assert found is not None
    assert (found.seconds, found.people, found.answers) == (40, 3, 1020)


def test_one_interrupted_answer_changes_little() -> None:
    """Somebody who was called away for nine minutes."""
    calm = quote.norm(timed(a=[30] * 20, b=[30] * 20, c=[30] * 20), "step")
    called_away = quote.norm(timed(a=[30] * 19 + [540], b=[30] * 20, c=[30] * 20), "step")
    assert calm == called_away


def test_too_few_people_give_no_norm() -> None:
    """Two people's times are somebody's times."""
    assert quote.norm(timed(a=[30] * 50, b=[35] * 50), "step") is None
    assert quote.norm(timed(a=[30] * 50, b=[35] * 50, c=[20, 20]), "step") is None


def test_the_interval_holds_the_norm_and_widens_with_doubt() -> None:
    """People who are alike give a narrow one."""
    alike = quote.norm(timed(**{str(n): [30 + n % 2] * 10 for n in range(8)}), "step")
    apart = quote.norm(timed(**{str(n): [10 * (n + 1)] * 10 for n in range(8)}), "step")
    assert alike
    assert apart
    assert alike.low <= alike.seconds <= alike.high
    assert apart.high - apart.low > alike.high - alike.low


def test_price_is_hours_times_rate_with_margin_and_vat() -> None:
    """To the cent: 120 answers of a minute are two hours."""
    part = StepPart("Boats", "bounding_box", 120, quote.unmeasured())
    settings = LabSettings(hourly_rate=Decimal("45.50"), margin_percent=Decimal(10), vat_percent=Decimal(21))
    found = quote.quote([part], settings)
    assert found.price == quote.Price(Decimal("91.00"), Decimal("100.10"), Decimal("21.02"), Decimal("121.12"))
    assert (found.hours_low, found.hours, found.hours_high) == (1, 2, 4)


def test_work_that_may_ask_more_is_quoted_up_to_all_of_it(ctx: Context) -> None:
    """Ten texts of two to five answers with a budget of forty; before any work a tenth of the answers is to check questions."""
    many = [str(number) for number in range(10)]
    project = rating(ctx, many, overlap={"min": 2, "max": 5, "budget": 40}, gold={})
    add_texts(ctx, project, ["g"], gold={"g": 3})
    found = pricing.offer(ctx, project).quote
    assert (found.parts[0].answers, found.parts[0].most) == (22, 44)
    assert (found.hours, found.hours_high) == (22 * 60 / 3600, 44 * 120 / 3600)
    without = rating(ctx, many, name="Other", overlap={"min": 2, "max": 5})
    assert pricing.offer(ctx, without).quote.parts[0].most == 50
    assert pricing.offer(ctx, rating(ctx, many, name="Plain", overlap=2)).quote.parts[0].most is None


def test_without_a_rate_there_are_hours_and_no_price() -> None:
    """The lab decides its rate first."""
    assert quote.quote([StepPart("x", "rating", 60, quote.unmeasured())], LabSettings()).price is None


def test_a_project_is_quoted_by_what_was_measured_in_it(each_db_ctx: Context) -> None:
    """Three people, seven answers each of 30 to 50 seconds; the answers asked are microtasks times overlap."""
    ctx = each_db_ctx
    ctx.db.write(lambda connection: lab.set_up(connection, name="Proeflab", time_zone="Europe/Amsterdam", now=ctx.now()))
    rate = LabSettings(hourly_rate=Decimal(10)).as_json()
    ctx.db.write(lambda connection: lab.change_settings(connection, KEY, rate))
    project = rating(ctx, [str(number) for number in range(10)], overlap=3)
    assert pricing.offer(ctx, project).quote.parts[0].norm.basis == "unmeasured"
    for number, who in enumerate(workers(ctx, 3)):
        for _ in range(7):
            assignment = assign.next_assignments(ctx, who)[0]
            active_ms = 30_000 + number * 10_000
            submit.submit(ctx, who, assignment.public_id, {"value": 3}, key=key(), via="page", active_ms=active_ms)
    found = pricing.offer(ctx, project)
    part = found.quote.parts[0]
    assert (part.answers, part.norm.seconds, part.norm.basis) == (30, 40, "step")
    assert found.below_minimum
    timed_rows = ctx.db.read(lambda c: c.scalar(sa.select(sa.func.count()).where(t.annotation.c.active_ms.is_not(None))))
    assert timed_rows == 21
