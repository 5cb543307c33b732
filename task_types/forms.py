"""Reading what a page posted: fields as text, rows of numbered fields, and a JSON field kept by a script."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from task_types.protocol import AnswerError, Json, Locale
from task_types.wording import Words, say

Raw = Mapping[str, Any]

NOT_A_NUMBER: Words = {
    "nl": "\u201c{value}\u201d is geen getal. Vul een getal in.",
    "en": "\u201c{value}\u201d is not a number. Fill in a number.",
}
BROKEN: Words = {
    "nl": "Het antwoord kwam niet goed over. Probeer het nog eens.",
    "en": "The answer did not arrive well. Please try again.",
}


def text(raw: Raw, field: str) -> str:
    """One field, without blanks around it; empty when it was not posted."""
    value = raw.get(field)
    if isinstance(value, Sequence) and not isinstance(value, str):
        value = value[-1] if value else ""
    return "" if value is None else str(value).strip()


def several(raw: Raw, field: str) -> list[str]:
    """A field that may be posted more than once."""
    value = raw.get(field)
    if value is None:
        return []
    values = [value] if isinstance(value, str) else list(value)
    return [str(one).strip() for one in values if str(one).strip()]


def ticked(raw: Raw, field: str) -> bool:
    """A checkbox or a button that was pressed."""
    return text(raw, field).lower() not in ("", "0", "false", "off", "no")


def number(value: str, locale: Locale, field: str) -> float:
    """A number as people write it: comma or point."""
    if not re.fullmatch(r"[+-]?(\d{1,15}([.,]\d*)?|[.,]\d+)", value.strip()):
        raise AnswerError(say(NOT_A_NUMBER, locale, value=value[:40]), field=field)
    return float(value.strip().replace(",", "."))


def whole_number(value: str, locale: Locale, field: str) -> int:
    """A number without a fraction, of at most nine digits."""
    if not re.fullmatch(r"[+-]?\d{1,9}", value.strip()):
        raise AnswerError(say(NOT_A_NUMBER, locale, value=value[:40]), field=field)
    return int(value)


def json_rows(raw: Raw, field: str, locale: Locale) -> list[dict[str, Json]] | None:
    """The list a script kept in one field; None when it kept none, so that the plain fields count."""
    value = raw.get(field)
    if isinstance(value, list) and all(isinstance(row, dict) for row in value):
        return list(value)
    if not text(raw, field):
        return None
    try:
        rows = json.loads(text(raw, field))
    except ValueError:
        raise AnswerError(say(BROKEN, locale), field=field) from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise AnswerError(say(BROKEN, locale), field=field)
    return rows


def plain_rows(raw: Raw, prefix: str, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Numbered fields such as `box-0-x`, by row number; rows with nothing filled in are skipped."""
    found = (re.fullmatch(rf"{re.escape(prefix)}-(\d{{1,4}})-\w+", str(name)) for name in raw)
    for i in sorted({int(match.group(1)) for match in found if match}):
        row = {column: text(raw, f"{prefix}-{i}-{column}") for column in columns}
        if any(row.values()):
            yield i, row
