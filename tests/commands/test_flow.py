"""From an empty folder to an export, by commands alone."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import pytest

from task_types import registry
from tests.commands.conftest import ANSWERS, BOX, NAMES, Commanded
from tests.commands.running import at_once, refusal, well, workbench


def test_a_new_person_gets_a_link_and_a_token(commanded: Commanded) -> None:
    """As JSON for programs; the link is a path of the lab's own address."""
    told = commanded.said["person"].told
    assert told.keys() == {"name", "role", "token", "link"}
    assert (told["name"], told["role"], told["link"].startswith("/s/")) == ("Noor", "worker", True)
    assert len(told["token"]) >= 32


def test_for_people_the_same_in_words(commanded: Commanded) -> None:
    """Link, badge and token, and that they are not shown again."""
    out = well(commanded.data, "person", "add", "Joke", "--role", "coach").out
    assert "Joke (coach)" in out
    assert "/s/" in out
    assert "not shown again" in out


def test_a_project_is_open_at_once(commanded: Commanded) -> None:
    """Its name, its id and that it is open; `--draft` holds it (below)."""
    for kind, name in NAMES.items():
        assert commanded.said[f"create {kind}"].out.startswith(f"{name} (")
        assert commanded.said[f"create {kind}"].out.strip().endswith("is open.")


def test_ingest_tells_problems_by_file_and_line_and_keeps_the_rest(commanded: Commanded) -> None:
    """A line with too many fields, a torn picture; exit status 0, for what fits is in."""
    texts, doors, tones = (commanded.said[f"ingest {kind}"] for kind in NAMES)
    assert (texts.status, doors.status, tones.status) == (0, 0, 0)
    assert "3 sources added, 0 known already, 3 microtasks, 1 gold, 1 problems." in texts.out
    assert "texts.csv:5" in texts.err
    assert "1 sources added" in doors.out
    assert "torn.png" in doors.err
    assert (tones.err, "1 sources added" in tones.out) == ("", True)


def test_ingest_again_adds_nothing_twice(commanded: Commanded) -> None:
    """The same recording once more."""
    again = well(commanded.data, "ingest", NAMES["transcription"], commanded.data.parent / "short.wav")
    assert again.out.startswith("0 sources added, 1 known already, 0 microtasks")


def test_status_counts(commanded: Commanded) -> None:
    """At least microtasks, settled and annotations, as numbers."""
    found = {kind: commanded.said[f"status {kind}"].told for kind in NAMES}
    told = {kind: [each[name] for name in ("microtasks", "settled", "annotations")] for kind, each in found.items()}
    assert told == {"rating": [3, 2, 6], "bounding_box": [1, 1, 2], "transcription": [1, 1, 2]}


FORMATS = [(kind, format_name) for kind in NAMES for format_name in registry.get(kind).exporters]


@pytest.fixture(scope="module")
def exported(commanded: Commanded) -> Path:
    """Each of the three kinds of work in each of its formats."""
    out = commanded.data.parent / "out"
    commands = [("export", NAMES[kind], "--format", name, "--out", out / kind / name / "made") for kind, name in FORMATS]
    for each in commands:
        Path(each[-1]).parent.mkdir(parents=True)
    for command, done in zip(commands, at_once(commanded.data, commands), strict=True):
        assert (done.status, done.err) == (0, ""), (command, done)
    return out


@pytest.mark.parametrize(("kind", "format_name"), FORMATS)
def test_every_export_has_a_manifest_that_counts_and_sums(exported: Path, kind: str, format_name: str) -> None:
    """Counts and checksums are those of what was written."""
    folder = exported / kind / format_name
    [path] = folder.rglob("*manifest.json")
    manifest = json.loads(path.read_text())
    counts = [manifest["counts"][name] for name in ("settled", "gold", "annotations")]
    assert counts == {"rating": [2, 1, 6], "bounding_box": [1, 0, 2], "transcription": [1, 0, 2]}[kind]
    assert (manifest["format"], manifest["steps"][0]["type"]) == (format_name, kind)
    assert manifest["files"]
    for each in manifest["files"]:
        [file] = [one for one in folder.rglob(Path(each["file"]).name) if one != path]
        assert hashlib.sha256(file.read_bytes()).hexdigest() == each["sha256"]
        assert file.stat().st_size == each["bytes"] > 0


def test_exports_hold_what_was_answered(exported: Path) -> None:
    """The answers come out as they went in, in the units of the source."""
    lines = [json.loads(line) for line in (exported / "bounding_box/jsonl/made").read_text().splitlines()]
    assert [line["answer"] for line in lines] == [{"boxes": [BOX]}]
    with (exported / "rating/csv/made").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) >= 2
    [srt] = (exported / "transcription/srt").rglob("*.srt")
    assert "00:00:00,000 --> 00:00:02,000\nhoog" in srt.read_text()
    accuracy = json.loads(next((exported / "rating/jsonl").rglob("*manifest.json")).read_text())["steps"][0]["gold_accuracy"]
    assert (accuracy["answers"], accuracy["mean"]) == (2, 1.0)
    assert ANSWERS["rating"] == {"value": 4}


@pytest.mark.parametrize(
    ("yaml", "words"),
    [
        ("overlap: none of it\n", ["overlap"]),
        ("overlpa: 3\n", ["overlpa"]),
        ("labels: [a\nb: c\n", ["settings.yaml", "YAML"]),
        ("- a\n- b\n", ["settings.yaml", "overlap: 3"]),
    ],
)
def test_wrong_settings_are_told_in_one_line(commanded: Commanded, tmp_path: Path, yaml: str, words: list[str]) -> None:
    """With the field or the line; exit status 1; no project is left behind."""
    (tmp_path / "settings.yaml").write_text(yaml)
    done = workbench(
        commanded.data, "project", "create", "Wrong", "--type", "bounding_box", "--settings", tmp_path / "settings.yaml"
    )
    line = refusal(done)
    assert done.status == 1
    assert all(word in line for word in words), line


def test_what_is_not_there_is_told_in_one_line(commanded: Commanded, tmp_path: Path) -> None:
    """Unknown projects, types, formats, files and roles: what, and what there is instead."""
    data = commanded.data
    commands: dict[tuple[str | Path, ...], str] = {
        ("status", "Txets"): 'Did you mean "Texts"?',
        ("project", "create", "New", "--type", "bbox"): "bounding_box",
        ("project", "create", "Texts", "--type", "rating", "--client", "Omroep"): "already",
        ("export", "Texts", "--format", "coco", "--out", tmp_path / "x"): "csv",
        ("ingest", "Texts", tmp_path / "nowhere.zip"): "nowhere.zip",
        ("person", "add", "X", "--role", "boss"): "supervisor",
        ("restore", tmp_path / "nowhere.zip"): "already",
        ("aggregate", tmp_path / "nowhere.csv", "--type", "choice", "--out", tmp_path / "o.csv"): "nowhere.csv",
        ("types", "ratign"): '"rating"',
        ("export", "Texts", "--format", "csv", "--out", "/proc/none/x.csv"): "/proc/none",
        ("--data", tmp_path / "elsewhere", "backup", tmp_path / "b.zip"): "no lab in",
        (
            "--data",
            tmp_path / "elsewhere",
            "hours",
            "--from",
            "2026-11-01",
            "--to",
            "2026-11-30",
            "--out",
            tmp_path / "h",
        ): "--data",
        ("--data", "/proc/none", "person", "add", "X", "--role", "worker"): "/proc/none",
        ("frobnicate",): "--help",
    }
    for (command, words), done in zip(commands.items(), at_once(data, commands), strict=True):
        assert words in refusal(done), command
    assert list(tmp_path.iterdir()) == []


def test_a_backup_is_the_same_lab_elsewhere(commanded: Commanded) -> None:
    """Restored into a new folder, which is its owner's only, each project's status is what it was."""
    file, again = commanded.data.parent / "lab.zip", commanded.data.parent / "again"
    assert "lab.zip" in well(commanded.data, "backup", file).out
    well(again, "restore", file)
    assert {oct(folder.stat().st_mode & 0o777) for folder in (commanded.data, again)} == {"0o700"}
    statuses = at_once(again, [("status", name, "--json") for name in NAMES.values()])
    assert [done.told for done in statuses] == [commanded.said[f"status {kind}"].told for kind in NAMES]


def test_a_draft_is_held_back(commanded: Commanded) -> None:
    """`--draft`, and `--data` before the command."""
    elsewhere = commanded.data.parent / "drafts"
    made = well(commanded.data, "--data", elsewhere, "project", "create", "Later", "--type", "rating", "--draft")
    assert made.out.strip().endswith("is draft.")
    assert (elsewhere / "workbench.sqlite3").exists()
