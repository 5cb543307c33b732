"""`workbench types` and `workbench formats`"""

from __future__ import annotations

import json
from typing import Annotated

import typer

from workbench.commands.telling import locale


def register(parent: typer.Typer) -> None:
    """Hang these commands on."""
    parent.command("types", epilog="Example: workbench types rating --json")(types)
    parent.command("formats", epilog="Example: workbench formats")(formats)


def types(
    name: Annotated[str | None, typer.Argument(help="one type, with its schemas")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """The kinds of work."""
    from task_types import registry
    from workbench.describe import describe_type

    if name is not None:
        found = describe_type(name)
        print(json.dumps(found) if as_json else json.dumps(found, indent=2, ensure_ascii=False))
        return
    listed = [registry.get(each) for each in registry.names()]
    if as_json:
        print(json.dumps([{"name": each.name, "title": dict(each.title), "formats": sorted(each.exporters)} for each in listed]))
        return
    for each in listed:
        print(f"{each.name:<18} {each.title[locale()]}")


def formats() -> None:
    """The export formats, and the kinds of work that fill them."""
    from task_types import registry
    from workbench import export

    by_format: dict[str, list[str]] = {}
    for name in registry.names():
        for each in export.formats_of_type(name):
            by_format.setdefault(each, []).append(name)
    for each, names in sorted(by_format.items()):
        print(f"{each:<18} {', '.join(names)}")
