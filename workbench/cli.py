"""The `workbench` command. Each subject has its own module in workbench/commands; this one puts them together."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.main import get_command

from task_types import plug_ins
from workbench.commands import helping, house_style, lab, pay, people, privacy, projects, quality, running, voice, work_types
from workbench.commands.people import Language
from workbench.commands.telling import in_words, tell
from workbench.errors import WorkbenchError, first_line

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


def choose(language: Language | None) -> None:
    """Everything that this command and the processes of its own say from now on is in this language."""
    if language is not None:
        os.environ["WORKBENCH_LANGUAGE"] = language.value


@app.callback()
def options(
    data: Annotated[Path | None, typer.Option("--data", help="Folder of the lab (or WORKBENCH_DATA). Default: ./data")] = None,
    language: Annotated[  # noqa: ARG001  # chosen before anything is said
        Language | None,
        typer.Option("--language", is_eager=True, callback=choose, help="Language of what is told here; without it as LANG says"),
    ] = None,
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
        status = helping.prepared(get_command(app))(standalone_mode=False)
    except (WorkbenchError, TaskTypeError) as error:
        fail(error)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever was reading has gone (`workbench export … | head`): that is no fault.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        unusable(error.strerror or str(error), error.filename)
    except Exception as error:
        if type(error).__name__ == "OperationalError":  # SQLAlchemy is loaded only by commands that need it
            unusable(str(getattr(error, "orig", error)), None)
        # Some releases of typer bring their own copy of click, so that its errors have no name to catch them by.
        if not hasattr(error, "format_message"):
            raise
        misused(error)
    else:
        sys.exit(status if isinstance(status, int) else 0)


def misused(error: Any) -> None:
    """A command that was not typed as it should be: one line, with where to read on."""
    if type(error).__name__ == "NoArgsIsHelpError":  # a command group by itself: its help
        error.show()
    else:
        said = helping.complaint(" ".join(str(error.format_message()).split()))
        command = error.ctx.command_path if getattr(error, "ctx", None) else "workbench"
        ended = said if said.endswith((".", "?", ")")) else f"{said}."
        tell("{said} See: {command} --help", said=ended, command=command, error=True)
    sys.exit(error.exit_code)


def unusable(reason: str, file: Any) -> NoReturn:
    """A disk that is full, a folder that may not be written to, a database that has gone: one line."""
    first = first_line(reason)
    if file is None:
        tell("That did not work: {reason}. Mend that, then try again.", reason=first, error=True)
    else:
        tell("{file} cannot be used: {reason}. Mend that, then try again.", file=file, reason=first, error=True)
    sys.exit(1)


def fail(error: Any) -> None:
    """One line that says what, where and what next."""
    where = ":".join(str(part) for part in (getattr(error, "file", None), getattr(error, "line", None)) if part)
    text = in_words(getattr(error, "message", str(error)))
    print(f"{where}: {text}" if where and where.split(":")[0] not in text else text, file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main()
