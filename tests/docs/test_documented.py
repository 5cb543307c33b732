"""Nothing is undocumented: every command, setting, task type, format and address stands in docs/."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from task_types import registry
from task_types.settings import StepSettings
from workbench import cli, export

ROOT = Path(__file__).parents[2]
DOCS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in ROOT.glob("docs/**/*.md")}


def commands() -> list[tuple[str, object]]:
    """Every command with its full name."""
    found: list[tuple[str, object]] = []
    cli.hang_on()

    def walk(command: object, name: str) -> None:
        inner = getattr(command, "commands", None)
        if inner is None:
            found.append((name, command))
        for child, each in (inner or {}).items():
            walk(each, f"{name} {child}")

    walk(get_command(cli.app), "workbench")
    return found


COMMANDS = commands()


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_each_command_is_documented_and_shows_an_example(name: str, command: typer.core.TyperCommand) -> None:
    """In docs/commands.md with all its options, and with an example in its help."""
    assert f"`{name}`" in DOCS["docs/commands.md"]
    assert (command.epilog or "").startswith(f"Example: {name.split(maxsplit=1)[0]}")
    line = next(line for line in DOCS["docs/commands.md"].splitlines() if line.startswith(f"| `{name}` "))
    options = {option for parameter in command.params for option in parameter.opts if option.startswith("--")} - {"--help"}
    everywhere = DOCS["docs/commands.md"]
    assert {option for option in options if option not in line and option not in everywhere} == set()


@pytest.mark.parametrize("name", registry.names())
def test_each_task_type_is_documented_with_its_settings(name: str) -> None:
    """A page in docs/task-types/ that names every setting of its own."""
    page = DOCS.get(f"docs/task-types/{name}.md") or ""
    own = set(registry.get(name).settings_model.model_fields) - set(StepSettings.model_fields)
    assert page, f"docs/task-types/{name}.md is missing"
    assert {setting for setting in own if f"`{setting}`" not in page} == set()


def test_the_settings_that_every_type_shares_are_documented() -> None:
    """Once, for all types."""
    text = DOCS["docs/task-types/README.md"]
    assert {name for name in StepSettings.model_fields if f"`{name}`" not in text} == set()


def test_each_format_is_documented() -> None:
    """In docs/exports.md."""
    formats = {name for each in registry.names() for name in export.formats_of_type(each)}
    assert {name for name in formats if f"`{name}`" not in DOCS["docs/exports.md"]} == set()


def test_each_variable_of_the_environment_is_documented() -> None:
    """Every WORKBENCH_… that the code reads."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "workbench").rglob("*.py"))
    names = set(re.findall(r"WORKBENCH_[A-Z_]+[A-Z]", code))
    text = "\n".join(DOCS.values())
    assert {name for name in names if name not in text} == set()


def test_links_in_the_documents_lead_somewhere() -> None:
    """Relative links in README.md and docs/ point at files that are there."""
    broken = []
    for name, text in {**DOCS, "README.md": (ROOT / "README.md").read_text(encoding="utf-8")}.items():
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text):
            if not ((ROOT / name).parent / target).exists():
                broken.append(f"{name} → {target}")
    assert broken == []


def test_the_api_document_names_every_address() -> None:
    """Every route under /api/v1 stands in docs/api.md."""
    from workbench.web import api, api_work, day_api

    paths = {re.sub(r"\{[^}]+\}", "{}", route.path) for module in (api, api_work, day_api) for route in module.router.routes}
    known = {re.sub(r"\{[^}]+\}", "{}", path) for path in re.findall(r"(/api/v1/[^ `?]*)", DOCS["docs/api.md"])}
    assert paths - known == set()
