"""Commands speak the language of their terminal, or the one that `--language` names; what programs read stays the same."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from accessibility.sentences import said
from tests.commands.running import at_once, well, workbench
from workbench import doctor
from workbench.cli import app, hang_on
from workbench.commands import helping
from workbench.settings import Settings
from workbench.start.words import texts, translated

hang_on()
NAMES = sorted(name for name, _ in helping.named(get_command(app)))
ENGLISH_OF_TYPER = (
    "Usage:",
    "Options:",
    "Arguments:",
    "Commands:",
    "Show this message",
    "[OPTIONS]",
    "required",
    "default:",
    "env var",
)


@cache  # Typer takes a while to put it together
def commands(language: str, *, prepared: bool) -> dict[str, Any]:
    """All commands under their whole names. What was told once in a language stays in it: each has its own."""
    root = get_command(app)
    return dict(helping.named(helping.prepared(root) if prepared else root))


def help_of(name: str, *, prepared: bool = True) -> str:
    """What `name --help` writes here, on one line."""
    command = commands(os.environ["WORKBENCH_LANGUAGE"], prepared=prepared)[name]
    context = command.make_context(name, [], resilient_parsing=True)
    return " ".join(command.get_help(context).split())


@pytest.fixture(params=["nl", "en"])
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The language of this terminal."""
    monkeypatch.setenv("WORKBENCH_LANGUAGE", request.param)
    return str(request.param)


@pytest.mark.parametrize("name", NAMES)
def test_help_is_in_the_language_of_the_terminal(name: str, language: str) -> None:
    """Dutch without an English sentence in it; English as the source has it."""
    shown = help_of(name)
    if language == "en":
        assert shown == help_of(name, prepared=False)
        return
    command = commands("en", prepared=False)[name]
    own = [*filter(None, (command.help, *(getattr(each, "help", None) for each in command.params)))]
    assert own
    for text in own:
        english, dutch = (" ".join(each.split()) for each in (text, translated(text, "nl")))
        assert dutch in shown
        assert english == dutch or english not in shown
    assert [each for each in ENGLISH_OF_TYPER if each in shown] == []


def test_every_text_of_every_help_has_dutch_words() -> None:
    """The catalogue knows all of them: those of groups, options, arguments and plug-ins."""
    found = list(helping.texts(get_command(app)))
    assert len(found) > 100
    assert [text for text in found if text not in texts("nl")] == []


@pytest.mark.parametrize("pattern", helping.COMPLAINTS)
def test_what_is_wrong_with_a_command_is_said_in_dutch(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Typer's own sentences are known by their patterns; the names in them stay."""
    values = {name: f"'{name}'" for name in ("name", "choices", "others", "count", "values", "value", "reason", "most", "least")}
    wrong = pattern.format(**values)
    monkeypatch.setenv("WORKBENCH_LANGUAGE", "nl")
    told = helping.complaint(wrong)
    assert told == translated(pattern, "nl").format(**values)
    assert told != wrong


def test_a_command_that_was_typed_wrongly_is_told_in_dutch(tmp_path: Path) -> None:
    """Real commands, wrong in each way: one line, without an English word."""
    wrong = {
        ("nope",): "De opdracht 'nope' bestaat niet. Zie: workbench --help",
        ("serve", "--port", "x"): "'--port' moet een geheel getal zijn. Zie: workbench serve --help",
        ("person", "add", "Jo"): "De optie '--role' ontbreekt. Kies uit: worker, coach, supervisor, client, manager. "
        "Zie: workbench person add --help",
        ("status",): "Het argument 'project' ontbreekt. Zie: workbench status --help",
    }
    told = at_once(tmp_path / "lab", [("--language", "nl", *each) for each in wrong])
    assert [done.err.strip() for done in told] == list(wrong.values())
    assert {done.status for done in told} == {2}


def test_what_commands_did_is_told_in_dutch(tmp_path: Path) -> None:
    """People, projects, datasets, figures: sentences, headings and numbers; JSON is the same in every language."""
    lab = tmp_path / "lab"
    (tmp_path / "texts.csv").write_text("text\nEen zin.\nNog een zin.\n")
    (tmp_path / "settings.yaml").write_text("question: Hoe goed is dit?\n")
    dutch = ("--language", "nl")
    made = well(lab, *dutch, "project", "create", "Zinnen", "--type", "rating", "--settings", tmp_path / "settings.yaml")
    assert made.out.startswith("Zinnen (")
    assert made.out.endswith(") is open.\n")
    added = well(lab, *dutch, "ingest", "Zinnen", tmp_path / "texts.csv")
    assert added.out == "2 bronnen toegevoegd, 0 al bekend, 2 microtaken, 0 goud, 0 problemen.\n"
    status = well(lab, *dutch, "status", "Zinnen")
    counted = [line.split()[0] for line in status.out.splitlines()[1:]]
    assert counted == ["microtaken", "vastgesteld", "goud", "annotaties", "bronnen"]
    for_programs = [well(lab, "--language", each, "status", "Zinnen", "--json").told for each in ("nl", "en")]
    assert for_programs[0] == for_programs[1]
    person = well(lab, *dutch, "person", "add", "Noor", "--role", "worker")
    assert person.out.splitlines()[-1] == "Bewaar dit goed: het wordt niet nog eens getoond."
    kept = well(lab, *dutch, "retention")
    assert "90 dagen  " in kept.out
    nobody = workbench(lab, *dutch, "status", "Zonnen")
    assert nobody.err.startswith("Er is geen project")


def test_the_doctor_speaks_dutch(tmp_path: Path) -> None:
    """Each finding with its values and its next step."""
    findings = [*doctor.examine(Settings.load({}, data=tmp_path / "lab")), *unwell(tmp_path)]
    for finding in findings:
        told = finding.told(lambda words: texts("nl").get(words, f"NOT TRANSLATED: {words}"))
        assert "NOT TRANSLATED" not in told.replace(f"NOT TRANSLATED: {finding.where}", "")
        assert said(finding.state.value, translated)


def unwell(folder: Path) -> Iterator[doctor.Finding]:
    """What this machine may not have."""
    (folder / "file").write_text("")
    yield doctor.python((3, 9, 2), "/usr/bin/python3")
    yield doctor.virtual_environment("/lab/.venv", inside=True, complete=False)
    yield doctor.browser_files(None)
    yield doctor.data_folder(folder / "file" / "lab", may_write=True)
    yield doctor.free_space(folder, 1024**3)
    yield doctor.database("postgresql+psycopg://lab@db/lab", has_driver=False)
    yield doctor.speech_output(None)
    yield doctor.speech_models(folder, lambda _folder: ())
    yield doctor.shared_memory(folder, may_write=False)
    yield doctor.chromium(None)
    yield doctor.postgresql(None)


@pytest.mark.parametrize(("environ", "told"), [({"LANG": "nl_BE.UTF-8"}, "Klaar."), ({"LANG": "de_DE.UTF-8"}, "Ready.")])
def test_a_first_start_speaks_the_language_of_the_terminal(environ: dict[str, str], told: str) -> None:
    """With nothing installed: isolated from every library, only Python's own and our files."""
    script = "import sys; sys.path.insert(0, sys.argv[1]); from workbench.start.report import tell; tell('Ready.')"
    root = str(Path(doctor.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script, root],
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stderr.strip() == told


def test_nothing_is_loaded_for_a_language_before_something_is_said() -> None:
    """The catalogue is read by the first Dutch word, never by an English one."""
    script = (
        "from workbench import cli; from workbench.start import words; from typer.main import get_command; "
        "from workbench.commands import helping; helping.prepared(get_command(cli.app)); "
        "print(words.texts.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"
