"""Error sentences in the language of who reads: each is in the catalogue, and none is put together before it is said."""

from __future__ import annotations

import ast
import builtins
import importlib
import pickle
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel, Field, ValidationError

from accessibility.sentences import kept, made_of, packed, renamed, sentence, unpacked
from mturk_bridge.errors import RequestError
from mturk_bridge.outgoing.client import Refused
from quality.errors import BadLabel, TooFewJudgements, TooManyLabels, TooMuchTogether, UnknownKind
from task_types import reading
from task_types.errors import TaskTypeError
from task_types.protocol import AnswerError
from tests.web.builders import Furnished
from tests.web.conftest import SignIn, csrf
from workbench.domain import Role
from workbench.errors import WorkbenchError
from workbench.store.datasets import Problem
from workbench.web import catalogue
from workbench.web.languages import told

ROOT = Path(__file__).parents[2]
# For whoever builds, or for a program that speaks a protocol of its own: English.
ELSEWHERE = (
    *("workbench/frontend", "workbench/migrations"),
    *("mturk_bridge/operations", "mturk_bridge/endpoint.py", "mturk_bridge/signing.py"),
)
# What takes a sentence and its values; `error` says where `tell` writes.
SPEAKING = {"sentence": frozenset(), "filled": frozenset(), "stop": frozenset(), "tell": frozenset({"error"})}
OURS = (
    TooFewJudgements,
    TooManyLabels,
    TooMuchTogether,
    BadLabel,
    UnknownKind,
    WorkbenchError,
    TaskTypeError,
    AnswerError,
    Problem,
)
AS_THEY_ARE = (RequestError, Refused)  # MTurk's protocol, and the words of another endpoint


def python_files() -> Iterator[Path]:
    """Every module whose errors reach a page or a terminal."""
    for package in ("workbench", "task_types", "quality", "mturk_bridge"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if not str(path.relative_to(ROOT)).startswith(ELSEWHERE):
                yield path


def calls_of_errors(path: Path) -> Iterator[ast.Call]:
    """Every place that makes one of our errors: the names are looked up in the module itself."""
    tree = ast.parse(path.read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    if not any(isinstance(node, ast.JoinedStr) for call in calls for node in call.args):
        return  # nothing here to judge, so it need not be imported
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
    for call in calls:
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        found = getattr(module, name, getattr(builtins, name, None))
        checked = (*OURS, ValueError) if path.is_relative_to(ROOT / "task_types") else OURS
        if isinstance(found, type) and issubclass(found, checked) and not issubclass(found, AS_THEY_ARE):
            yield call


def test_every_sentence_fills_in_what_it_names_in_both_languages() -> None:
    """The values beside a sentence are those it names; so does the Dutch."""
    dutch, wrong = catalogue.known("nl"), []
    for path in (*python_files(), *sorted((ROOT / "accessibility").rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and node.args and getattr(node.func, "id", "") in SPEAKING):
                continue
            if not isinstance(node.args[0], ast.Constant) or any(each.arg is None for each in node.keywords):
                continue
            words = node.args[0].value
            given = {each.arg for each in node.keywords} - SPEAKING[getattr(node.func, "id", "")]
            message = dutch.get(words)
            texts = (words, *((str(message.string),) if message else ()))
            wrong += [f"{path.name}:{node.lineno}: {text}" for text in texts if places(text) != given]
    assert wrong == []


def places(words: str) -> set[str | None]:
    """The names that are filled in."""
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


def test_a_sentence_is_said_in_dutch_with_all_its_values() -> None:
    """A sentence within a sentence too; thousands in the way of the language; one that nobody knows stays English."""
    inner = sentence('"{name}" is not a picture.', name="a.txt")
    outer = sentence("{where}: {message}", where=sentence("{file} line {line}", file="b.csv", line=3), message=inner)
    assert str(outer) == 'b.csv line 3: "a.txt" is not a picture.'
    assert told("nl", outer) == 'b.csv regel 3: "a.txt" is geen afbeelding.'
    large = sentence("The file is larger than {limit_bytes:,} bytes. Send a smaller file.", limit_bytes=1_000_000)
    assert [told(locale, large)[:41] for locale in ("en", "nl")] == [
        "The file is larger than 1,000,000 bytes. ",
        "Het bestand is groter dan 1.000.000 bytes",
    ]
    assert told("nl", sentence("Nobody knows {this}.", this="a 100% {odd} thing")) == "Nobody knows a 100% {odd} thing."


def test_a_sentence_survives_a_database_a_pipe_and_another_name_of_its_file() -> None:
    """What it is made of goes along."""
    made = sentence('"{name}" has no sound.', name="upload-17.bin")
    for again in (unpacked(packed(made)), kept(str(made), made_of(made)), pickle.loads(pickle.dumps(made))):
        assert (again, told("nl", again)) == (made, '"upload-17.bin" heeft geen geluid.')
    assert told("nl", renamed(made, "upload-17.bin", "film.mp4")) == '"film.mp4" heeft geen geluid.'
    assert (packed("plain"), unpacked("plain"), made_of("plain"), kept("plain", None)) == ("plain", "plain", None, "plain")


class _Settings(BaseModel):
    overlap: int = Field(ge=1)


@pytest.mark.parametrize(
    ("given", "dutch"),
    [
        ({"overlap": 0}, "dit moet 1 of meer zijn."),
        ({"overlap": "x"}, "dit moet een heel getal zijn."),
        ({}, "dit veld moet ingevuld zijn."),
    ],
)
def test_what_pydantic_says_is_said_in_dutch(given: dict[str, object], dutch: str) -> None:
    """Its most frequent problems; in English they stay its own words."""
    with pytest.raises(ValidationError) as refused:
        _Settings.model_validate(given)
    words = reading.in_words(refused.value.errors()[0])
    assert told("nl", words) == dutch
    assert words == f"{refused.value.errors()[0]['msg']}."


def test_a_dutch_page_tells_a_mistake_in_dutch_and_an_english_one_in_english(browser: SignIn) -> None:
    """The same wrong form, by somebody Dutch; and by a program that asks for English, for Dutch, or for nothing."""
    manager = browser(Role.MANAGER)
    wrong = {"name": "Twee", "type": "rating", "overlap": "0", "csrf": csrf(manager)}
    answer = manager.post("/projects", data=wrong)
    assert answer.status_code == 422
    assert "Instelling overlap: dit moet 1 of meer zijn." in answer.text
    assert "should be" not in answer.text


@pytest.mark.parametrize(
    ("languages", "words"),
    [("", "There is no such project here"), ("nl", "Dit project is hier niet"), ("en-GB", "There is no such project here")],
)
def test_a_program_is_told_in_the_language_it_asks_for(browser: SignIn, here: Furnished, languages: str, words: str) -> None:
    """Accept-Language; English where a program says nothing."""
    program = browser(None)
    asked = {
        "authorization": f"Bearer {here.by_role[Role.MANAGER].token}",
        **({"accept-language": languages} if languages else {}),
    }
    answer = program.get("/api/v1/projects/no-such/status", headers=asked)
    assert answer.status_code == 404
    assert words in answer.json()["detail"]
