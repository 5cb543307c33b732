"""`python3 -m workbench test`: style, types, lines of import, tests; with arguments, those tests only."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from workbench.start.report import filled
from workbench.start.words import noted, translated

MOST_WORKERS = 8
IN_MEMORY = Path("/dev/shm")  # noqa: S108  # the folder of Linux that is kept in memory
ROOM_BYTES = 4 << 30  # more than all tests together leave behind
BYTECODE = Path(sys.prefix, "bytecode")  # in the environment of the checkout


@dataclass(frozen=True)
class Check:
    """
    One check and the command that does it.

    talks: its own output is the progress to watch.
    beside: it takes a while and one core, so it runs while the next ones do.
    """

    name: str
    command: Sequence[str]
    talks: bool = False
    beside: bool = False


def plan(arguments: Sequence[str]) -> list[Check]:
    """Everything, or only pytest on what the arguments name."""
    python = sys.executable
    beside = Path(python).parent
    pytest = Check(noted("tests"), [python, "-m", "pytest", *arguments], talks=True)
    if arguments:
        return [pytest]
    # Each file's tests stay together: they share a server, a browser or a database. Its own conftest puts long files first. Two
    # processes more than there are cores: tests also wait, for sounds, for timers, for programs that they started.
    workers = min(MOST_WORKERS, len(os.sched_getaffinity(0)) + 2)
    spread = ("-n", str(workers), "--dist", "loadfile", "--no-loadscope-reorder")
    # Once by one process before several do it: each would compile what no other has compiled yet.
    once = Check(noted("collecting the tests"), [*pytest.command, "--collect-only"])
    whole = Check(noted("tests"), [*pytest.command, *spread, "--durations", "15"], talks=True)
    return [
        Check(noted("style"), [python, "-m", "ruff", "check", "."]),
        Check(noted("format"), [python, "-m", "ruff", "format", "--check", "."]),
        Check(noted("types"), [python, "-m", "mypy"], beside=True),
        Check(noted("lines of import"), [str(beside / "lint-imports")], beside=True),
        once,
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
    with ThreadPoolExecutor(1) as meanwhile:
        running = [(check, meanwhile.submit(done, check, root, shown=False)) for check in checks if check.beside]
        passed = {check.name: passes(check, root, quiet=quiet) for check in checks if not check.beside}
        passed |= {check.name: told(check, later.result(), quiet=quiet) for check, later in running}
    # Modules that stood in the temporary folder never come back under the same name.
    shutil.rmtree(f"{BYTECODE}{environment(os.environ).get('TMPDIR', tempfile.gettempdir())}", ignore_errors=True)
    failed = [check.name for check in checks if not passed[check.name]]
    print(closing_line(checks, failed, seconds=clock() - began), flush=True)
    return 1 if failed else 0


def passes(check: Check, root: Path, *, quiet: bool) -> bool:
    """Run one check in the checkout; its output is shown when it fails, or while it runs when that is its progress."""
    shown = check.talks and not quiet
    if shown:
        print(f"── {translated(check.name)}", flush=True)
    return told(check, done(check, root, shown=shown), quiet=quiet)


def done(check: Check, root: Path, *, shown: bool) -> subprocess.CompletedProcess[str]:
    """Run one check to its end; its output is kept, or shown while it runs."""
    out, error = (None, None) if shown else (subprocess.PIPE, subprocess.STDOUT)
    command, environ = check.command, environment(os.environ)
    return subprocess.run(command, cwd=root, env=environ, stdout=out, stderr=error, text=True, check=False)


def told(check: Check, ended: subprocess.CompletedProcess[str], *, quiet: bool) -> bool:
    """Say what a check said that was not shown while it ran, if it failed. Returns whether it passed."""
    was_shown = ended.stdout is None
    if not quiet and not was_shown:
        print(f"── {translated(check.name)}", flush=True)
    if ended.returncode and not was_shown:
        print(ended.stdout, flush=True)
    return ended.returncode == 0


def environment(environ: Mapping[str, str], room_bytes: int | None = None) -> dict[str, str]:
    """
    The environment of the checks.

    Without the settings of a real lab: no test may ever touch that. Tests make thousands of small databases and wait for
    each write to reach the disk: they stand in memory where the machine has room for them and nobody chose otherwise. They
    also start hundreds of processes. Each would compile all its modules again, two seconds of work, where no bytecode may be
    written: it goes into a folder of its own then, so that none lies between the files of the checkout.

    Args:
        room_bytes: what is free there; None: look.
    """
    kept = {name: value for name, value in environ.items() if not name.startswith("WORKBENCH_")}
    if kept.pop("PYTHONDONTWRITEBYTECODE", ""):  # as in many containers
        kept["PYTHONPYCACHEPREFIX"] = str(BYTECODE)
    free = room_in_memory() if room_bytes is None else room_bytes
    return kept if "TMPDIR" in kept or free < ROOM_BYTES else {**kept, "TMPDIR": str(IN_MEMORY)}


def room_in_memory() -> int:
    """Bytes that are free in the folder that is kept in memory; 0 where there is none to write to and to start programs from."""
    if not os.access(IN_MEMORY, os.W_OK):
        return 0
    found = os.statvfs(IN_MEMORY)
    # A wheel is built by programs in a temporary folder; in a container the one in memory may not start any.
    return 0 if found.f_flag & os.ST_NOEXEC else found.f_bavail * found.f_frsize


def closing_line(checks: Sequence[Check], failed: Sequence[str], *, seconds: float) -> str:
    """`All well: …` or `Failed: …`, with the time it took."""
    took = f"{int(seconds) // 60} min {int(seconds) % 60} s"
    if failed:
        return filled("Failed: {checks}. ({took})", checks=", ".join(map(translated, failed)), took=took)
    return filled("All well: {checks}. ({took})", checks=", ".join(translated(check.name) for check in checks), took=took)
