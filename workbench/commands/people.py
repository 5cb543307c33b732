"""`workbench person …`"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from workbench.commands import opened
from workbench.commands.telling import tell
from workbench.domain import Role

app = typer.Typer(help="People of the lab.", no_args_is_help=True, rich_markup_mode=None)


class Language(StrEnum):
    """Languages of the pages."""

    NL = "nl"
    EN = "en"


def register(parent: typer.Typer) -> None:
    """Hang these commands on."""
    parent.add_typer(app, name="person")


@app.command("add", epilog="Example: workbench person add Noor --role worker")
def add(
    name: str,
    role: Annotated[Role, typer.Option(help="what this person does here")],
    client: Annotated[str | None, typer.Option(help="the company of a client; made when it is new")] = None,
    language: Annotated[Language, typer.Option(help="language of this person's pages")] = Language.NL,
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """Add a person; prints a sign-in link and an API token, this once."""
    from workbench import people

    company = client or (name if role is Role.CLIENT else None)
    with opened() as ctx:
        made = people.enrol(ctx, name, [role], client=company, locale=language.value)
    if as_json:
        print(json.dumps({"name": name, "role": role.value, "token": made.token, "link": made.link_path}))
        return
    print(f"{name} ({role.value})")
    tell("  sign-in link  {link}   (after the address of the server)", link=made.link_path)
    if made.badge_code:
        tell("  badge code    {code}", code=made.badge_code)
    tell("  API token     {token}", token=made.token)
    tell("Keep these safe: they are not shown again.")
