"""`python3 -m workbench test`: style, types, lines of import, tests; with arguments, those tests only."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

LONG_FILES_FIRST = ("tests/journeys", "tests/commands", "tests/jobs", "tests/widgets", "tests/web", "tests/start", "tests")


@dataclass(frozen=True)
class Check:
    """One check and the command that does it; `talks` when its own output is the progress to watch."""

    name: str
    command: Sequence[str]
    talks: bool = False


def plan(arguments: Sequence[str]) -> list[Check]:
    """Everything, or only pytest on what the arguments name."""
    python = sys.executable
    beside = Path(python).parent
    pytest = Check("tests", [python, "-m", "pytest", *arguments], talks=True)
    if arguments:
        return [pytest]
    # Each file's tests stay together: they share a server, a browser or a database. Long files go first: one that comes
    # last would keep a single process busy.
    spread = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
    whole = Check("tests", [*pytest.command, *spread, "--durations", "15", *LONG_FILES_FIRST], talks=True)
    return [
        Check("style", [python, "-m", "ruff", "check", "."]),
        Check("format", [python, "-m", "ruff", "format", "--check", "."]),
        Check("types", [python, "-m", "mypy"]),
        Check("lines of import", [str(beside / "lint-imports")]),
        whole,
    ]


def run(root: Path, arguments: Sequence[str], clock: Callable[[], float] = time.monotonic) -> int:
    """
    Run the checks, all of them also when one fails, and close with one line.

    Returns:
        0 when everything is well, else 1.
    """
    quiet = "--quiet" in arguments
    checks = plan([argument for argument in arguments if argument != "--quiet"])
    began = clock()
    failed = [check.name for check in checks if not passes(check, root, quiet=quiet)]
    print(closing_line(checks, failed, seconds=clock() - began), flush=True)
    return 1 if failed else 0


def passes(check: Check, root: Path, *, quiet: bool) -> bool:
    """Run one check in the checkout; its output is shown when it fails, or while it runs when that is its progress."""
    shown = check.talks and not quiet
    if not quiet:
        print(f"── {check.name}", flush=True)
    done = subprocess.run(
        check.command,
        cwd=root,
        env=environment(os.environ),
        stdout=None if shown else subprocess.PIPE,
        stderr=None if shown else subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode and not shown:
        print(done.stdout, flush=True)
    return done.returncode == 0


def environment(environ: dict[str, str] | os._Environ[str]) -> dict[str, str]:
    """The environment without the settings of a real lab: no test may ever touch that."""
    return {name: value for name, value in environ.items() if not name.startswith("WORKBENCH_")}


def closing_line(checks: Sequence[Check], failed: Sequence[str], *, seconds: float) -> str:
    """`All well: …` or `Failed: …`, with the time it took."""
    took = f"{int(seconds) // 60} min {int(seconds) % 60} s"
    if failed:
        return f"Failed: {', '.join(failed)}. ({took})"
    return f"All well: {', '.join(check.name for check in checks)}. ({took})"
