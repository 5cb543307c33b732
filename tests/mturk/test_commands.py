"""`workbench mturk …`: a requester's keys and money, a batch, and work that goes out and comes back, by commands alone."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.builders import person, rating, rows, workers
from tests.conftest import Clock, lab
from tests.mturk.endpoint import PAGE, Desk, work
from workbench import tables as t
from workbench.cli import app, hang_on
from workbench.context import open_context, wall_clock
from workbench.domain import Role
from workbench.errors import Invalid, NotFound, WorkbenchError
from workbench.settings import Settings

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run a command on a lab of this test's own; returns what it prints."""
    hang_on()
    for name in ("DATABASE_URL", "STORAGE_URL", "PAGES_URL", "SECRET"):
        monkeypatch.delenv(f"WORKBENCH_{name}", raising=False)
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path / "own"))

    def command(*words: object) -> str:
        capsys.readouterr()
        app([str(each) for each in words], standalone_mode=False)
        return capsys.readouterr().out

    return command


def test_a_requesters_keys_and_money(run: Run) -> None:
    """A key with its secret, once; credit in dollars; a statement; an ended key."""
    assert "A euro is $1.16" in run("mturk", "rate", "1.16", "--source", "ECB, 27 November 2026")
    made = run("mturk", "key", "add", "Zender Noord", "--label", "tests")
    key, secret = re.findall(r"= (\S+)", made)
    listed = run("mturk", "key", "list", "Zender Noord")
    assert (listed, secret in listed) == (f"{key}  in use  tests\n", False)
    assert run("mturk", "credit", "Zender Noord", "250", "--note", "invoice 7") == (
        "Zender Noord may spend $250.00; $0.00 is promised to HITs.\n"
    )
    assert "[yes] Fair management: Rejections: 0." in run("mturk", "statement", "Zender Noord")
    assert run("mturk", "key", "end", key) == f"{key} is ended.\n"
    assert "ended" in run("mturk", "key", "list", "Zender Noord")
    for wrong in ("nine", "99"):
        with pytest.raises(Invalid):
            run("mturk", "rate", wrong, "--source", "x")
    with pytest.raises(Invalid, match="is not an amount"):
        run("mturk", "credit", "Zender Noord", "0.001", "--note", "x")
    with pytest.raises(NotFound, match="Zender Zuid"):
        run("mturk", "statement", "Zender Zuid")


def test_a_batch_comes_in_and_its_results_go_out(run: Run, tmp_path: Path) -> None:
    """The report of the page is printed; what people answer stands in the file; a layout gets its id."""
    (tmp_path / "boats.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "boats.csv").write_text("name\nZeilboot\nSloep é\n", encoding="utf-8")
    told = run("mturk", "import-batch", tmp_path / "boats.html", tmp_path / "boats.csv", "--requester", "Zender Noord")
    assert told.startswith("2 questions in boats (")
    assert "A field has no label" in told
    with_lab = open_context(Settings.load())
    worker = person(with_lab, "Wim")
    for number in range(2):
        work(with_lab, worker, {"fields": {"tag": f"boot {number}"}})
    with_lab.close()
    for kind in ("mturk_csv", "turkle_csv"):
        run("export", "boats", "--format", kind, "--out", tmp_path / "out.csv")
        with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
            found = {row["Input.name"]: row["Answer.tag"] for row in csv.DictReader(file)}
        assert found == {"Zeilboot": "boot 0", "Sloep é": "boot 1"}
    run("mturk", "rate", "1.15", "--source", "ECB")
    assert "boats: 2 answers" in run("mturk", "statement", "boats")
    run("mturk", "key", "add", "Zender Noord")
    assert re.fullmatch(r"3[A-Z0-9]{20,}\n", run("mturk", "layout", "Zender Noord", tmp_path / "boats.html"))


def test_work_goes_out_and_comes_back(run: Run, desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A proposal, a manager's yes, a pilot, its answers, the rest at the measured price, the cost, the end."""
    own = lab(tmp_path / "own", Clock(wall_clock()))
    rating(own, [f"Een kort bericht over boot {number}." for number in range(7)], name="Over", language="en", question="Clear?")
    person(own, "Mia", Role.MANAGER)
    own.close()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", desk.pair.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", desk.pair.secret_access_key)
    run("mturk", "rate", "1.15", "--source", "ECB")
    with pytest.raises(NotFound, match=r"needs 5\. Do a pilot first"):
        run("mturk", "quote", "Over")
    with pytest.raises(Invalid, match="needs --endpoint"):
        run("mturk", "publish", "Over")
    proposed = run("mturk", "publish", "Over", "--endpoint", f"{desk.url}/mturk/requester", "--budget", "20")
    assert "Proposed: 7 questions" in proposed
    assert "Nothing is sent." in proposed
    with pytest.raises(WorkbenchError):
        run("mturk", "publish", "Over", "--yes-by", "Nobody")
    assert "5 questions sent (pilot)" in run("mturk", "publish", "Over", "--yes-by", "Mia")
    assert "The pilot is out" in run("mturk", "publish", "Over")
    two = workers(desk.ctx, 2)
    for number in range(5):
        work(desk.ctx, two[number % 2], {"fields": {"q1": "4", "q2": 2}})
    assert "5 new answers; 5 taken in, 0 kept beside." in run("mturk", "collect", "Over")
    assert "2 questions sent (rest)" in run("mturk", "publish", "Over")
    for number in range(2):
        work(desk.ctx, two[number], {"fields": {"q1": "3", "q2": 2}})
    ended = run("mturk", "end", "Over")
    assert "2 new answers; 7 taken in" in ended
    assert re.search(r"Cost so far: \$\d\.\d\d rewards, \$\d\.\d\d bonuses, \$0\.00 fees\.", ended)
    with pytest.raises(NotFound, match="has no order"):
        run("mturk", "collect", "Over")
    assert re.search(r"7 answers, 0\.23 hours, \$\d\.\d\d paid, €(1[5-9]|14\.99)", run("mturk", "statement", "Over"))
    again = open_context(Settings.load())
    assert len(rows(again, t.annotation)) == 7
    again.close()
