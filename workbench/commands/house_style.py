"""`workbench house-style`"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from workbench.commands import opened
from workbench.commands.projects import read_settings
from workbench.errors import NotFound


def register(parent: typer.Typer) -> None:
    """Hang this command on."""
    parent.command("house-style", epilog='Example: workbench house-style "Omroep Oost" --settings style.yaml')(house_style)


def house_style(
    client: Annotated[str, typer.Argument(help="the company's name")],
    settings: Annotated[Path | None, typer.Option(help="YAML file with the limits from now on, e.g. line_length: 37")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """The limits that subtitles of a client are measured against; with --settings they are replaced, for new projects."""
    from accessibility.sentences import sentence
    from workbench import house_style as styles
    from workbench.store import people

    with opened() as ctx:
        found = ctx.db.read(lambda connection: people.client_by_name(connection, client))
        if found is None:
            raise NotFound(sentence('There is no client called "{name}".', name=client))
        if settings is not None:
            wanted = styles.named(read_settings(settings))
            ctx.db.write(lambda connection: styles.change(connection, found, wanted))
        limits = ctx.db.read(lambda connection: styles.in_force(connection, found))
    if as_json:
        print(json.dumps(limits))
        return
    for name, limit in limits.items():
        print(f"{name:<18} {limit:g}")
