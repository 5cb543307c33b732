"""The form that a task type's settings make by themselves."""

from __future__ import annotations

import pytest
from starlette.datastructures import FormData

from task_types import registry
from workbench import projects
from workbench.errors import Invalid
from workbench.web import settings_form
from workbench.web.forms import Fields

RATING = registry.get("rating").settings_model


def form(**fields: str) -> Fields:
    """A form as a browser sends it."""
    return Fields(FormData(fields))


def test_an_empty_form_says_nothing() -> None:
    """What is left empty is left out, so that the type's own defaults hold, now and later."""
    assert settings_form.read(RATING, form()) == {}


def test_words_in_two_languages_stay_two() -> None:
    """One language is a plain text; two are kept side by side."""
    assert settings_form.read(RATING, form(question_nl="Goed?")) == {"question": "Goed?"}
    assert settings_form.read(RATING, form(question_nl="Goed?", question_en="Good?")) == {
        "question": {"nl": "Goed?", "en": "Good?"}
    }


def test_gold_and_numbers_are_read_as_the_settings_file_reads_them() -> None:
    """The form and a YAML file give the same settings."""
    read = settings_form.read(RATING, form(gold="off", overlap="3", opinion="on", lease_minutes="30"))
    assert read == {"gold": "off", "overlap": 3, "opinion": True, "lease_minutes": 30}
    assert projects.check_settings("rating", read)["overlap"] == 3


def test_more_answers_where_unsure_are_two_numbers() -> None:
    """No YAML to write; a budget alone says too little."""
    read = settings_form.read(RATING, form(overlap="2", adaptive_most="5", adaptive_budget="900"))
    assert read == {"overlap": 2, "adaptive": {"most": 5, "budget": 900}}
    assert projects.check_settings("rating", {"overlap": {"min": 2, "max": 5, "budget": 900}}) == {**read, "language": "nl"}
    with pytest.raises(Invalid):
        settings_form.read(RATING, form(adaptive_budget="900"))


@pytest.mark.parametrize(
    ("fields", "field"), [({"overlap": "many"}, "overlap"), ({"scale": "{a: [b"}, "scale"), ({"scale": "- a\n- : {"}, "scale")]
)
def test_what_cannot_be_read_is_told_beside_its_field(fields: dict[str, str], field: str) -> None:
    """A number that is none, YAML that is none."""
    with pytest.raises(Invalid) as refused:
        settings_form.read(RATING, form(**fields))
    assert refused.value.field == field


@pytest.mark.parametrize("name", registry.names())
def test_settings_survive_being_shown_and_sent_back(name: str) -> None:
    """Showing a step's settings and saving them unchanged changes nothing."""
    model = registry.get(name).settings_model
    for example in registry.get(name).examples:
        stored = example.case.settings.model_dump(mode="json", exclude_unset=True, exclude=set(settings_form.NEVER))
        shown = settings_form.fields_of(model, stored, "nl")
        sent = {each.name: "on" if each.value is True else str(each.value) for each in shown if each.value not in (False, "")}
        again = model.model_validate(settings_form.read(model, form(**sent)))
        assert again == model.model_validate(stored)
