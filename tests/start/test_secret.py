"""The lab's secret, which tokens for assignments rest on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ASK = """
import sys, time
from pathlib import Path
from workbench.settings import Settings
ready, go = Path(sys.argv[2]), Path(sys.argv[3])
ready.touch()
while not go.exists():
    pass
print(Settings.load({}, data=Path(sys.argv[1])).secret().hex())
"""


def test_processes_that_start_together_share_one_secret(tmp_path: Path) -> None:
    """Four at once in an empty folder: whoever is first makes it, and all read that one; no half file stays behind."""
    go = tmp_path / "go"
    ready = [tmp_path / f"ready-{number}" for number in range(4)]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", ASK, str(tmp_path / "lab"), str(each), str(go)], stdout=subprocess.PIPE, text=True
        )
        for each in ready
    ]
    while not all(each.exists() for each in ready):
        assert all(process.poll() is None for process in running)
    go.touch()
    secrets = {process.communicate(timeout=60)[0].strip() for process in running}
    assert len(secrets) == 1
    assert len(secrets.pop()) == 64
    assert [path.name for path in (tmp_path / "lab").iterdir()] == ["secret.key"]
