"""`workbench hours` and `workbench quote`"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from workbench.commands import opened


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

    with opened() as ctx:
        found = payroll.of_everybody(ctx, payroll.read_day(first, "from"), payroll.read_day(last, "to"))
    out.write_text(rules.payroll_csv(found), encoding="utf-8", newline="")
    total = sum(statement.paid for _, _, statement in found)
    print(f"{out}: {len(found)} people, {rules.clock_text(total)} hours.")


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
        ends = f"{norm.low:.0f} to {norm.high:.0f}; {norm.basis}"
        print(f"{part.name} ({part.task_type}): {part.answers:,} answers of {norm.seconds:.0f} s ({ends})")
    print(f"hours  {found.quote.hours:,.1f} ({found.quote.hours_low:,.1f} to {found.quote.hours_high:,.1f})")
    if found.quote.price is None or found.quote.price_low is None or found.quote.price_high is None:
        print("price  set the lab's rate first: on the page “Settings of the lab”.")
        return
    ends = f"{found.quote.price_low.net:,} to {found.quote.price_high.net:,}"
    print(f"price  € {found.quote.price.net:,} ({ends}), with VAT € {found.quote.price.total:,}")


def _as_json(found: object) -> object:
    from dataclasses import asdict
    from decimal import Decimal

    from workbench.pricing import Offer

    assert isinstance(found, Offer)
    plain = asdict(found.quote)
    text = json.dumps(plain, default=lambda value: str(value) if isinstance(value, Decimal) else list(value))
    return {"project": found.project.name, "day": found.day.isoformat(), "currency": "EUR", **json.loads(text)}
