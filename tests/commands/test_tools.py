"""Commands that need no project: types, formats, aggregate, agreement, doctor, help."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import typer

from accessibility.sentences import sentence
from task_types import registry
from tests.commands.running import at_once, refusal, well, workbench
from workbench.cli import app, hang_on
from workbench.commands.telling import in_words
from workbench.context import open_context
from workbench.errors import BadInput
from workbench.settings import Settings
from workbench.store import lab as lab_store

LABELS = "task,worker,label\n1,ann,cat\n1,bob,cat\n1,cas,dog\n2,ann,dog\n2,bob,dog\n2,cas,dog\n"


def test_types_and_formats_are_told(tmp_path: Path) -> None:
    """A line each for people, JSON for programs, one type with its schemas."""
    names = registry.names()
    commands = [("types",), ("types", "--json"), ("types", "bounding_box", "--json"), ("formats",)]
    lines, listed, one, formats = at_once(tmp_path / "lab", commands)
    assert [line.split()[0] for line in lines.out.splitlines()] == list(names)
    assert [each["name"] for each in listed.told] == list(names)
    assert "boxes" in str(one.told)
    assert {line.split()[0] for line in formats.out.splitlines()} >= {"coco", "csv", "jsonl", "label_studio", "srt", "webvtt"}
    assert {done.status for done in (lines, listed, one, formats)} == {0}
    assert not (tmp_path / "lab").exists()


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"LANG": "nl_NL.UTF-8"}, "a.wav is beschadigd: kort. Gebruik een andere back-up."),
        ({"LANG": "nl_NL.UTF-8", "LC_ALL": "C.UTF-8"}, "a.wav is damaged: kort. Use another backup."),
        ({"LANG": "C.UTF-8", "WORKBENCH_LANGUAGE": "nl"}, "a.wav is beschadigd: kort. Gebruik een andere back-up."),
        ({}, "a.wav is damaged: kort. Use another backup."),
    ],
)
def test_what_went_wrong_is_told_in_the_language_of_the_terminal(environ: dict[str, str], said: str) -> None:
    """Dutch where the terminal is Dutch; the values stay as they are."""
    error = BadInput(sentence("{file} is damaged: {error}. Use another backup.", file="a.wav", error="kort"))
    assert in_words(error.message, environ) == said


def test_labels_of_others_are_settled_and_compared(tmp_path: Path) -> None:
    """Plain CSV in, plain CSV out; no lab is made."""
    (tmp_path / "labels.csv").write_text(LABELS)
    commands = [
        ("aggregate", tmp_path / "labels.csv", "--type", "choice", "--out", tmp_path / "out.csv"),
        ("agreement", tmp_path / "labels.csv", "--type", "choice", "--json"),
        ("agreement", tmp_path / "labels.csv", "--type", "choice"),
    ]
    settled, told, shown = at_once(tmp_path / "lab", commands)
    assert [done.status for done in (settled, told, shown)] == [0, 0, 0], (settled, told, shown)
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["task"]: row["label"] for row in rows} == {"1": "cat", "2": "dog"}
    assert all(0 < float(row["confidence"]) <= 1 for row in rows)
    assert any(isinstance(value, float) for value in told.told.values())
    assert all(name in shown.out for name in told.told)
    assert not (tmp_path / "lab").exists()


def test_doctor_looks_at_the_machine(tmp_path: Path) -> None:
    """A line for each finding, and no fault on a machine that runs these tests."""
    out = well(tmp_path / "lab", "doctor").out
    assert len(out.splitlines()) > 4
    assert "Python" in out


def commands_of(group: Any, path: str = "workbench") -> Iterator[tuple[str, Any]]:
    """Every command with its whole name, those of groups and of plug-ins included."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands_of(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def test_every_command_explains_itself_with_an_example() -> None:
    """A sentence, and a line that can be copied: it begins with the command itself."""
    hang_on()
    found = dict(commands_of(typer.main.get_command(app)))
    assert {"workbench serve", "workbench person add", "workbench export"} <= set(found)
    for name, command in found.items():
        assert command.help, name
        example = re.fullmatch(r"Example: (workbench .+)", command.epilog or "")
        assert example, name
        without_options = re.sub(r"--data \S+ ", "", example.group(1))
        assert without_options.startswith(name), name


def set_up(folder: Path) -> None:
    """What a manager does in a browser, once."""
    with closing(open_context(Settings.load({}, data=folder))) as ctx:
        ctx.db.write(
            lambda connection: lab_store.set_up(connection, name="Proeflab", time_zone="Europe/Amsterdam", now=ctx.now())
        )


def test_a_house_style_is_told_and_replaced(tmp_path: Path) -> None:
    """Of a client that is there, from a file; a typing error in it changes nothing."""
    lab = tmp_path / "lab"
    (tmp_path / "style.yaml").write_text("line_length: 37\n")
    (tmp_path / "wrong.yaml").write_text("line_lenght: 30\n")
    well(lab, "project", "create", "News", "--type", "subtitle_quality", "--client", "Omroep Oost")
    assert "not set up yet" in refusal(workbench(lab, "house-style", "Omroep Oost", "--settings", tmp_path / "style.yaml"))
    set_up(lab)
    told = well(lab, "house-style", "Omroep Oost", "--settings", tmp_path / "style.yaml", "--json").told
    assert (told["line_length"], told["most_lines"]) == (37, 2)
    assert "line_lenght" in refusal(workbench(lab, "house-style", "Omroep Oost", "--settings", tmp_path / "wrong.yaml"))
