"""`workbench hours` and `workbench quote`"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from accessibility.sentences import noted, sentence
from workbench.commands import opened
from workbench.commands.telling import number, tell

BASES = {
    "step": noted("measured in this step"),
    "type": noted("measured in other work of this kind"),
    "kept": noted("measured earlier and kept"),
    "unmeasured": noted("not measured yet"),
}


def register(parent: typer.Typer) -> None:
    """Hang these commands on."""
    parent.command("hours", epilog="Example: workbench hours --from 2026-11-01 --to 2026-11-30 --out november.csv")(hours)
    parent.command("quote", epilog="Example: workbench quote boats")(quote)


def hours(
    first: Annotated[str, typer.Option("--from", help="first day, for example 2026-11-01")],
    last: Annotated[str, typer.Option("--to", help="last day, for example 2026-11-30")],
    out: Annotated[Path, typer.Option(help="CSV to write: one line per person and day")],
) -> None:
    """Write everybody's hours for payroll: blocks worked, training, breaks by the lab's rule, corrections."""
    from workbench import hours as rules
    from workbench import payroll

    with opened(must_be=True) as ctx:
        found = payroll.of_everybody(ctx, payroll.read_day(first, "from"), payroll.read_day(last, "to"))
    out.write_text(rules.payroll_csv(found), encoding="utf-8", newline="")
    total = sum(statement.paid for _, _, statement in found)
    tell("{out}: {people} people, {hours} hours.", out=out, people=len(found), hours=rules.clock_text(total))


def quote(project: str, as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False) -> None:
    """What a project costs a client: norm time from measured work times the lab's rate, with an interval."""
    from workbench import pricing, projects

    with opened() as ctx:
        found = pricing.offer(ctx, projects.named(ctx, project))
    if as_json:
        print(json.dumps(_as_json(found)))
        return
    for part in found.quote.parts:
        norm = part.norm
        tell(
            "{step} ({type}): {answers:,} answers of {seconds:.0f} s ({low:.0f} to {high:.0f}; {basis})",
            step=part.name,
            type=part.task_type,
            answers=part.answers,
            seconds=norm.seconds,
            low=norm.low,
            high=norm.high,
            basis=sentence(BASES[norm.basis]),
        )
        if part.most:
            tell("  up to {most:,} answers where people do not agree; the upper end counts all of them", most=part.most)
    tell(
        "hours  {hours} ({low} to {high})",
        hours=number(found.quote.hours, 1),
        low=number(found.quote.hours_low, 1),
        high=number(found.quote.hours_high, 1),
    )
    if found.quote.price is None or found.quote.price_low is None or found.quote.price_high is None:
        tell("price  set the lab's rate first: on the page “Settings of the lab”.")
        return
    prices = (found.quote.price.net, found.quote.price_low.net, found.quote.price_high.net, found.quote.price.total)
    net, low, high, total = (number(each, 2) for each in prices)
    tell("price  € {net} ({low} to {high}), with VAT € {total}", net=net, low=low, high=high, total=total)


def _as_json(found: object) -> object:
    from dataclasses import asdict
    from decimal import Decimal

    from workbench.pricing import Offer

    assert isinstance(found, Offer)
    plain = asdict(found.quote)
    text = json.dumps(plain, default=lambda value: str(value) if isinstance(value, Decimal) else list(value))
    return {"project": found.project.name, "day": found.day.isoformat(), "currency": "EUR", **json.loads(text)}
