"""The `workbench` command. Each subject has its own module in workbench/commands; this one puts them together."""

from __future__ import annotations

import os
import sys
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any

import typer

from workbench.commands import lab, people, projects, quality, running, work_types
from workbench.errors import WorkbenchError

app = typer.Typer(
    name="workbench",
    help="The workbench of an AI annotation lab.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (running, people, projects, quality, work_types, lab):
    module.register(app)


@app.callback()
def options(
    data: Annotated[Path | None, typer.Option("--data", help="Folder of the lab (or WORKBENCH_DATA). Default: ./data")] = None,
) -> None:
    """The workbench of an AI annotation lab: datasets in, one clear question at a time, one labelled dataset out."""
    if data is not None:
        os.environ["WORKBENCH_DATA"] = str(data.expanduser().absolute())


def plug_ins() -> None:
    """Commands of packages that hang on at the edge, such as the bridge: entry points `workbench.commands`."""
    for point in metadata.entry_points(group="workbench.commands"):
        point.load()(app)


def main() -> None:
    """Run a command: exit status 0, or one clear line on standard error and a status that is not 0."""
    from task_types.errors import TaskTypeError

    plug_ins()
    try:
        app()
    except (WorkbenchError, TaskTypeError) as error:
        fail(error)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever was reading has gone (`workbench export … | head`): that is no fault.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def fail(error: Any) -> None:
    """One line that says what, where and what next."""
    where = ":".join(str(part) for part in (getattr(error, "file", None), getattr(error, "line", None)) if part)
    text = str(error)
    print(f"{where}: {text}" if where and where.split(":")[0] not in text else text, file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main()
