"""Which words there are to translate: found in templates and Python, so that nothing is forgotten and nothing is left over.

.venv/bin/python -m workbench.web.catalogue      brings the catalogue up to date; new words wait, empty, for a translator
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po
from typer.main import get_command

import accessibility
import quality
import task_types
import workbench
from workbench import cli
from workbench.commands import helping
from workbench.web.languages import CATALOGUES

# The bridge's words stand in the one catalogue too: found by its place, because nothing here imports it.
ROOTS = (
    Path(workbench.__file__).parent,
    Path(accessibility.__file__).parent,
    Path(task_types.__file__).parent,
    Path(quality.__file__).parent,
    Path(workbench.__file__).parents[1] / "mturk_bridge",
)
# Sentences of errors are shown to people as they stand, so they are words to translate too.
ERRORS = (
    "WorkbenchError",
    "NotFound",
    "NotAllowed",
    "NotSignedIn",
    "Conflict",
    "Invalid",
    "AnswerRefused",
    "KeyReused",
    "NotAllowedHere",
    "BadInput",
    "RefusedUpload",
    "TooMany",
    "Unavailable",
    "BadSettings",
    "BadPayload",
    "NotSplittable",
    "UnreadableSubtitles",
    "UnreadableExport",
    "UnknownTaskType",
    "NoMinimumKnown",
    "NotGenuine",
    "CannotGoOut",
    "TooFewJudgements",
    "TooManyLabels",
    "UnknownKind",
)
MARKED = {"_": None, "gettext": None, "ngettext": (1, 2), "say": (2,), "words": (3,), "noted": None, "sentence": None}
# What speaks to a terminal: its sentences, and what takes a while.
TERMINAL = {
    "tell": None,
    "stop": None,
    "filled": None,
    "translated": None,
    "progress": None,
}
KEYWORDS = {**MARKED, **TERMINAL, **dict.fromkeys(ERRORS)}
METHODS = [("**.py", "workbench.web.catalogue:texts_in_python"), ("**.html", "jinja2")]
# These speak to whoever builds, in English.
SILENT = ("migrations", "frontend")
OPTIONS = {"**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true", "silent": "false"}}


def messages() -> Catalog:
    """Every text that a page may show, from the source as it stands."""
    found = Catalog(project="AI Annotation Lab", charset="utf-8")
    for root in ROOTS:
        for name, _line, text, _comments, context in extract_from_dir(
            root, METHODS, OPTIONS, keywords=KEYWORDS, directory_filter=_is_for_pages
        ):
            found.add(text, locations=[(f"{root.name}/{name}", None)], context=context)  # type: ignore[list-item]
    # What the commands' help says is found where they hang together: much of it stands in docstrings.
    cli.hang_on()
    for text in helping.texts(get_command(cli.app)):
        found.add(text, locations=[("workbench/cli.py", None)])  # type: ignore[list-item]
    return found


def texts_in_python(
    file: IO[bytes],
    keywords: Collection[str],
    _tags: Collection[str],
    options: Mapping[str, Any],  # noqa: ARG001  (Babel names it)
) -> Iterator[tuple[int, str, Any, list[str]]]:
    """
    Every call of one of `keywords` with its plain texts, for Babel (line, name, texts by place, comments).

    Babel's own reader of Python counts brackets, and 2.19 takes `named[text]` for the start of a call; this one reads the
    syntax tree.
    """
    for node in ast.walk(ast.parse(file.read())):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in keywords and node.args:
            texts = tuple(_text(each) for each in node.args)
            yield node.lineno, name, texts if len(texts) > 1 else texts[0], []


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def known(locale: str) -> Catalog:
    """The catalogue of this locale as it is kept."""
    with path_of(locale).open("rb") as file:
        return read_po(file, locale=locale)


def path_of(locale: str) -> Path:
    """Where a catalogue stands."""
    return CATALOGUES / locale / "LC_MESSAGES" / "messages.po"


def bring_up_to_date(locale: str) -> int:
    """Add new words, drop those that are gone; returns how many wait for a translation."""
    path = path_of(locale)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue = known(locale) if path.exists() else Catalog(locale=locale, project="AI Annotation Lab", charset="utf-8")
    # A guess of a machine ("fuzzy") would look like a translation: new words stay empty instead.
    catalogue.update(messages(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    with path.open("wb") as file:
        write_po(file, catalogue, width=130, omit_header=False, sort_output=True)
    return sum(1 for _ in waiting(catalogue))


def waiting(catalogue: Catalog) -> Iterator[str]:
    """Texts without a translation, or with a guessed one."""
    for message in catalogue:
        given = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and (message.fuzzy or not all(given)):
            yield message.id if isinstance(message.id, str) else message.id[0]


def _is_for_pages(folder: str | Path) -> bool:
    name = Path(folder).name
    return not name.startswith((".", "_")) and name not in SILENT


if __name__ == "__main__":
    print(f"{bring_up_to_date('nl')} texts wait for a translation in {path_of('nl')}")
