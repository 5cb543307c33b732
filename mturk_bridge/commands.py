"""`workbench mturk …`"""

from __future__ import annotations

import typer

app = typer.Typer(help="The fair-pay bridge: MTurk's protocol.", no_args_is_help=True, rich_markup_mode=None)
keys = typer.Typer(help="Requesters' key pairs.", no_args_is_help=True, rich_markup_mode=None)


def register(parent: typer.Typer) -> None:
    """Hang these commands on."""
    parent.add_typer(app, name="mturk")
    app.add_typer(keys, name="key")


@keys.command("add", epilog='Example: workbench mturk key add "Zender Noord"')
def add_key(requester: str) -> None:
    """A new key pair for a requester; the requester is made when it is new. The secret is shown this once."""
    from mturk_bridge import keys as rules
    from mturk_bridge import migrations
    from mturk_bridge.store import requesters
    from workbench.commands import opened

    with opened() as ctx:
        migrations.ready(ctx)
        known = ctx.db.read(lambda connection: requesters.by_name(connection, requester))
        pair = rules.add_key(ctx, known or rules.add_requester(ctx, requester))
    print(f"aws_access_key_id = {pair.access_key_id}\naws_secret_access_key = {pair.secret_access_key}")
