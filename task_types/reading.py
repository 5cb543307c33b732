"""From stored or received JSON to a type's own records; pydantic's errors become one plain sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, cast

from pydantic import BaseModel, ValidationError

from accessibility.sentences import noted, sentence
from task_types.errors import BadPayload, BadSettings
from task_types.protocol import AnswerError, AnyTaskType, Case, Json, Locale
from task_types.settings import StepSettings

What = Literal["settings", "payload", "answer"]
# What pydantic says most often, in words that a catalogue knows; `noted` by the test that looks for each of them there.
PYDANTIC: Mapping[str, str] = {
    "extra_forbidden": noted("this field is not known here."),
    "missing": noted("Field required."),
    "string_type": noted("Input should be a valid string."),
    "int_type": noted("Input should be a valid integer."),
    "int_parsing": noted("Input should be a valid integer, unable to parse string as an integer."),
    "int_from_float": noted("Input should be a valid integer, got a number with a fractional part."),
    "float_type": noted("Input should be a valid number."),
    "float_parsing": noted("Input should be a valid number, unable to parse string as a number."),
    "finite_number": noted("Input should be a finite number."),
    "bool_type": noted("Input should be a valid boolean."),
    "bool_parsing": noted("Input should be a valid boolean, unable to interpret input."),
    "list_type": noted("Input should be a valid list."),
    "tuple_type": noted("Input should be a valid tuple."),
    "dict_type": noted("Input should be a valid dictionary."),
    "greater_than": noted("Input should be greater than {gt}."),
    "greater_than_equal": noted("Input should be greater than or equal to {ge}."),
    "less_than": noted("Input should be less than {lt}."),
    "less_than_equal": noted("Input should be less than or equal to {le}."),
    "literal_error": noted("Input should be {expected}."),
    "enum": noted("Input should be {expected}."),
    "string_too_short": noted("This text needs at least {min_length} characters."),
    "string_too_long": noted("This text has at most {max_length} characters."),
    "string_pattern_mismatch": noted("This text is written in another way."),
    "too_short": noted("This list needs at least {min_length}."),
    "too_long": noted("This list has at most {max_length}."),
    "model_type": noted('Input should be an object, such as {{"name": …}}.'),
    "model_attributes_type": noted('Input should be an object, such as {{"name": …}}.'),
}


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


MOST_KEPT = 1000
_kept: dict[int, tuple[Mapping[str, Json], Any]] = {}


def kept_settings(task_type: AnyTaskType, data: Mapping[str, Json]) -> Any:
    """
    Settings of a mapping that nobody ever changes, such as a stored version of a step: read once for as long as it is kept.

    Raises:
        BadSettings: names the setting.
    """
    known = _kept.get(id(data))
    if known is not None and known[0] is data:  # held here, so no other mapping has this id
        return known[1]
    found = settings(task_type, data)
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[id(data)] = (data, found)
    return found


def payload(task_type: AnyTaskType, data: Mapping[str, Json], version: int | None = None) -> Any:
    """The payload of a microtask."""
    try:
        return task_type.payload_model.model_validate(_new(task_type, "payload", version, data))
    except ValidationError as error:
        where, message = first_problem(error)
        raise BadPayload(
            sentence(
                "A payload of {kind} is damaged at {where}: {message}",
                kind=task_type.name,
                where=where or sentence("the top"),
                message=message,
            ),
            field=where,
        ) from None


def answer(task_type: AnyTaskType, data: Json, version: int | None = None) -> Any:
    """An answer as JSON; its shape only, `check` judges what it says.

    Raises:
        AnswerError: names the field.
    """
    if not isinstance(data, Mapping):
        raise AnswerError(
            sentence("An answer of {kind} is a JSON object, such as {sample}.", kind=task_type.name, sample=_sample(task_type)),
            field="answer",
        )
    try:
        return task_type.answer_model.model_validate(_new(task_type, "answer", version, data))
    except ValidationError as error:
        where, message = first_problem(error)
        raise AnswerError(
            sentence(
                "{where}: {message} An answer looks like {sample}.",
                where=where or sentence("The answer"),
                message=message,
                sample=_sample(task_type),
            ),
            field=where,
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
    problem = error.errors(include_url=False)[0]
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in problem["loc"]).lstrip(".")
    return where, in_words(problem)


def in_words(problem: Mapping[str, Any]) -> str:
    """One of pydantic's problems, with a full stop: its own English, in words that can be translated."""
    about = problem.get("ctx", {})
    if problem["type"] == "value_error" and about["error"].args:  # raised by a validator of ours
        return cast(str, about["error"].args[0])
    words = PYDANTIC.get(problem["type"])
    return sentence(words, **about) if words else sentence("This value does not fit here.")


def _settings_sentence(task_type: AnyTaskType, where: str, message: str, error: ValidationError) -> str:
    if error.errors()[0]["type"] == "extra_forbidden":
        known = ", ".join(sorted(task_type.settings_model.model_fields))
        return sentence('Unknown setting "{name}" for {kind}. Known: {known}.', name=where, kind=task_type.name, known=known)
    if not where:
        return sentence("Setting of this step: {what}", what=message)
    return sentence("Setting {name}: {what}", name=where, what=message)


def _new(task_type: AnyTaskType, what: What, version: int | None, data: Mapping[str, Json]) -> dict[str, Json]:
    known = dict(data)
    return known if version is None or version == task_type.version else task_type.upgrade(what, version, known)


def _sample(task_type: AnyTaskType) -> str:
    return str(task_type.examples[0].accepted[0].model_dump_json(exclude_none=True))
