"""Answers as a requester's program reads them: a QuestionFormAnswers document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.sax import saxutils

from mturk_bridge.kinds.form import OTHER

NAMESPACE = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/QuestionFormAnswers.xsd"
DONT_KNOW = "dont_know"  # "I don't know" is an answer here


def document(task_type: str, payload: Mapping[str, Any], answer: Mapping[str, Any]) -> str:
    """The XML of one answer. `payload`: the microtask's, for the names that the requester gave."""
    if answer.get(DONT_KNOW):
        body = _answer(DONT_KNOW, _free_text("true"))
    elif task_type == "mturk_form":
        body = "".join(_form_answers(payload, answer.get("fields", {})))
    else:
        body = "".join(_answer(name, _free_text(_joined(value))) for name, value in answer.get("fields", {}).items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<QuestionFormAnswers xmlns="{NAMESPACE}">{body}</QuestionFormAnswers>'


def named(task_type: str, payload: Mapping[str, Any], answer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The same as plain text by the requester's own names, for a table; what came more than once is joined with "|"."""
    if answer.get(DONT_KNOW):
        yield DONT_KNOW, "true"
    elif task_type == "mturk_form":
        kept: dict[str, list[str]] = {}
        for name, identifier in payload["names"].items():
            value = answer.get("fields", {}).get(name)
            if value is not None:
                kept.setdefault(identifier, []).extend(map(_plain, value) if isinstance(value, list | tuple) else [_plain(value)])
        yield from ((name, "|".join(values)) for name, values in kept.items())
    else:
        yield from ((name, _joined(value)) for name, value in answer.get("fields", {}).items())


def _form_answers(payload: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[str]:
    kinds = {field["name"]: field.get("kind", "text") for field in payload["fields"]}
    for name, identifier in payload["names"].items():
        if name.endswith(OTHER):
            continue
        value, other = values.get(name), values.get(name + OTHER)
        if kinds.get(name) in ("one", "several"):
            chosen = [value] if isinstance(value, str) else list(value or ())
            inner = "".join(f"<SelectionIdentifier>{escape(each)}</SelectionIdentifier>" for each in chosen)
            inner += f"<OtherSelectionText>{escape(other)}</OtherSelectionText>" if other else ""
        else:
            inner = "" if value is None else _free_text(_plain(value))
        if inner:
            yield _answer(identifier, inner)


def _answer(name: str, inner: str) -> str:
    return f"<Answer><QuestionIdentifier>{escape(name)}</QuestionIdentifier>{inner}</Answer>"


def _free_text(text: str) -> str:
    return f"<FreeText>{escape(text)}</FreeText>"


def _joined(value: str | Sequence[str]) -> str:
    # MTurk's own way with a name that is posted more than once.
    return value if isinstance(value, str) else "|".join(value)


def escape(text: str) -> str:
    """Text as XML may hold it: a page can post characters that no XML document may contain."""
    return saxutils.escape("".join(mark for mark in text if mark in "\t\n\r" or (mark >= " " and mark not in "\ufffe\uffff")))


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
