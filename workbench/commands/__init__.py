"""The commands, by subject. Each module has `register(app)`; heavy imports happen inside the commands."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from accessibility.sentences import sentence
from workbench.commands.telling import in_words
from workbench.errors import NotFound
from workbench.settings import Settings

if TYPE_CHECKING:
    from workbench.context import Context

Progress = Callable[[int, int | None], None]


@contextmanager
def opened(settings: Settings | None = None, *, must_be: bool = False) -> Iterator[Context]:
    """
    The lab of this environment, open for one command.

    Args:
        must_be: somebody has to be in it: for what would otherwise say that all is well with a lab that is elsewhere.

    Raises:
        NotFound: there is no lab in this folder.
    """
    from workbench.context import open_context

    settings = settings or Settings.load()
    if must_be and not _is_lab(settings):
        raise NotFound(
            sentence("There is no lab in {data}. Say which folder it is in with --data or WORKBENCH_DATA.", data=settings.data)
        )
    ctx = open_context(settings)
    try:
        yield ctx
    finally:
        ctx.close()


def _is_lab(settings: Settings) -> bool:
    """Without making one."""
    from workbench import migrations
    from workbench.store.address import is_missing
    from workbench.store.database import Database
    from workbench.store.people import anybody

    if is_missing(settings.database_url) or migrations.known(settings.database_url) is None:
        return False
    database = Database(settings.database_url)
    try:
        return database.read(anybody)
    finally:
        database.close()


@contextmanager
def progress(what: str) -> Iterator[Progress]:
    """`what`: a noun, translated here. A progress bar when a person is watching, silence when a program is."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        row = bar.add_task(in_words(what), total=None)
        yield lambda done, total: bar.update(row, completed=done, total=total)
