"""`workbench …` as a process of its own, as a person or a script starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = Path(sys.executable).with_name("workbench")
PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Done:
    """What a command said, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def told(self) -> Any:
        """What it printed, read as JSON."""
        return json.loads(self.out)


def workbench(data: Path, *arguments: str | Path) -> Done:
    """Run a command on the lab in this folder, with nothing of our own environment's lab."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("WORKBENCH_")}
    command = [str(PROGRAM), *map(str, arguments)]
    done = subprocess.run(
        command,
        env={**environ, "WORKBENCH_DATA": str(data)},
        cwd=data.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def well(data: Path, *arguments: str | Path) -> Done:
    """Run a command that must go well, and say nothing on standard error."""
    done = workbench(data, *arguments)
    assert (done.status, done.err) == (0, ""), (arguments, done)
    return done


def at_once(data: Path, commands: Iterable[tuple[str | Path, ...]]) -> list[Done]:
    """Several commands on one lab, two at a time: starting takes most of the time."""
    with ThreadPoolExecutor(2) as two:
        return list(two.map(lambda each: workbench(data, *each), commands))


def refusal(done: Done) -> str:
    """The one line of a command that failed."""
    assert done.status != 0, done
    assert done.out == ""
    assert done.err.endswith("\n")
    assert done.err.count("\n") == 1, done.err
    return done.err.strip()
