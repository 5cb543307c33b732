"""Why something cannot be read, in words of our own: what libraries say is English, and made for who programs."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pydantic import ValidationError

from accessibility.sentences import Sentence, noted, sentence
from task_types import reading

# How json's own sentences begin, in every Python from 3.11 on.
JSON: Mapping[str, str] = {
    "Expecting value": noted("a value is missing"),
    "Expecting property name": noted("a name between double quotation marks is missing"),
    "Expecting ':'": noted("a colon is missing"),
    "Expecting ','": noted("a comma is missing"),
    "Illegal trailing comma": noted("there is a comma too many"),
    "Unterminated string": noted("a text has no quotation mark at its end"),
    "Invalid control character": noted("a text goes on on the next line, or has a tab in it"),
    "Invalid \\": noted("a backslash stands where it means nothing"),
    "Extra data": noted("there is more behind it"),
}


def of_json(error: Exception, *, placed: bool = True) -> str:
    """
    What is wrong with a text that is no JSON.

    Args:
        placed: with the place in its line, which counts from the start of the text that was read.
    """
    if isinstance(error, RecursionError):
        return sentence("it has too many lists in lists")
    if not isinstance(error, json.JSONDecodeError):
        return sentence("it holds a number of thousands of digits")
    words = next((said for begins, said in JSON.items() if error.msg.startswith(begins)), noted("it is broken off"))
    return sentence("{what}, at character {column}", what=sentence(words), column=error.colno) if placed else sentence(words)


def of_answer(error: Exception) -> str:
    """Why this is no answer, as a sentence: one of ours where there is one."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or sentence("the answer")
        return sentence('"{where}": {what}', where=where, what=reading.in_words(first))
    given = error.args[0] if error.args else None
    if isinstance(error, KeyError):
        return sentence('"{name}" is missing.', name=str(given))
    return given if isinstance(given, Sentence) else sentence("It has another shape.")
