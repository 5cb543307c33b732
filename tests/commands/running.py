"""`workbench …` as a process of its own, as a person or a script starts it."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PROGRAM = Path(sys.executable).with_name("workbench")
PATIENCE_SECONDS = 120
_STARTED: set[str] = set()


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
    """
    Run a command on the lab in this folder, with nothing of our own environment's lab.

    The first time that this command is used the program is started from nothing, as a person does. Later ones are processes
    that begin where the program has been loaded: loading takes ten times as long as most commands.
    """
    environ = {name: value for name, value in os.environ.items() if not name.startswith("WORKBENCH_")}
    environ |= {"WORKBENCH_DATA": str(data), "WORKBENCH_LANGUAGE": "en"}
    told = [str(each) for each in arguments]
    known = told[0] in _STARTED
    _STARTED.add(told[0])
    return (_loaded if known else _from_nothing)(told, environ, data.parent)


def _from_nothing(arguments: Sequence[str], environ: Mapping[str, str], folder: Path) -> Done:
    done = subprocess.run(
        [str(PROGRAM), *arguments],
        env=environ,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


@cache
def _loader() -> ForkServerContext:
    """The process that has the program loaded and from which others begin; it ends with this one."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["workbench.cli", "workbench.review", "workbench.export", "workbench.ingest"])
    return context


def _loaded(arguments: Sequence[str], environ: Mapping[str, str], folder: Path) -> Done:
    with TemporaryDirectory() as kept:
        out, err = Path(kept, "out"), Path(kept, "err")
        process = _loader().Process(target=_command, args=(arguments, dict(environ), folder, out, err))
        process.start()
        process.join(PATIENCE_SECONDS)
        assert process.exitcode is not None, f"{arguments} takes longer than {PATIENCE_SECONDS} s"
        return Done(process.exitcode, out.read_text("utf-8"), err.read_text("utf-8"))


def _command(arguments: Sequence[str], environ: dict[str, str], folder: Path, out: Path, err: Path) -> None:
    """In the new process: what the program's own start does."""
    for descriptor, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), descriptor)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    sys.argv = ["workbench", *arguments]
    from workbench.cli import main

    main()


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
