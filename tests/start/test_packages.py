"""System packages: look, install where we may, else one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
from workbench.start.packages import Package, provide
provide([Package("espeak-ng", "speech", lambda: False, is_needed={needed}), Package("sox", "sound", lambda: {sox})])
print("goes on")
"""


def machine(folder: Path, **programs: str) -> dict[str, str]:
    """A machine with these programs only: shell scripts on a PATH of their own, next to a shell and `env`."""
    bin_folder = folder / "bin"
    bin_folder.mkdir()
    for name, body in programs.items():
        program = bin_folder / name.replace("_", "-")
        program.write_text(f"#!/bin/sh\n{body}\n")
        program.chmod(0o755)
    (bin_folder / "env").symlink_to("/usr/bin/env")
    return {**os.environ, "PATH": str(bin_folder), "LOG": str(folder / "log")}


def provide(environ: dict[str, str], *, sox: bool = False, needed: bool = False) -> subprocess.CompletedProcess[str]:
    """Ask for espeak-ng (needed or not) and sox (there or not) on that machine."""
    command = [sys.executable, "-c", SCRIPT.format(sox=sox, needed=needed)]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


APT = 'echo "$@" >> "$LOG"'


def test_without_apt_one_line_says_what_to_install(tmp_path: Path) -> None:
    """The workbench goes on: these packages are not needed to start."""
    done = provide(machine(tmp_path))
    assert done.stdout == "goes on\n"
    assert done.stderr == "Going on without speech, sound. To have it, run once: sudo apt-get install -y espeak-ng sox\n"


def test_what_is_needed_stops_the_start_with_one_line(tmp_path: Path) -> None:
    """The line names everything that is missing, so that one visit of an administrator is enough."""
    done = provide(machine(tmp_path), needed=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Missing: speech. Run once, then start again: sudo apt-get install -y espeak-ng sox\n"


def test_a_package_that_this_release_lacks_does_not_stop_the_needed_one(tmp_path: Path) -> None:
    """Together they fail, so the needed one is tried alone."""
    apt = 'case "$*" in *sox*) echo "E: no sox" >&2; exit 100;; esac'
    done = provide(machine(tmp_path, apt_get=apt, sudo='shift; exec "$@"', true="exit 0"), needed=True)
    assert done.stdout == "goes on\n"
    assert done.stderr.endswith("Going on without sound. To have it, run once: sudo apt-get install -y sox\n")


def test_where_we_may_only_what_is_missing_is_installed(tmp_path: Path) -> None:
    """As root, or with a sudo that asks nothing."""
    environ = machine(tmp_path, apt_get=APT, sudo='[ "$1" = -n ] && shift; exec "$@"', true="exit 0")
    said = provide(environ, sox=True).stderr
    update, install = (tmp_path / "log").read_text().splitlines()
    assert update.endswith("update")
    assert install.endswith("install -y --no-install-recommends espeak-ng")
    assert said == "Installing espeak-ng …\n"


def test_a_package_that_cannot_be_installed_is_reported(tmp_path: Path) -> None:
    """apt's own last line says why, ours says what to do."""
    failing = 'case "$*" in *install*) echo "E: Unable to locate package" >&2; exit 100;; esac'
    said = provide(machine(tmp_path, apt_get=failing, sudo='shift; exec "$@"', true="exit 0")).stderr
    assert "apt-get could not install espeak-ng sox: E: Unable to locate package" in said
    assert said.endswith("run once: sudo apt-get install -y espeak-ng sox\n")


FOR_TESTS = """
from workbench.start.packages import provide_for_tests
provide_for_tests(debian={debian})
"""


def provide_for_tests(environ: dict[str, str], *, debian: bool) -> str:
    """What is said on a machine where nothing may be installed."""
    command = [sys.executable, "-c", FOR_TESTS.format(debian=debian)]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stderr


def test_debian_has_a_browser_for_the_tests(tmp_path: Path) -> None:
    """One line names it among what is missing."""
    said = provide_for_tests(machine(tmp_path), debian=True)
    assert "Going on without tests in a real browser, " in said
    assert " apt-get install -y chromium " in said


def test_elsewhere_the_browser_is_playwrights_own(tmp_path: Path) -> None:
    """Ubuntu's package is a snap, which tests cannot start: one line says how to have one, until it is there."""
    environ = machine(tmp_path) | {"PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "browsers")}
    said = provide_for_tests(environ, debian=False)
    assert said.endswith(
        "Going on without tests in a real browser. "
        "To have it, run once: .venv/bin/python -m playwright install --with-deps chromium\n"
    )
    assert "install -y chromium" not in said
    (tmp_path / "browsers" / "chromium-1").mkdir(parents=True)
    assert "browser" not in provide_for_tests(environ, debian=False)


def test_the_start_uses_the_standard_library_only() -> None:
    """Without site-packages everything that runs before the installation still imports."""
    script = (
        "import sys; sys.path.insert(0, '.'); import workbench.__main__; "
        "from workbench.start import environment, checks; print('fine')"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-I", "-S", "-c", script], cwd=root, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("fine\n", "")
