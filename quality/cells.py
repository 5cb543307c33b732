"""Labels as they stand in a cell of a table: plain text, or an answer as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from quality import boxes, segments
from quality.errors import BadLabel, noted

NO_BOXES = noted("task {task}: {shown} are no boxes. Write {form} or {other_form}.")
NO_SEGMENTS = noted("task {task}: {shown} are no segments. Write {form} or {other_form}.")


@dataclass(frozen=True)
class Row:
    """One cell-by-cell line of the input; `line` is for messages."""

    task: str
    worker: str
    label: str
    line: int = 0


def _json(row: Row) -> Any:
    """The cell as JSON where it is an object or a list, else the text itself."""
    text = row.label.strip()
    if not text.startswith(("{", "[")):
        return row.label
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # the latter from thousands of brackets
        return row.label


def _value_of(value: Any, *keys: str) -> Any:
    """What an answer object holds under the first of these keys; anything else stays as it is."""
    if isinstance(value, dict):
        for key in keys:
            if key in value:
                return value[key]
    return value


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def read_text(row: Row) -> str:
    """A label that is one text: plain, or the single value of an answer object."""
    value = _json(row)
    if isinstance(value, dict) and len(value) == 1:
        value = next(iter(value.values()))
    return _as_text(value)


def read_tags(row: Row) -> frozenset[str]:
    """Several labels: a JSON list, an object that holds one, or text with commas or bars between."""
    value = _value_of(_json(row), "labels", "tags", "values", "value")
    if isinstance(value, list):
        return frozenset(_as_text(item) for item in value)
    text = _as_text(value)
    return frozenset(part.strip() for part in text.replace("|", ",").split(",") if part.strip())


def read_boxes(row: Row) -> list[boxes.Box]:
    """
    Boxes: a list of [x1,y1,x2,y2], or the answer {"boxes": [{"label","x","y","width","height"}]}.

    Raises:
        BadLabel: neither of these.
    """
    items = _value_of(_json(row), "boxes")
    try:
        return [_box(item) for item in _list(items)]
    except (TypeError, ValueError, KeyError) as error:
        raise _bad(row, NO_BOXES, "[[x1,y1,x2,y2], …]", '{"boxes": [{"label","x","y","width","height"}]}') from error


def _box(item: Any) -> boxes.Box:
    if isinstance(item, dict):
        numbers = _finite(item[key] for key in ("x", "y", "width", "height"))
        return boxes.Box(str(item.get("label", "")), *numbers)
    x1, y1, x2, y2 = _finite(item)
    return boxes.Box("", min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1))


def read_segments(row: Row) -> list[segments.Segment]:
    """
    Segments: a list of [start_ms,end_ms], or the answer {"segments": [{"label","start_ms","end_ms"}]}.

    Raises:
        BadLabel: neither of these.
    """
    items = _value_of(_json(row), "segments")
    try:
        return [_segment(item) for item in _list(items)]
    except (TypeError, ValueError, KeyError) as error:
        raise _bad(row, NO_SEGMENTS, "[[start_ms,end_ms], …]", '{"segments": [{"label","start_ms","end_ms"}]}') from error


def _segment(item: Any) -> segments.Segment:
    if isinstance(item, dict):
        return segments.Segment(str(item.get("label", "")), *_finite((item["start_ms"], item["end_ms"])))
    start, end = _finite(item)
    return segments.Segment("", start, end)


def _finite(values: Iterable[Any]) -> list[float]:
    """Numbers. JSON in Python also reads NaN and Infinity, which are no place."""
    found = [float(value) for value in values]
    if not all(math.isfinite(each) for each in found):
        raise ValueError("not a number")
    return found


def _list(items: Any) -> list[Any]:
    if isinstance(items, str) and not items.strip():
        return []  # an empty cell: nothing was marked
    if not isinstance(items, list):
        raise TypeError("not a list")
    return items


def _bad(row: Row, words: str, form: str, other_form: str) -> BadLabel:
    shown = row.label if len(row.label) <= 60 else row.label[:57] + "…"
    return BadLabel(words, line=row.line or None, task=row.task, shown=repr(shown), form=form, other_form=other_form)


def write_boxes(found: Sequence[boxes.Box], as_answer: bool) -> str:
    """In the form the input had."""
    if as_answer:
        items = [{"label": b.label, "x": b.x, "y": b.y, "width": b.width, "height": b.height} for b in found]
        return json.dumps({"boxes": items}, ensure_ascii=False)
    return json.dumps([[_short(v) for v in (b.x, b.y, b.x + b.width, b.y + b.height)] for b in found])


def _short(value: float) -> float:
    """Without the last digits that adding and subtracting left behind."""
    return round(value, 6)


def write_segments(found: Sequence[segments.Segment], as_answer: bool) -> str:
    if as_answer:
        items = [{"label": s.label, "start_ms": s.start_ms, "end_ms": s.end_ms} for s in found]
        return json.dumps({"segments": items}, ensure_ascii=False)
    return json.dumps([[s.start_ms, s.end_ms] for s in found])


def read_rating(row: Row) -> str:
    """A point of a scale: plain, or the value of an answer object; whole numbers are written without a fraction."""
    text = _as_text(_value_of(_json(row), "value")).strip()
    try:
        return f"{float(text):g}"
    except ValueError:
        return text


def says_nothing(row: Row) -> bool:
    """Whether the worker answered "I don't know": counted as no vote."""
    value = _json(row)
    return isinstance(value, dict) and value.get("dont_know") is True
