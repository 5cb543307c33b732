"""The checkout's own virtual environment: made once, mended when it is stale, moved or half done.

A stamp inside `.venv` says for which place, which Python and which dependencies it was made. With a fitting stamp a
start costs a few milliseconds here.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Set
from dataclasses import asdict, dataclass
from pathlib import Path

from workbench.start import installer, packages
from workbench.start.report import stop, tell

LOCK = ".start-lock"  # uv has a `.lock` of its own here
STAMP = ".stamp"


@dataclass(frozen=True)
class Stamp:
    """What `.venv` was made for. `place`: folder and Python; `content`: a hash of what says what to install."""

    place: str
    content: str
    extras: tuple[str, ...]
    finished: bool


def ensure(root: Path, extras: Set[str]) -> Path:
    """
    The Python of `root/.venv`, with at least these extras installed.

    Raises:
        SystemExit: something is needed that only the person can install; one line says what.
    """
    venv = root / ".venv"
    python = venv / "bin" / "python"
    if "test" in extras:
        packages.provide_for_tests(debian=packages.is_debian())
    if is_ready(venv, root, extras):
        return python
    with only_one(venv):
        if not is_ready(venv, root, extras):
            set_up(venv, root, extras)
    return python


def is_ready(venv: Path, root: Path, extras: Set[str]) -> bool:
    """Whether the stamp fits and the environment's Python is still there."""
    stamp = read_stamp(venv)
    if stamp is None or not stamp.finished or not (venv / "bin" / "python").exists():
        return False
    return (stamp.place, stamp.content) == (place(root), content(root)) and extras <= set(stamp.extras)


def place(root: Path) -> str:
    """Folder and Python version: an environment knows both by heart, so with another one it starts afresh."""
    return f"{root} {sys.version_info.major}.{sys.version_info.minor}"


def content(root: Path) -> str:
    """A hash of every file that decides what gets installed."""
    files = [root / "pyproject.toml", *sorted((root / "workbench" / "frontend").glob("*.*"))]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files if path.is_file())).hexdigest()


def read_stamp(venv: Path) -> Stamp | None:
    """The stamp, or None where there is none that can be read."""
    try:
        stored = json.loads((venv / STAMP).read_text())
        return Stamp(stored["place"], stored["content"], tuple(stored["extras"]), stored["finished"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_stamp(venv: Path, stamp: Stamp) -> None:
    """Replace the stamp in one step, so that nobody reads half of it."""
    fresh = venv / f"{STAMP}.new"
    fresh.write_text(json.dumps(asdict(stamp)))
    fresh.replace(venv / STAMP)


@contextlib.contextmanager
def only_one(venv: Path) -> Iterator[None]:
    """Hold the lock on the environment; a second start waits here until the first one is done."""
    venv.mkdir(exist_ok=True)
    with (venv / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("Another start is setting up .venv; waiting for it …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def set_up(venv: Path, root: Path, extras: Set[str]) -> None:
    """Make or complete the environment. The stamp says "not finished" meanwhile, so a broken-off try is seen."""
    tell("Setting up .venv (this happens once, and takes about a minute) …")
    before = read_stamp(venv)
    afresh = needs_fresh_start(venv, root, before)
    packages.provide(packages.FOR_RUNNING + (packages.TO_MAKE_VENV if afresh else ()))
    wanted = tuple(sorted(extras | set(before.extras if before else ())))
    stamp = Stamp(place(root), content(root), wanted, finished=False)
    write_stamp(venv, stamp)
    if afresh:
        create(venv)
    installer.install(venv / "bin" / "python", root, wanted)
    if not sys.dont_write_bytecode:  # as many containers ask; then nothing would be left of it
        compile_what_is_used(venv / "bin" / "python")
    write_stamp(venv, Stamp(stamp.place, stamp.content, wanted, finished=True))
    tell("Ready.")


def compile_what_is_used(python: Path) -> None:
    """Import the commands, the pages and the task types once: seconds now instead of at the second start."""
    # A fault in our own code is not for the set-up to report: the command that follows says it with its own words.
    used = "import workbench.cli, task_types.registry, workbench.web.app"
    subprocess.run([python, "-c", used], capture_output=True, check=False)


def needs_fresh_start(venv: Path, root: Path, before: Stamp | None) -> bool:
    """Broken off, moved, or without a working pip. An environment that someone made by hand is completed instead."""
    if before is not None and (not before.finished or before.place != place(root)):
        return True
    python = venv / "bin" / "python"
    try:
        return subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode != 0
    except OSError:
        return True


def create(venv: Path) -> None:
    """An empty environment with pip; what was there goes, but for our lock and stamp."""
    for path in venv.iterdir():
        if path.name not in (LOCK, STAMP):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    # Inside an environment sys.executable is about to be removed; the Python it was made from stays.
    base: str = getattr(sys, "_base_executable", sys.executable)
    made = subprocess.run([base, "-m", "venv", venv], capture_output=True, text=True, check=False)
    if made.returncode:
        said = f"{made.stdout}{made.stderr}"
        stop("{said}\n{command} failed; mend that, then start again.", said=said, command=f"{base} -m venv {venv}")
