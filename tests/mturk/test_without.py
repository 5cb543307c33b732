"""A lab that did not install the extra `mturk` has nothing of the bridge: a process of its own tells."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import json, sys
from importlib.machinery import PathFinder
from pathlib import Path

HIDDEN = {"boto3", "botocore"} if sys.argv[2] == "without" else set()

class Without:
    # What looks for packages, in an environment that lacks these.
    def find_spec(self, name, path=None, target=None):
        return None if name.partition(".")[0] in HIDDEN else PathFinder.find_spec(name, path, target)

    def find_distributions(self, *context):
        return (each for each in PathFinder.find_distributions(*context) if each.metadata["Name"] not in HIDDEN)

    def invalidate_caches(self):
        PathFinder.invalidate_caches()

sys.meta_path[:] = [Without() if each is PathFinder else each for each in sys.meta_path]

from starlette.testclient import TestClient
from tests.conftest import Clock, lab
from task_types import registry
from workbench.cli import app as commands, hang_on
from workbench.web.app import create_app

hang_on()
ctx = lab(Path(sys.argv[1]), Clock())
client = TestClient(create_app(ctx), follow_redirects=True)
print(json.dumps({
    "start": client.get("/").status_code,
    "endpoint": client.post("/mturk/requester").status_code,
    "pages": client.get("/mturk/shown/page.js").status_code,
    "kinds": [name for name in registry.names() if name.startswith("mturk")],
    "commands": [group.name for group in commands.registered_groups if group.name == "mturk"],
    "modules": sorted(name for name in sys.modules if name.partition(".")[0] in ("mturk_bridge", "boto3", "botocore"))[:3],
}))
"""


@pytest.mark.parametrize("how", ["without", "with"])
def test_without_the_extra_nothing_of_the_bridge_is_there(tmp_path: Path, how: str) -> None:
    """No module, address, command or kind of work, and the workbench starts; with the extra the same program finds them."""
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "lab"), how],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    if how == "without":
        assert found == {"start": 200, "endpoint": 404, "pages": 404, "kinds": [], "commands": [], "modules": []}
    else:
        assert (found["pages"], found["kinds"], found["commands"]) == (200, ["mturk_form", "mturk_html"], ["mturk"])
