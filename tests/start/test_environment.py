"""When an environment is good enough, completed, or made afresh."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from workbench.start import environment
from workbench.start.environment import Stamp


def checkout(folder: Path) -> Path:
    """The files that decide what gets installed, in a folder of their own."""
    (folder / "workbench" / "frontend").mkdir(parents=True)
    (folder / "pyproject.toml").write_text("[project]\n")
    (folder / "workbench" / "frontend" / "package.json").write_text("{}\n")
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "python").write_text("")
    return folder


def stamped(root: Path, *extras: str) -> Stamp:
    """A stamp that fits this checkout."""
    stamp = Stamp(environment.place(root), environment.content(root), extras, finished=True)
    environment.write_stamp(root / ".venv", stamp)
    return stamp


def test_a_fitting_stamp_means_there_is_nothing_to_do(tmp_path: Path) -> None:
    """More extras than asked for are fine, fewer are not."""
    root = checkout(tmp_path)
    stamped(root, "all", "test")
    assert environment.is_ready(root / ".venv", root, {"all"})
    stamped(root, "all")
    assert not environment.is_ready(root / ".venv", root, {"all", "test"})


@pytest.mark.parametrize("changed", ["pyproject.toml", "workbench/frontend/package.json", "workbench/frontend/.npmrc"])
def test_a_changed_dependency_file_asks_for_another_install(tmp_path: Path, changed: str) -> None:
    """Python's and the browser's dependencies both count."""
    root = checkout(tmp_path)
    stamped(root, "all")
    (root / changed).write_text("other\n")
    assert not environment.is_ready(root / ".venv", root, {"all"})


def test_a_dangling_python_is_not_ready(tmp_path: Path) -> None:
    """After an upgrade of the system the link may lead nowhere."""
    root = checkout(tmp_path)
    stamped(root, "all")
    python = root / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to(tmp_path / "gone")
    assert not environment.is_ready(root / ".venv", root, {"all"})


@pytest.mark.parametrize("text", ["", "{", "[]", '{"place": "x"}', "null"])
def test_an_unreadable_stamp_counts_as_none(tmp_path: Path, text: str) -> None:
    """Power may go in the middle of anything."""
    (tmp_path / ".stamp").write_text(text)
    assert environment.read_stamp(tmp_path) is None


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that was made where something half done stood, by who holds its lock."""
    folder = tmp_path_factory.mktemp("made") / ".venv"
    (folder / "lib").mkdir(parents=True)
    (folder / "lib" / "rubbish").write_text("")
    with environment.only_one(folder):
        before = (folder / environment.LOCK).stat().st_ino
        environment.create(folder)
        assert (folder / environment.LOCK).stat().st_ino == before  # whoever waits for it waits on the same file
    return folder


def test_broken_off_or_moved_starts_afresh_and_changed_does_not(made: Path, tmp_path: Path) -> None:
    """Half an install may look whole to pip; a working environment is completed instead, which is quick."""
    root = checkout(tmp_path)
    folder = root / ".venv"
    shutil.rmtree(folder)
    shutil.copytree(made, folder, symlinks=True)
    stamp = stamped(root, "all")
    assert not environment.needs_fresh_start(folder, root, stamp)
    assert not environment.needs_fresh_start(folder, root, None)
    assert not environment.needs_fresh_start(folder, root, replace(stamp, content="older"))
    assert environment.needs_fresh_start(folder, root, replace(stamp, finished=False))
    assert environment.needs_fresh_start(folder, root, replace(stamp, place="/elsewhere 3.11"))
    (folder / "bin" / "python").unlink()
    assert environment.needs_fresh_start(folder, root, None)


def test_an_environment_is_made_anew(made: Path) -> None:
    """Rubbish goes, and pip is there."""
    assert not (made / "lib" / "rubbish").exists()
    assert subprocess.run([made / "bin" / "python", "-m", "pip", "--version"], check=False).returncode == 0


WAITER = """
import sys
from pathlib import Path
from workbench.start.environment import only_one
with only_one(Path(sys.argv[1])):
    print("mine", flush=True)
"""


def test_two_starts_at_once_take_turns(tmp_path: Path) -> None:
    """The second says that it waits, and goes on when the first is done."""
    folder = tmp_path / ".venv"
    command = [sys.executable, "-c", WAITER, str(folder)]
    with environment.only_one(folder):
        second = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert second.stderr is not None
        assert "waiting" in second.stderr.readline()
        assert second.poll() is None
    assert second.communicate(timeout=60)[0] == "mine\n"
