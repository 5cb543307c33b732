"""The protocol as botocore describes it: which operations there are, and whether a request fits.

botocore checks no patterns, lengths of texts or lists of values on the client's side, so everything is checked here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from mturk_bridge.errors import RequestError

TARGET = "MTurkRequesterServiceV20170117"
NUMBERS = {"integer": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}


@cache
def service() -> Any:
    """botocore's model of the service; loaded when a requester first asks something."""
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    return ServiceModel(Loader().load_service_model("mturk", "service-2"), "mturk")


def operations() -> list[str]:
    """All operations, by name."""
    return list(service().operation_names)


def operation_of(target: str) -> str | None:
    """The operation of an X-Amz-Target header; None: there is no such operation."""
    prefix, _, name = target.rpartition(".")
    return name if prefix == TARGET and name in operations() else None


def checked(operation: str, given: Any) -> dict[str, Any]:
    """
    The parameters of a request, without those that are null.

    Raises:
        RequestError: the first thing that does not fit, with its place.
    """
    shape = service().operation_model(operation).input_shape
    if not isinstance(given, Mapping):
        raise _wrong("The request is not a JSON object.")
    for problem in problems(shape, given, ""):
        raise _wrong(problem)
    return {name: value for name, value in given.items() if value is not None}


def problems(shape: Any, value: Any, place: str) -> Iterator[str]:
    """What does not fit a shape, in words; `place` is where the value stands."""
    kind = shape.type_name
    if kind == "structure":
        yield from _structure(shape, value, place)
    elif kind == "list":
        yield from _list(shape, value, place)
    elif kind == "string":
        yield from _string(shape, value, place)
    elif kind in NUMBERS:
        yield from _number(shape, value, place)
    elif kind == "boolean" and not isinstance(value, bool):
        yield f"{place} must be true or false."
    elif kind == "timestamp" and (isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e11):
        yield f"{place} must be a time in seconds since 1970."


def _structure(shape: Any, value: Any, place: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{place} must be an object."
        return
    for name in shape.required_members:
        if value.get(name) is None:
            yield f"{_at(place, name)} is required."
    for name, each in value.items():
        if name not in shape.members:
            yield f"{_at(place, name)} is not known. Known: {', '.join(shape.members)}."
        elif each is not None:
            yield from problems(shape.members[name], each, _at(place, name))


def _list(shape: Any, value: Any, place: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{place} must be a list."
        return
    for number, each in enumerate(value):
        yield from problems(shape.member, each, f"{place}[{number}]")


def _string(shape: Any, value: Any, place: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{place} must be text."
        return
    rules = shape.metadata
    if not rules.get("min", 0) <= len(value) <= rules.get("max", len(value)):
        yield f"{place} has {len(value)} characters; {rules.get('min', 0)} to {rules['max']} fit."
    elif "pattern" in rules and not re.fullmatch(rules["pattern"].strip("^$"), value):
        yield f"{place} must fit the pattern {rules['pattern']}."
    elif shape.enum and value not in shape.enum:
        yield f"{place} must be one of: {', '.join(shape.enum)}."
    elif any(ord(mark) < 32 and mark not in "\t\n\r" for mark in value) or any(0xD800 <= ord(mark) < 0xE000 for mark in value):
        yield f"{place} holds a character that cannot be kept."


def _number(shape: Any, value: Any, place: str) -> Iterator[str]:
    low, high = NUMBERS[shape.type_name]
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        yield f"{place} must be a whole number."
        return
    low, high = shape.metadata.get("min", low), shape.metadata.get("max", high)
    if not low <= value <= high:
        yield f"{place} is {value}; {low} to {high} fit."


def _at(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _wrong(problem: str) -> RequestError:
    return RequestError(problem, "ParameterValidationError")
