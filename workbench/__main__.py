"""`python3 -m workbench [command]`: in a fresh checkout too, on a machine with no more than Python.

Standard library only, and readable for an old Python, until the virtual environment runs this file again.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OLDEST = (3, 11)
PREPARED = "WORKBENCH_PREPARED"  # says to the second run of this file that the first has seen to everything


def main() -> None:
    """Set up what is missing, then run the command; without a command, the demo lab."""
    args = sys.argv[1:] or ["demo"]
    if sys.version_info < OLDEST:
        with_newer_python(args)
    try:
        prepare(args)
        run(args)
    except KeyboardInterrupt:
        sys.exit(130)


def with_newer_python(args: list[str]) -> None:
    """Start again with a newer Python of this machine; stop with one line where there is none."""
    newer = next(filter(None, (shutil.which("python3.%d" % minor) for minor in range(15, 10, -1))), None)  # noqa: UP031
    if newer is None:
        sys.exit("The workbench needs Python 3.11 or newer. Run once: sudo apt-get install -y python3.11 python3.11-venv")
    os.execv(newer, [newer, "-m", "workbench", *args])


def prepare(args: list[str]) -> None:
    """Make `.venv` complete and go on inside it. A wheel that is installed somewhere needs none of this."""
    if os.environ.pop(PREPARED, None) or not (ROOT / "pyproject.toml").exists():
        return
    from workbench.start import environment

    testing = args[0] == "test"
    inside = Path(sys.prefix).resolve() == (ROOT / ".venv").resolve()
    if inside and not testing:
        return
    python = environment.ensure(ROOT, {"all", "test"} if testing else {"all"})
    if not inside:
        os.execve(python, [str(python), "-m", "workbench", *args], {**os.environ, PREPARED: "1"})


def run(args: list[str]) -> None:
    """Run the checks, or hand over to the command line."""
    if args[0] == "test":
        from workbench.start import checks

        sys.exit(checks.run(ROOT, args[1:]))
    from workbench.cli import main as command_line

    sys.argv[1:] = args
    command_line()


if __name__ == "__main__":
    main()
