"""The `workbench` command. Each subject has its own module in workbench/commands; this one puts them together."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer

from task_types import plug_ins
from workbench.commands import house_style, lab, pay, people, privacy, projects, quality, running, voice, work_types
from workbench.errors import WorkbenchError

app = typer.Typer(
    name="workbench",
    help="The workbench of an AI annotation lab.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (running, people, projects, quality, work_types, house_style, lab, pay, privacy, voice):
    module.register(app)


@app.callback()
def options(
    data: Annotated[Path | None, typer.Option("--data", help="Folder of the lab (or WORKBENCH_DATA). Default: ./data")] = None,
) -> None:
    """The workbench of an AI annotation lab: datasets in, one clear question at a time, one labelled dataset out."""
    if data is not None:
        os.environ["WORKBENCH_DATA"] = str(data.expanduser().absolute())


@cache
def hang_on() -> None:
    """Commands of packages that hang on at the edge, such as the bridge: entry points `workbench.commands`."""
    for point in plug_ins.points("workbench.commands"):
        point.load()(app)


def main() -> None:
    """Run a command: exit status 0, or one clear line on standard error and a status that is not 0."""
    from task_types.errors import TaskTypeError

    hang_on()
    try:
        status = app(standalone_mode=False)
    except (WorkbenchError, TaskTypeError) as error:
        fail(error)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever was reading has gone (`workbench export … | head`): that is no fault.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        # Some releases of typer bring their own copy of click, so that its errors have no name to catch them by.
        if not hasattr(error, "format_message"):
            raise
        misused(error)
    else:
        sys.exit(status if isinstance(status, int) else 0)


def misused(error: Any) -> None:
    """A command that was not typed as it should be: one line, with where to read on."""
    words = str(error.format_message()).strip()
    if "\n" in words:  # a command group by itself: its help
        error.show()
    else:
        command = error.ctx.command_path if getattr(error, "ctx", None) else "workbench"
        print(f"{words} See: {command} --help", file=sys.stderr)
    sys.exit(error.exit_code)


def in_words(error: Any, environ: Mapping[str, str]) -> str:
    """The sentence of an error in the language of this terminal: Dutch where LC_ALL, LC_MESSAGES or LANG says so."""
    from workbench.web.languages import told

    named = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    return told("nl" if named.startswith("nl") else "en", getattr(error, "message", str(error)))


def fail(error: Any) -> None:
    """One line that says what, where and what next."""
    where = ":".join(str(part) for part in (getattr(error, "file", None), getattr(error, "line", None)) if part)
    text = in_words(error, os.environ)
    print(f"{where}: {text}" if where and where.split(":")[0] not in text else text, file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main()
