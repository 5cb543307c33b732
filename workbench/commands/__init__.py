"""The commands, by subject. Each module has `register(app)`; heavy imports happen inside the commands."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from workbench.commands.telling import in_words
from workbench.settings import Settings

if TYPE_CHECKING:
    from workbench.context import Context

Progress = Callable[[int, int | None], None]


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[Context]:
    """The lab of this environment, open for one command."""
    from workbench.context import open_context

    ctx = open_context(settings or Settings.load())
    try:
        yield ctx
    finally:
        ctx.close()


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
