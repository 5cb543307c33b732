"""What a question's page posted: the answer that a form holds, and the form as it was filled in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from task_types import reading
from task_types.protocol import AnswerError
from workbench import submit
from workbench.domain import Assignment, Json
from workbench.errors import AnswerRefused
from workbench.web.forms import Fields


def parsed(assignment: Assignment, form: Fields, locale: str) -> dict[str, Json]:
    """The answer of a form; its button "I don't know" is one too. Raises AnswerRefused."""
    if form.text("dont_know"):
        return dict(submit.DONT_KNOW)
    return read(assignment, raw(form), locale)


def read(assignment: Assignment, raw: Mapping[str, Any], locale: str) -> dict[str, Json]:
    """The answer that these fields make. Raises AnswerRefused: names the field."""
    task_type, case = submit.case_of(assignment, locale)
    try:
        parsed: BaseModel = task_type.parse(case, raw)
    except AnswerError as error:
        raise AnswerRefused(error.message, field=error.field) from error
    except ValidationError as error:
        first = error.errors()[0]
        raise AnswerRefused(reading.in_words(first), field=".".join(str(part) for part in first["loc"])) from error
    given: dict[str, Json] = parsed.model_dump(mode="json", exclude_none=True)
    return given


def raw(form: Fields) -> dict[str, Any]:
    """The fields of a form that are the answer's own."""
    ours = {"csrf", "key", "return_key", "active_ms"}
    found = {name: form.all(name) for name in form.data if name not in ours}
    return {name: values[0] if len(values) == 1 else values for name, values in found.items() if values}


def typed_again(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What was filled in, in the shape of a draft: nobody types a thing twice because one field was wrong."""
    return {name: _loaded(value) for name, value in raw.items() if value != ""}


def _loaded(value: Any) -> Any:
    if not isinstance(value, str) or not value.startswith(("[", "{")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def active_ms(form: Fields) -> int | None:
    """How long somebody was active on it, where the page measured that."""
    text = form.text("active_ms")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
