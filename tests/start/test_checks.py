"""The test command itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from workbench.start import checks
from workbench.start.checks import Check

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = "import sys; from pathlib import Path; from workbench.start import checks; sys.exit(checks.run(Path('.'), sys.argv[1:]))"
GOOD = Check("good", [sys.executable, "-c", "print('nothing to see')"])
BAD = Check("bad", [sys.executable, "-c", "print('look here'); raise SystemExit(3)"])


def test_without_arguments_everything_is_checked() -> None:
    """Style first: it is the quickest to fail."""
    named = ["style", "format", "types", "lines of import", "collecting the tests", "tests"]
    assert [check.name for check in checks.plan([])] == named


def test_with_arguments_only_pytest_runs_on_them() -> None:
    """The quick path while somebody works on one thing."""
    only = checks.plan(["tests/quality", "-x"])
    assert [check.command[1:] for check in only] == [["-m", "pytest", "tests/quality", "-x"]]


def test_a_failing_check_shows_what_it_said(capsys: pytest.CaptureFixture[str]) -> None:
    """A passing one stays silent."""
    assert checks.passes(GOOD, ROOT, quiet=False)
    assert not checks.passes(BAD, ROOT, quiet=True)
    assert capsys.readouterr().out.splitlines() == ["── good", "look here", ""]


def test_the_last_line_names_what_failed() -> None:
    """One line to look at."""
    assert checks.closing_line([GOOD, BAD], [], seconds=61) == "All well: good, bad. (1 min 1 s)"
    assert checks.closing_line([GOOD, BAD], ["bad"], seconds=7) == "Failed: bad. (0 min 7 s)"


def test_tests_never_see_a_real_lab() -> None:
    """WORKBENCH_DATA of the person who runs the tests must not lead them into a lab with people's work."""
    environ = {"WORKBENCH_DATA": "/srv/lab", "DATABASE_URL": "postgresql://tests", "PATH": "/bin"}
    assert checks.environment(environ, room_bytes=0) == {"DATABASE_URL": "postgresql://tests", "PATH": "/bin"}


def test_who_wants_no_bytecode_in_the_checkout_has_it_elsewhere() -> None:
    """Without any, each of the processes that tests start would compile everything again."""
    environ = {"PYTHONDONTWRITEBYTECODE": "1", "PATH": "/bin"}
    told = checks.environment(environ, room_bytes=0)
    assert told == {"PYTHONPYCACHEPREFIX": str(Path(sys.prefix, "bytecode")), "PATH": "/bin"}
    assert checks.environment({"PATH": "/bin"}, room_bytes=0) == {"PATH": "/bin"}


def test_folders_of_tests_stand_in_memory_where_there_is_room() -> None:
    """A small one (a container has 64 MB) is left alone, and so is what somebody chose."""
    assert checks.environment({}, room_bytes=8 << 30) == {"TMPDIR": "/dev/shm"}
    assert checks.environment({}, room_bytes=64 << 20) == {}
    assert checks.environment({"TMPDIR": "/var/tmp"}, room_bytes=8 << 30) == {"TMPDIR": "/var/tmp"}


def test_what_runs_beside_the_tests_is_told_after_them(capsys: pytest.CaptureFixture[str]) -> None:
    """Its output does not come in between, and its failure counts."""
    ended = checks.done(BAD, ROOT, shown=False)
    assert not checks.told(BAD, ended, quiet=False)
    assert capsys.readouterr().out.splitlines() == ["── bad", "look here", ""]


def test_the_command_ends_as_pytest_ended(tmp_path: Path) -> None:
    """Exit status and closing line, from outside."""
    (tmp_path / "test_one.py").write_text("def test_one():\n    assert 1 + 1 == 3\n")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "test_one.py")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "assert (1 + 1) == 3" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("Failed: tests. (")
