"""`workbench doctor`: what this machine and this lab have, what is missing, and what to do about it.

Each check is a function of plain facts; `examine` gathers the facts. Nothing is changed or made on the way.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from accessibility.sentences import Translate, noted, said, sentence
from workbench.errors import WorkbenchError
from workbench.settings import Settings
from workbench.start import environment, packages

LITTLE_SPACE_BYTES = 2 * 1024**3  # an hour of video and its proxy

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108  # looked at, never written by us


class State(Enum):
    """How a finding stands."""

    GOOD = noted("ok")
    ADVICE = noted("advice")  # works without; something is missing that some people need
    FAULT = noted("fault")  # the workbench cannot work like this


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what it is, where or which, and what to do next where there is something to do."""

    what: str
    state: State
    where: str
    next_step: str = ""

    @property
    def is_fault(self) -> bool:
        """Whether this must be mended before the lab can work."""
        return self.state is State.FAULT

    def __str__(self) -> str:
        return self.told(lambda words: words)

    def told(self, translate: Translate) -> str:
        """One line, and one more for the next step, in a language."""
        state, what, where, step = (said(text, translate) for text in (self.state.value, self.what, self.where, self.next_step))
        line = f"{state:<7} {what}: {where}"
        return f"{line}\n{'':<8}→ {step}" if step else line


def examine(settings: Settings) -> list[Finding]:
    """Look at everything. Faults first, so that nobody has to search for them."""
    root = Path(__file__).resolve().parents[1]
    findings = [
        python(sys.version_info[:3], sys.executable),
        virtual_environment(sys.prefix, inside=sys.prefix != sys.base_prefix, complete=is_complete(root)),
        browser_files(assets_folder()),
        data_folder(settings.data, may_write=os.access(existing(settings.data), os.W_OK | os.X_OK)),
        free_space(settings.data, shutil.disk_usage(existing(settings.data)).free),
        database(
            settings.database_url,
            has_driver=importlib.util.find_spec("psycopg") is not None,
            trouble=database_trouble(settings.database_url),
        ),
        speech_output(shutil.which("espeak-ng")),
        speech_models(settings.data / "models", installed_models),
        https(settings.data),
        shared_memory(SHARED_MEMORY, may_write=os.access(SHARED_MEMORY, os.W_OK | os.X_OK)),
        chromium(packages.find_chromium()),
        postgresql(packages.find_postgresql()),
    ]
    return sorted(findings, key=lambda finding: not finding.is_fault)


def python(version: tuple[int, ...], executable: str) -> Finding:
    """`version`: (major, minor, patch)."""
    where = sentence("{version} in {executable}", version=".".join(map(str, version)), executable=executable)
    if version < (3, 11):
        return Finding(noted("Python"), State.FAULT, where, noted("Install Python 3.11 or newer, then run python3 -m workbench."))
    return Finding(noted("Python"), State.GOOD, where)


def virtual_environment(prefix: str, *, inside: bool, complete: bool | None) -> Finding:
    """`complete`: whether all is installed that this checkout asks for; None for an installed package."""
    if complete is False:
        return Finding(
            noted("Installed libraries"),
            State.ADVICE,
            sentence("{folder} is older than the checkout", folder=prefix),
            noted("Run python3 -m workbench."),
        )
    if not inside:
        return Finding(
            noted("Installed libraries"), State.GOOD, sentence("{folder} (not an environment of their own)", folder=prefix)
        )
    return Finding(noted("Installed libraries"), State.GOOD, prefix)


def is_complete(root: Path) -> bool | None:
    """Whether the checkout's environment fits it; None where there is no checkout or no environment that the start made."""
    venv = root / ".venv"
    if not (root / "pyproject.toml").exists() or environment.read_stamp(venv) is None:
        return None
    return environment.is_ready(venv, root, {"all"})


def assets_folder() -> Path | None:
    """Where the browser libraries of others are, if they are installed."""
    spec = importlib.util.find_spec("workbench_assets")
    return Path(spec.origin).parent if spec is not None and spec.origin else None


def browser_files(folder: Path | None) -> Finding:
    """Fonts and libraries that pages load; each file of the manifest must be there."""
    again = noted("Install again: remove .venv and run python3 -m workbench, or pip install --force-reinstall the wheel.")
    if folder is None:
        return Finding(noted("Fonts and browser libraries"), State.FAULT, noted("not installed"), again)
    try:
        names = json.loads((folder / "manifest.json").read_text())
    except (OSError, ValueError):
        return Finding(
            noted("Fonts and browser libraries"), State.FAULT, sentence("{folder} has no list of files", folder=folder), again
        )
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        return Finding(
            noted("Fonts and browser libraries"),
            State.FAULT,
            sentence("{folder} misses {files}", folder=folder, files=", ".join(missing)),
            again,
        )
    return Finding(
        noted("Fonts and browser libraries"), State.GOOD, sentence("{count} files in {folder}", count=len(names), folder=folder)
    )


def existing(path: Path) -> Path:
    """The path itself, or the nearest folder above it that exists as far as this user may see."""
    # os.path, here and below: Path's own raise under a folder that is locked, as a service's is for its administrator.
    return next(candidate for candidate in (path, *path.parents) if os.path.exists(candidate))  # noqa: PTH110


def data_folder(folder: Path, *, may_write: bool) -> Finding:
    """The folder, or the one in which it will be made, must take files from us."""
    ground = existing(folder)
    if not os.path.isdir(ground):  # noqa: PTH112
        return Finding(
            noted("Data folder"),
            State.FAULT,
            sentence("{path} is a file", path=ground),
            noted("Choose a folder with --data or WORKBENCH_DATA."),
        )
    if not may_write:
        step = noted("Give this user the right to write there, or choose another folder with --data or WORKBENCH_DATA.")
        return Finding(noted("Data folder"), State.FAULT, sentence("{folder} takes no files from this user", folder=ground), step)
    return Finding(
        noted("Data folder"), State.GOOD, str(folder) if ground == folder else sentence("{folder} (will be made)", folder=folder)
    )


def free_space(folder: Path, free_bytes: int) -> Finding:
    """Room for uploads."""
    where = sentence("{free:.1f} GB free for {folder}", free=free_bytes / 1024**3, folder=folder)
    if free_bytes < LITTLE_SPACE_BYTES:
        return Finding(
            noted("Disk space"), State.ADVICE, where, noted("Make room, or move the lab: uploads and videos need gigabytes.")
        )
    return Finding(noted("Disk space"), State.GOOD, where)


def database_trouble(url: str) -> str | None:
    """Why the database cannot be used, asked of itself; None: it can. One that is not there yet will be made."""
    from workbench import migrations
    from workbench.store.address import is_missing

    if is_missing(url):
        return None
    try:
        migrations.known(url)
    except WorkbenchError as error:
        return error.message
    return None


def database(url: str, *, has_driver: bool, trouble: str | None = None) -> Finding:
    """SQLite needs nothing; PostgreSQL needs its driver. A password in the address is not shown."""
    scheme, _, rest = url.partition("://")
    if trouble is not None and (has_driver or not scheme.startswith("postgresql")):
        return Finding(noted("Database"), State.FAULT, trouble)
    if scheme.startswith("sqlite"):
        return Finding(noted("Database"), State.GOOD, f"SQLite, {rest.removeprefix('/')}")
    shown = f"{scheme}://{rest.rpartition('@')[2]}"
    if scheme.startswith("postgresql") and not has_driver:
        step = noted('Install it: .venv/bin/python -m pip install "psycopg[binary]".')
        return Finding(noted("Database"), State.FAULT, sentence("{address}: the driver psycopg is missing", address=shown), step)
    return Finding(noted("Database"), State.GOOD, shown)


def speech_output(program: str | None) -> Finding:
    """Reading aloud."""
    if program is None:
        step = sentence("Run once: {command}", command=packages.command(["espeak-ng"]))
        return Finding(noted("Reading aloud"), State.ADVICE, noted("espeak-ng is not installed"), step)
    return Finding(noted("Reading aloud"), State.GOOD, sentence("espeak-ng in {folder}", folder=program))


def speech_models(folder: Path, installed: Callable[[Path], Sequence[str]]) -> Finding:
    """Understanding speech: one model for each language."""
    languages = installed(folder)
    if not languages:
        step = noted("For work by voice: workbench voice install-model nl (or en).")
        return Finding(noted("Understanding speech"), State.ADVICE, sentence("no model in {folder}", folder=folder), step)
    return Finding(
        noted("Understanding speech"),
        State.GOOD,
        sentence("{languages} in {folder}", languages=", ".join(languages), folder=folder),
    )


def installed_models(folder: Path) -> Sequence[str]:
    """Languages that can be understood; none without the voice extra."""
    from accessibility.speech import models

    return models.installed(folder) if os.path.isdir(folder) else ()  # noqa: PTH112


def https(folder: Path) -> Finding:
    """Only http://localhost and https:// pages may use a microphone or go on without the network."""
    step = noted("To use it from other machines: workbench serve --tls, or Caddy in front (deploy/Caddyfile).")
    made = sorted(folder.glob("tls/*.pem")) if os.path.isdir(folder) else []  # noqa: PTH112
    if made:
        return Finding(
            noted("Microphone and offline work"), State.GOOD, sentence("https with the certificate {path}", path=made[0])
        )
    where = noted("work on this machine only: a browser needs https for other machines")
    return Finding(noted("Microphone and offline work"), State.ADVICE, where, step)


def shared_memory(folder: Path, *, may_write: bool) -> Finding:
    """Processes that work together need it: settling answers, speech. A bare chroot or container may lack it."""
    if not may_write:
        command = f"sudo mount -t tmpfs -o mode=1777 tmpfs {folder}"
        step = sentence("Mount it: {command}; in a container, give it a /dev/shm.", command=command)
        return Finding(noted("Shared memory"), State.FAULT, sentence("{folder} is missing or not writable", folder=folder), step)
    return Finding(noted("Shared memory"), State.GOOD, str(folder))


def chromium(program: str | None) -> Finding:
    """Only the tests need it."""
    if program is None:
        step = sentence("Only for python3 -m workbench test. Run once: {command}", command=packages.command(["chromium"]))
        return Finding(noted("Browser for tests"), State.ADVICE, noted("no Chromium"), step)
    return Finding(noted("Browser for tests"), State.GOOD, program)


def postgresql(folder: Path | None) -> Finding:
    """Only the tests need it on this machine; a lab may use one anywhere."""
    if folder is None:
        step = sentence("Only for python3 -m workbench test. Run once: {command}", command=packages.command(["postgresql"]))
        return Finding(noted("PostgreSQL for tests"), State.ADVICE, noted("no PostgreSQL programs"), step)
    return Finding(noted("PostgreSQL for tests"), State.GOOD, str(folder))
