"""The Dutch catalogue: complete, nothing left over, and nothing that would fall apart when filled in."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from accessibility.preferences import Preferences, html_attributes, preferences
from task_types import registry
from tests.web.test_sentences import ROOT, calls_of_errors, python_files
from workbench.web import catalogue, settings_form
from workbench.web.languages import say

in_the_source = cache(catalogue.messages)
PLACE = re.compile(r"%\(\w+\)s|{\w+}")


def test_every_text_is_translated() -> None:
    """No text of a page waits for Dutch, and no translation is a guess."""
    kept = catalogue.known("nl")
    missing = [message.id for message in in_the_source() if message.id and message.id not in kept]
    assert missing == [], "run: python -m workbench.web.catalogue"
    assert list(catalogue.waiting(kept)) == []


def test_no_translation_is_left_over() -> None:
    """Every translated text still stands somewhere in the source."""
    found = in_the_source()
    assert [message.id for message in catalogue.known("nl") if message.id and message.id not in found] == []


def test_translations_have_the_same_places_to_fill() -> None:
    """A name that is missing in the Dutch would break the page."""
    wrong = []
    for message in catalogue.known("nl"):
        english = message.id if isinstance(message.id, tuple) else (message.id,)
        dutch = message.string if isinstance(message.string, tuple) else (message.string,)
        if any(set(PLACE.findall(str(one))) != set(PLACE.findall(str(english[-1]))) for one in dutch):
            wrong.append(message.id)
    assert wrong == []


def test_no_error_is_put_together_before_its_language_is_known() -> None:
    """An f-string in an error is English for ever: `sentence("…{name}…", name=…)` can be said in Dutch."""
    wrong = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in python_files()
        for call in calls_of_errors(path)
        if any(isinstance(each, ast.JoinedStr) for each in call.args)
    ]
    assert wrong == [], "write raise Invalid(sentence('… {name} …', name=name)), from accessibility.sentences"


@pytest.mark.parametrize("name", registry.names())
def test_every_setting_has_a_dutch_name(name: str) -> None:
    """A client reads no names of variables."""
    fields = settings_form.fields_of(registry.get(name).settings_model, {}, "nl")
    bare = [field.name for field in fields if field.label == field.name.replace("_", " ").capitalize() and field.name != "labels"]
    assert bare == []


def test_english_is_what_stands_in_the_source() -> None:
    """No catalogue is needed for it."""
    assert (say("en", "Sign in"), say("nl", "Sign in")) == ("Sign in", "Inloggen")


def test_unknown_choices_of_a_look_become_the_default() -> None:
    """Old rows and forged forms stay readable."""
    assert preferences({"theme": "neon", "text_size": "90", "font": 3}) == Preferences()
    assert preferences(Preferences(theme="dark", text_size=300).as_json()) == Preferences(theme="dark", text_size=300)
    assert html_attributes(Preferences(text_size=400))["data-text"] == "400"
