"""docs/add-a-task-type.md is followed to the letter: its files become a package, installed beside the workbench."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "add-a-task-type.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The guide's package, in a folder of its own instead of this environment."""
    package, target = tmp_path_factory.mktemp("package") / "kindness", tmp_path_factory.mktemp("site")
    package.mkdir()
    for name, code in re.findall(r"```\w+ file=(\S+)\n(.*?)```", GUIDE, re.DOTALL):
        with (package / name).open("a", encoding="utf-8") as file:
            file.write(code)
    [line] = re.findall(r"-m pip (install .*) \./kindness", GUIDE)
    run("-m", "pip", *line.split(), "--quiet", "--disable-pip-version-check", "--target", str(target), str(package), beside=None)
    return target


def run(*arguments: str, beside: Path | None) -> str:
    """A program of this environment, with the plug-in beside it."""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(str(path) for path in (beside, ROOT) if path)}
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_the_guides_type_keeps_every_promise(installed: Path) -> None:
    """The command of the guide, as it stands there."""
    [command] = re.findall(r"-m (pytest tests/task_types\S+ -k kindness)", GUIDE)
    said = run("-m", *command.split(), "-p", "no:cacheprovider", beside=installed)
    assert re.search(r"\[100%\]|passed", said)


def test_the_guides_type_is_asked_on_a_page_and_exported(installed: Path, tmp_path: Path) -> None:
    """A project, a question, an answer, a line of JSON."""
    found = json.loads(run("-m", "tests.docs.guided", str(tmp_path), beside=installed).splitlines()[-1])
    assert found == {"asked": "Does this sound kind?", "text": True, "answer": {"label": "kind"}}
