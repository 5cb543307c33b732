"""A wheel built from the checkout is the whole workbench."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("workbench", "task_types", "accessibility", "quality", "mturk_bridge")
NOT_OURS = shutil.ignore_patterns("__pycache__", "*.pyc", ".*_cache")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by pip from a copy of the sources, as a stranger would."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for package in PACKAGES:
        shutil.copytree(ROOT / package, source / package, ignore=NOT_OURS)
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, source / name)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, source]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


def test_every_file_of_the_packages_is_inside(wheel: Path) -> None:
    """Templates, modules, styles, catalogues, widgets, migrations: whatever lies in a package travels with it."""
    inside = set(zipfile.ZipFile(wheel).namelist())
    source = wheel.parent / "source"
    files = [path for package in PACKAGES for path in (source / package).rglob("*") if path.is_file()]
    expected = {str(path.relative_to(source)) for path in files if path.suffix != ".pyc"}  # the build hook leaves one
    assert expected - inside == set()
    kinds = {Path(name).suffix for name in expected}
    assert {".py", ".html", ".js", ".css", ".yaml"} <= kinds


def test_browser_libraries_and_their_licences_are_inside(wheel: Path) -> None:
    """The pages load nothing from elsewhere, so it must be here."""
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("workbench_assets/")}
    assert {"workbench_assets/manifest.json", "workbench_assets/axe.js", "workbench_assets/LICENSE.axe-core.txt"} <= inside
    assert any(name.endswith(".woff2") for name in inside)


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """The folder where the wheel was installed."""
    folder = wheel.parent / "installed"
    zipfile.ZipFile(wheel).extractall(folder)
    return folder


def test_the_installed_wheel_runs_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    """No checkout near: the start-up goes straight to the command, and the files are found where they were installed."""
    empty = tmp_path / "empty"
    empty.mkdir()
    environ = {**os.environ, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}

    def run(*command: str) -> str:
        return subprocess.run(
            [sys.executable, *command], cwd=empty, env=environ, capture_output=True, text=True, check=True, timeout=120
        ).stdout

    assert run("-c", "import workbench; print(workbench.__file__)").strip() == str(installed / "workbench" / "__init__.py")
    assert "rating" in run("-m", "workbench", "types")
    assert f"files in {installed / 'workbench_assets'}" in run("-m", "workbench", "doctor")
    assert not (empty / ".venv").exists()


def test_the_demo_serves_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    """It makes its lab in the folder where it is started, and its first sign-in link opens."""
    empty = tmp_path / "empty"
    empty.mkdir()
    environ = {**os.environ, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}
    command = [sys.executable, "-m", "workbench", "demo", "--port", "0"]
    server = subprocess.Popen(command, cwd=empty, env=environ, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        link = next(word for line in server.stdout for word in line.split() if "/s/" in word)
        with urllib.request.urlopen(link, timeout=60) as page:
            assert page.status == 200
    finally:
        server.terminate()
        server.communicate(timeout=60)
    assert (empty / "data").is_dir()
