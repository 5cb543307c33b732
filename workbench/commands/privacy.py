"""`workbench retention`, `handover` and `law-pack`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.commands import opened, progress
from workbench.commands.people import Language
from workbench.commands.telling import filled, in_words, tell


def register(parent: typer.Typer) -> None:
    """Hang these commands on."""
    parent.command("retention", epilog="Example: workbench retention --run")(retention)
    parent.command("handover", epilog="Example: workbench handover lab-2026-11-28.zip")(handover)
    parent.command("law-pack", epilog="Example: workbench law-pack out/ --language nl")(law_pack)


def retention(run: Annotated[bool, typer.Option("--run", help="carry the rules out now")] = False) -> None:
    """How long things are kept; with --run, what has had its time goes now (the jobs process does so once a day)."""
    from workbench import retention as rules

    if not run:
        for rule in rules.RULES:
            days = filled("{days} days", days=rule.days) if rule.days else "–"
            print(f"{rule.name:<12} {days:>9}  {in_words(rule.words)}")
        return
    with opened() as ctx:
        counts = rules.run(ctx, via="command")
    print(", ".join(f"{name} {count}" for name, count in counts.items()) or filled("Nothing has had its time."))


def handover(out: Annotated[Path, typer.Argument(help="zip file to write")]) -> None:
    """Write everything the lab holds to one zip of documented formats: for whoever takes the work over."""
    from workbench import handover as leaving

    with opened(must_be=True) as ctx, progress("Packing") as moved:
        counts = leaving.write(ctx, out, moved)
    tell("{out}: {rows} rows and {files} files.", out=out, rows=counts["rows"], files=counts["files"])


def law_pack(
    out: Annotated[Path, typer.Argument(help="folder to write to")],
    language: Annotated[Language, typer.Option(help="language of the documents")] = Language.NL,
) -> None:
    """Print DPIA, works-council notice, retention table, processing register and AI Act file from this lab's own settings."""
    from workbench.web import law

    with opened() as ctx:
        written = law.write(ctx, out, language.value)
    print("\n".join(str(path) for path in written))
