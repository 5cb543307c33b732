"""What the doctor says."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from workbench import doctor
from workbench.doctor import State
from workbench.settings import Settings


def test_this_machine_can_run_a_lab(tmp_path: Path) -> None:
    """Where the tests run, nothing is at fault; looking makes nothing."""
    folder = tmp_path / "new" / "lab"
    findings = doctor.examine(Settings.load({}, data=folder))
    assert [str(finding) for finding in findings if finding.is_fault] == []
    assert not (tmp_path / "new").exists()


def test_every_finding_that_is_not_good_says_what_to_do(tmp_path: Path) -> None:
    """What, where, what next."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    unwell = [
        doctor.python((3, 9, 2), "/usr/bin/python3"),
        doctor.virtual_environment("/lab/.venv", inside=True, complete=False),
        doctor.browser_files(None),
        doctor.data_folder(blocked / "lab", may_write=True),
        doctor.free_space(tmp_path, 1024**3),
        doctor.database("postgresql+psycopg://lab@db/lab", has_driver=False),
        doctor.speech_output(None),
        doctor.speech_models(tmp_path, lambda folder: ()),
        doctor.https(tmp_path),
        doctor.shared_memory(tmp_path, may_write=False),
        doctor.chromium(None),
        doctor.postgresql(None),
    ]
    assert all(finding.state is not State.GOOD and finding.where and finding.next_step for finding in unwell)


def test_a_finding_reads_as_one_line_and_one_step() -> None:
    """The state first, so that a column of them can be read from top to bottom."""
    said = str(doctor.chromium(None))
    assert said.splitlines() == [
        "advice  Browser for tests: no Chromium",
        "        → Only for python3 -m workbench test. Run once: sudo apt-get install -y chromium",
    ]


def test_a_missing_font_is_named(tmp_path: Path) -> None:
    """The list of files that the build hook wrote is compared with what is there."""
    (tmp_path / "manifest.json").write_text(json.dumps({"axe.js": {}, "fonts/a.woff2": {}}))
    (tmp_path / "axe.js").write_text("")
    finding = doctor.browser_files(tmp_path)
    assert finding.is_fault
    assert finding.where == f"{tmp_path} misses fonts/a.woff2"


def test_the_database_password_is_not_shown() -> None:
    """People paste what the doctor says into e-mails."""
    finding = doctor.database("postgresql+psycopg://lab:secret@db.example/lab", has_driver=True)
    assert finding.where == "postgresql+psycopg://db.example/lab"


def test_a_folder_of_somebody_else_is_a_fault(tmp_path: Path) -> None:
    """Said before the first upload fails."""
    assert doctor.data_folder(tmp_path / "lab", may_write=False).where == f"{tmp_path} takes no files from this user"


def test_a_path_that_cannot_be_looked_at_is_no_error(tmp_path: Path) -> None:
    """As under a folder that another user has locked; here by a name too long, which fails alike also for an administrator."""
    hidden = tmp_path / ("x" * 300) / "lab"
    with pytest.raises(OSError, match="too long"):
        hidden.stat()
    assert doctor.existing(hidden) == tmp_path
    assert doctor.data_folder(hidden, may_write=False).where == f"{tmp_path} takes no files from this user"
    assert doctor.installed_models(hidden) == ()
    assert doctor.https(hidden).state is State.ADVICE


def test_good_findings_say_where(tmp_path: Path) -> None:
    """So that a person can check that it is the right one."""
    assert doctor.python(sys.version_info[:3], sys.executable).state is State.GOOD
    assert doctor.speech_models(tmp_path, lambda folder: ("nl", "en")).where == f"nl, en in {tmp_path}"
    assert doctor.data_folder(tmp_path, may_write=True).where == str(tmp_path)
    assert doctor.data_folder(tmp_path / "lab", may_write=True).where == f"{tmp_path / 'lab'} (will be made)"
