"""`workbench aggregate` and `workbench agreement`: on plain CSV, without a database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from accessibility.sentences import noted
from workbench.commands.telling import in_words, tell

FIGURES = {
    "measure": noted("measure"),
    "agreement": noted("agreement"),
    "low": noted("low"),
    "high": noted("high"),
    "tasks": noted("tasks"),
    "reason": noted("reason"),
}


def register(parent: typer.Typer) -> None:
    """Hang these commands on."""
    parent.command("aggregate", epilog="Example: workbench aggregate labels.csv --type choice --out settled.csv")(aggregate)
    parent.command("report", epilog="Example: workbench report boats --out boats.html")(report)
    parent.command("agreement", epilog="Example: workbench agreement labels.csv --type choice --json")(agreement)


def aggregate(
    labels: Annotated[Path, typer.Argument(help="CSV with columns task, worker, label")],
    type_name: Annotated[str, typer.Option("--type", help="task type; `workbench types` lists them")],
    out: Annotated[Path, typer.Option(help="CSV to write: task, label, confidence")],
    gold: Annotated[Path | None, typer.Option(help="CSV with known answers: task, label")] = None,
) -> None:
    """Settle several answers per task into one, for anybody: no database, no lab."""
    from workbench import tabular

    tell(tabular.aggregate(labels, type_name, out, gold))


def agreement(
    labels: Annotated[Path, typer.Argument(help="CSV with columns task, worker, label")],
    type_name: Annotated[str, typer.Option("--type", help="task type; `workbench types` lists them")],
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """How far workers agree, with an interval."""
    from workbench import tabular

    found = tabular.agreement(labels, type_name)
    if as_json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{in_words(FIGURES[name]):<20} {in_words(value) if isinstance(value, str) else value}")


def report(
    project: str,
    out: Annotated[Path, typer.Option(help="file to write: .html, .json or .pdf")],
    language: Annotated[str, typer.Option(help="nl or en")] = "en",
) -> None:
    """Make a project's quality report: agreement, gold, confidence and what it is worth, answers used, what came back."""
    from workbench import projects, quality_report, review
    from workbench.commands import opened

    with opened() as ctx:
        found = projects.named(ctx, project)
        review.drain(ctx)
        quality_report.write(ctx, found, out, "nl" if language == "nl" else "en")
    tell("{out} is written.", out=out)
