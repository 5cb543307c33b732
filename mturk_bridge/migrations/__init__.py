"""
The bridge's own history of its tables, with a version table of its own: `ready` brings a lab to the newest, `kept` only a lab
that has them.
"""

from __future__ import annotations

import threading
from pathlib import Path

import sqlalchemy as sa

from workbench.context import Context

HERE = Path(__file__).parent
VERSION_TABLE = "mturk_alembic_version"
HEAD = max(path.name.split("_")[0] for path in (HERE / "versions").glob("[0-9]*.py"))
_ready: set[str] = set()
_one = threading.Lock()


def current(ctx: Context) -> str | None:
    """The revision that this lab's bridge is at; None: this lab never used it."""
    with ctx.db.reading() as connection:
        if not sa.inspect(connection).has_table(VERSION_TABLE):
            return None
        found: str | None = connection.execute(sa.text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar_one_or_none()  # noqa: S608
        return found


def is_used(ctx: Context) -> bool:
    """Has this lab's bridge tables that are up to date? Asks the database once."""
    name = _name(ctx)
    if name not in _ready and current(ctx) == HEAD:
        _ready.add(name)
    return name in _ready


def ready(ctx: Context) -> None:
    """Make the tables where they are not there yet."""
    if is_used(ctx):
        return
    with _one:
        upgrade(ctx)
    _ready.add(_name(ctx))


def kept(ctx: Context) -> bool:
    """Does this lab use the bridge? Then its tables are brought to the newest; where there are none, none are made."""
    if not is_used(ctx) and current(ctx) is None:
        return False
    ready(ctx)
    return True


def upgrade(ctx: Context, revision: str = "head") -> None:
    """Run the steps up to this one."""
    from alembic import command

    command.upgrade(_config(ctx), revision)


def _name(ctx: Context) -> str:
    return ctx.db.engine.url.render_as_string(hide_password=False)


def _config(ctx: Context):  # type: ignore[no-untyped-def]  # alembic is imported only where a migration runs
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["url"] = ctx.db.engine.url
    return config
