"""Programs that come from Debian or Ubuntu, not from PyPI: look for them, install them where we may, else say so."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from workbench.start.report import stop, tell
from workbench.start.words import noted, translated

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LIBRARY_FOLDERS = ("/usr/lib", "/lib", "/usr/local/lib")


@dataclass(frozen=True)
class Package:
    """A system package: its name in Debian, what it is for, how to see that it is there, and whether all stops without."""

    name: str
    purpose: str
    is_present: Callable[[], bool]
    is_needed: bool = False


def has_program(name: str) -> bool:
    """Whether a program of this name is on PATH."""
    return shutil.which(name) is not None


def has_library(name: str) -> bool:
    """Whether a shared library of this name lies in a usual folder."""
    return any(next(Path(folder).glob(depth + name), None) for folder in LIBRARY_FOLDERS for depth in ("", "*/"))


def find_chromium() -> str | None:
    """Path of a Chromium or Chrome of this machine."""
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def has_windowless() -> bool:
    """Whether Debian's Chromium without windows is here."""
    return has_program("chromium-headless-shell")


def has_playwrights(environ: Mapping[str, str]) -> bool:
    """Whether Playwright ever fetched a Chromium of its own."""
    folder = environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright"
    return next(Path(folder).glob("chromium-*"), None) is not None


def is_debian() -> bool:
    """Whether this is Debian itself: what comes from it may have other packages."""
    release = Path("/etc/os-release")
    return release.is_file() and "ID=debian" in release.read_text().splitlines()


def find_postgresql() -> Path | None:
    """Folder with `initdb` and `postgres`, the newest where there are several. Debian keeps them off PATH."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    newest = max(folders, key=lambda folder: int(folder.parent.name), default=None)
    on_path = shutil.which("initdb")
    return newest or (Path(on_path).resolve().parent if on_path else None)


def has_venv() -> bool:
    """Whether this Python can make environments; Debian splits that off."""
    return importlib.util.find_spec("ensurepip") is not None


VENV = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
TO_MAKE_VENV = (Package(VENV, noted("Python's venv module"), has_venv, is_needed=True),)
FOR_RUNNING = (
    Package("espeak-ng", noted("speech"), partial(has_program, "espeak-ng")),
    Package("libpangoft2-1.0-0", noted("PDF"), partial(has_library, "libpangoft2-1.0.so.0")),
)
FOR_TESTS = (
    Package("libatomic1", noted("Playwright's Node"), partial(has_library, "libatomic.so.1")),
    Package("postgresql", noted("tests on a real PostgreSQL"), lambda: find_postgresql() is not None),
    Package("sox", noted("tests with sound"), partial(has_program, "sox")),
)
BROWSER = Package("chromium", noted("tests in a real browser"), lambda: find_chromium() is not None)
# By itself: not every Debian has it, and apt-get installs all that it is asked for or nothing.
FOR_QUICKER_TESTS = (Package("chromium-headless-shell", noted("quicker tests in a browser"), has_windowless),)
PLAYWRIGHTS = ".venv/bin/python -m playwright install --with-deps chromium"


def provide_for_tests(*, debian: bool) -> None:
    """What the tests use of the machine. Only Debian packs a Chromium; elsewhere Playwright fetches its own when asked."""
    if debian:
        provide((BROWSER, *FOR_TESTS))
        provide(FOR_QUICKER_TESTS)
        return
    provide(FOR_TESTS)
    if not BROWSER.is_present() and not has_playwrights(os.environ):
        tell("Going on without {what}. To have it, run once: {command}", what=translated(BROWSER.purpose), command=PLAYWRIGHTS)


def provide(wanted: Sequence[Package]) -> None:
    """
    Install what is missing where we may. Else one line says what to install, and the start goes on where it can.

    Raises:
        SystemExit: something that is needed is missing and may not be installed from here.
    """
    missing = [package for package in wanted if not package.is_present()]
    if not missing or apt_install([package.name for package in missing]):
        return
    needed = [package for package in missing if package.is_needed]
    rest = [package for package in missing if not package.is_needed]
    # One package that this release does not have must not keep the needed ones away.
    if needed and not (rest and apt_install([package.name for package in needed])):
        run = command([package.name for package in missing])
        stop("Missing: {what}. Run once, then start again: {command}", what=_purposes(needed), command=run)
    if rest:
        run = command([package.name for package in rest])
        tell("Going on without {what}. To have it, run once: {command}", what=_purposes(rest), command=run)


def _purposes(missing: Sequence[Package]) -> str:
    return ", ".join(translated(package.purpose) for package in missing)


def command(names: Sequence[str]) -> str:
    """What a person types to install these packages."""
    return f"sudo apt-get install -y {' '.join(names)}"


def apt_install(names: Sequence[str]) -> bool:
    """Install with apt where this is Debian or Ubuntu and we are root or sudo asks nothing. True when it worked."""
    prefix = root_prefix()
    if prefix is None or not has_program("apt-get"):
        return False
    tell("Installing {names} …", names=" ".join(names))
    # Another apt may be busy (unattended upgrades): wait for it instead of failing.
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"]
    refresh(tuple(apt))
    done = subprocess.run([*apt, "install", "-y", "--no-install-recommends", *names], capture_output=True, text=True, check=False)
    if done.returncode:
        reason = last_line(done.stderr) or translated("no reason given")
        tell("apt-get could not install {names}: {reason}", names=" ".join(names), reason=reason)
    return done.returncode == 0


@cache
def refresh(apt: tuple[str, ...]) -> None:
    """Fetch the lists of packages, once in a run."""
    # A third-party source that does not answer fails the update; what we need may be there all the same.
    subprocess.run([*apt, "update"], capture_output=True, check=False)


def root_prefix() -> list[str] | None:
    """What to put before a command to run it as root: nothing, sudo, or None when neither works."""
    if os.geteuid() == 0:
        return []
    if not has_program("sudo"):
        return None
    may = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    return ["sudo", "-n"] if may else None


def last_line(text: str) -> str:
    """The last line with something in it; empty where there is none."""
    return next((line for line in reversed(text.splitlines()) if line.strip()), "")
