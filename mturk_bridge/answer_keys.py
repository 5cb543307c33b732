"""An AnswerKey: what each selection of a qualification's test is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from mturk_bridge.errors import RequestError


@dataclass(frozen=True)
class Key:
    """
    Points for answers.

    scores: question → (chosen selections, sorted) → points; other: question → points for anything else; maximum, percent:
    a value is a share of `maximum` in percent, where `percent` is set.
    """

    scores: Mapping[str, Mapping[tuple[str, ...], int]]
    other: Mapping[str, int]
    maximum: int | None

    def value(self, given: Mapping[str, tuple[str, ...]]) -> int:
        """What these answers (question → selections) are worth."""
        points = sum(
            options.get(tuple(sorted(given.get(question, ()))), self.other.get(question, 0))
            for question, options in self.scores.items()
        )
        return points if not self.maximum else round(100 * points / self.maximum)


def read(xml: str) -> Key:
    """
    The key of this XML.

    Raises:
        RequestError: it is not an AnswerKey; says what.
    """
    try:
        root: Element = fromstring(xml)
    except (ParseError, ValueError, DefusedXmlException) as error:
        raise RequestError(f"AnswerKey is not valid XML: {error}.", "ParameterValidationError") from error
    if _name(root) != "AnswerKey":
        raise RequestError(f"AnswerKey is a <{_name(root)}>.", "ParameterValidationError")
    scores: dict[str, dict[tuple[str, ...], int]] = {}
    other: dict[str, int] = {}
    for question in _all(root, "Question"):
        identifier = _text(question, "QuestionIdentifier") or ""
        scores[identifier] = {
            tuple(sorted((each.text or "").strip() for each in _all(option, "SelectionIdentifier"))): _number(
                option, "AnswerScore"
            )
            for option in _all(question, "AnswerOption")
        }
        other[identifier] = _number(question, "DefaultScore")
    mapping = next(iter(_all(root, "QualificationValueMapping")), None)
    percentage = next(iter(_all(mapping, "PercentageMapping")), None) if mapping is not None else None
    maximum = _number(percentage, "MaximumSummedScore") if percentage is not None else None
    return Key(scores, other, maximum or None)


def chosen(payload: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Question → selections, out of a form's answer under its own field names."""
    given: dict[str, tuple[str, ...]] = {}
    for name, identifier in payload["names"].items():
        value = answer.get("fields", {}).get(name)
        if value is not None and identifier not in given:
            given[identifier] = tuple(value) if isinstance(value, list | tuple) else (str(value),)
    return given


def _all(element: Element, name: str) -> list[Element]:
    return [child for child in element if _name(child) == name]


def _text(element: Element, name: str) -> str | None:
    found = _all(element, name)
    return (found[0].text or "").strip() if found else None


def _number(element: Element, name: str) -> int:
    text = _text(element, name) or "0"
    try:
        return int(text)
    except ValueError as error:
        raise RequestError(f'{name} "{text}" is not a whole number.', "ParameterValidationError") from error


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
