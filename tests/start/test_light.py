"""What must not be loaded where it would cost every start or every server process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HEAVY = {"scipy", "cv2", "av", "vosk", "torch", "skimage", "pandas", "label_studio_sdk"}
SERVER = """
import json, sys
from pathlib import Path
from starlette.testclient import TestClient
from workbench.context import open_context
from workbench.settings import Settings
from workbench.web.app import create_app
app = create_app(open_context(Settings.load({}, data=Path(sys.argv[1]))))
with TestClient(app) as browser:
    status = browser.get("/").status_code
print(json.dumps({"status": status, "modules": sorted({name.partition(".")[0] for name in sys.modules})}))
"""
COMMANDS = """
import json, sys, workbench.cli
workbench.cli.hang_on()
print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))
"""


def test_the_web_process_stays_light(tmp_path: Path) -> None:
    """Foreign media, speech and statistics run in processes of their own: a page never waits for their libraries."""
    done = subprocess.run([sys.executable, "-c", SERVER, str(tmp_path / "lab")], capture_output=True, text=True, check=True)
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["status"] == 200
    assert HEAVY & set(said["modules"]) == set()


def test_the_command_line_loads_what_a_command_needs_and_no_more() -> None:
    """`workbench --help` answers at once: the server and the jobs are loaded by the commands that use them."""
    done = subprocess.run([sys.executable, "-c", COMMANDS], capture_output=True, text=True, check=True)
    assert (HEAVY | {"fastapi", "dbos", "alembic", "numpy", "pydantic", "babel"}) & set(json.loads(done.stdout)) == set()
