"""From stored or received JSON to a type's own records; pydantic's errors become one plain sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from task_types.errors import BadPayload, BadSettings
from task_types.protocol import AnswerError, AnyTaskType, Case, Json, Locale
from task_types.settings import StepSettings

What = Literal["settings", "payload", "answer"]


def settings(task_type: AnyTaskType, data: Mapping[str, Json], version: int | None = None) -> Any:
    """Settings of a step.

    Raises:
        BadSettings: names the setting.
    """
    try:
        return task_type.settings_model.model_validate(_new(task_type, "settings", version, data))
    except ValidationError as error:
        where, message = first_problem(error)
        raise BadSettings(_settings_sentence(task_type, where, message, error), field=where or None) from None


def payload(task_type: AnyTaskType, data: Mapping[str, Json], version: int | None = None) -> Any:
    """The payload of a microtask."""
    try:
        return task_type.payload_model.model_validate(_new(task_type, "payload", version, data))
    except ValidationError as error:
        where, message = first_problem(error)
        raise BadPayload(f"A payload of {task_type.name} is damaged at {where or 'the top'}: {message}", field=where) from None


def answer(task_type: AnyTaskType, data: Json, version: int | None = None) -> Any:
    """An answer as JSON; its shape only, `check` judges what it says.

    Raises:
        AnswerError: names the field.
    """
    if not isinstance(data, Mapping):
        raise AnswerError(f"An answer of {task_type.name} is a JSON object, such as {_sample(task_type)}.", field="answer")
    try:
        return task_type.answer_model.model_validate(_new(task_type, "answer", version, data))
    except ValidationError as error:
        where, message = first_problem(error)
        raise AnswerError(
            f"{where or 'The answer'}: {message}. An answer looks like {_sample(task_type)}.", field=where
        ) from None


def case(task_type: AnyTaskType, stored_settings: Mapping[str, Json], stored_payload: Mapping[str, Json], locale: Locale) -> Any:
    """Settings and payload of the type's present version, as one case."""
    return Case(settings(task_type, stored_settings), payload(task_type, stored_payload), locale)


def dumped(record: BaseModel) -> dict[str, Json]:
    """A record as the JSON that is stored: settings as they were written (a null says "off"), the rest without nulls."""
    if isinstance(record, StepSettings):
        return record.model_dump(mode="json", exclude_unset=True)
    return record.model_dump(mode="json", exclude_none=True)


def first_problem(error: ValidationError) -> tuple[str, str]:
    """Where the first problem is, as `boxes[0].x`, and what it is."""
    problem = error.errors(include_url=False, include_context=False)[0]
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in problem["loc"]).lstrip(".")
    message = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        message = "this field is not known here"
    return where, message.rstrip(".")


def _settings_sentence(task_type: AnyTaskType, where: str, message: str, error: ValidationError) -> str:
    if error.errors()[0]["type"] == "extra_forbidden":
        known = ", ".join(sorted(task_type.settings_model.model_fields))
        return f'Unknown setting "{where}" for {task_type.name}. Known: {known}.'
    return f"Setting {where or 'of this step'}: {message}."


def _new(task_type: AnyTaskType, what: What, version: int | None, data: Mapping[str, Json]) -> dict[str, Json]:
    known = dict(data)
    return known if version is None or version == task_type.version else task_type.upgrade(what, version, known)


def _sample(task_type: AnyTaskType) -> str:
    return str(task_type.examples[0].accepted[0].model_dump_json(exclude_none=True))
