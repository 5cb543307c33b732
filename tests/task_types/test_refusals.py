"""Answers that are refused, with the sentence a person reads."""

from __future__ import annotations

from typing import Any

import pytest

from task_types import reading, registry
from task_types.errors import BadSettings
from task_types.protocol import AnswerError, Case

GOOD = {"label": "boat", "x": 10, "y": 10, "width": 50, "height": 40}


def refused(task_type: str, answer: Any, locale: Any = "en", example: int = 0) -> AnswerError:
    """What submitting this answer to an example's case says."""
    found = registry.get(task_type)
    case = found.examples[example].case
    with pytest.raises(AnswerError) as error:
        found.check(Case(case.settings, case.payload, locale), reading.answer(found, answer))
    return error.value


def boxes(**changes: Any) -> dict[str, Any]:
    """A good box, and a second one with these changes."""
    return {"boxes": [GOOD, {**GOOD, **changes}]}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"label": "car"}, "Box 2 (car): \u201ccar\u201d is not a label of this project. Choose: boat, person."),
        ({"width": -5}, "Box 2 (boat): width -5 and height 40. Both must be more than 0. Draw the box again."),
        ({"height": 0}, "Box 2 (boat): width 50 and height 0. Both must be more than 0. Draw the box again."),
        (
            {"x": 600.5},
            "Box 2 (boat): runs from x = 600.5 to 650.5 and from y = 10 to 50, but the picture is 640 by 480. "
            "Draw it inside the picture.",
        ),
    ],
)
def test_a_bad_box_is_named(changes: dict[str, Any], message: str) -> None:
    """Which box, what is wrong with it, and what to do."""
    error = refused("bounding_box", boxes(**changes))
    assert error.message == message
    assert (error.field or "").startswith("boxes[1]")


def test_in_dutch_too() -> None:
    """A worker reads Dutch."""
    error = refused("bounding_box", boxes(x=-3), "nl")
    assert error.message.startswith("Vak 2 (boat): loopt van x = -3 tot 47")


@pytest.mark.parametrize("value", ["10", True, None, float("nan"), float("inf"), [1]])
def test_a_number_is_a_number(value: Any) -> None:
    """Text, yes, nothing and infinity are none."""
    assert refused("bounding_box", boxes(x=value)).field == "boxes[1].x"


def test_rounding_at_the_edge_is_forgiven() -> None:
    """A browser's last digit may lie a hundredth of a pixel outside."""
    found = registry.get("bounding_box")
    found.check(found.examples[0].case, reading.answer(found, boxes(x=590.004)))


@pytest.mark.parametrize(
    ("task_type", "answer", "message"),
    [
        ("rating", {"value": 9}, "9 is not on the scale. Choose 1, 2, 3, 4, 5."),
        ("rating", {"value": "4"}, "value: Input should be a valid integer"),
        ("rating", [], "An answer of rating is a JSON object"),
        ("transcription", {"text": "x" * 2001}, "The text has 2001 characters. At most 2000 fit"),
        ("transcription", {"text": "a\x00b"}, "a character that cannot be read"),
        ("choice", {"label": "horse"}, "\u201chorse\u201d is not in the list. Choose: dog, cat, boat, none of these."),
        ("tags", {"labels": ["boat", "car"]}, "\u201ccar\u201d is not in the list"),
        ("comparison", {"chosen": "third"}, "Choose one of these: old, new, same."),
        ("comparison", {"chosen": "new", "order": ["new", "new"]}, "The order does not fit"),
        ("description", {"text": "A boat."}, "You wrote 2 words. Write at least 4."),
        ("form", {"fields": {"shop": "A", "date": "2026-02-30", "total": 1}}, "Date: fill in a date such as 2026-11-23."),
        ("form", {"fields": {"shop": "A", "date": "2026-02-03", "total": -1}}, "Total: fill in an amount such as 12.50 from 0."),
        ("form", {"fields": {"shop": "A", "date": "2026-02-03"}}, "Total: please fill this in."),
        ("form", {"fields": {"colour": "red"}}, "\u201ccolour\u201d is not asked here. Asked: shop, date, total, paid."),
        ("survey", {"fields": {"week": "2", "hours": 3.5}}, "How many hours?: fill in a whole number from 0 to 40."),
        ("sound_events", {"segments": [{"label": "music", "start_ms": 1, "end_ms": 9}]}, "not within the piece from 1:00.000"),
        ("sound_events", {"segments": [{"label": "music", "start_ms": 70_000, "end_ms": 70_000}]}, "The end must be later."),
        ("text_spans", {"spans": [{"label": "person", "start": 2, "end": 900}]}, "but the text has 53"),
        ("text_spans", {"spans": [{"label": "person", "start": 2, "end": 9, "text": "Jan"}]}, "it says \u201cPhilips\u201d"),
        ("polygon", {"polygons": [{"label": "sail", "points": [[1, 1], [2, 2], [3, 3]]}]}, "3 points without an area"),
        ("line", {"lines": [{"label": "coast", "points": [[1, 1]]}]}, "1 points without a length"),
        ("subtitle_quality", {"value": "late"}, "does not go with this question. Choose: same, partly, different."),
        ("recording", {"media": "abc", "agreed": False}, "Tick"),
    ],
)
def test_the_sentence_says_what_to_do(task_type: str, answer: Any, message: str) -> None:
    """One clear sentence for each way to go wrong."""
    assert message in refused(task_type, answer).message


@pytest.mark.parametrize(
    ("task_type", "settings", "message"),
    [
        ("rating", {"scal": 5}, 'Unknown setting "scal" for rating. Known: adaptive, clip_seconds, crops_column'),
        ("rating", {"scale": 1}, "Setting scale: A scale has 2 to 11 points"),
        ("rating", {"overlap": 0}, "Setting overlap:"),
        ("rating", {"opinion": True, "gold": "on"}, "An opinion project has no gold"),
        ("bounding_box", {"labels": ["a", "a"]}, 'Label "a" stands in the list twice'),
        ("bounding_box", {"min_boxes": 5, "max_boxes": 2}, "min_boxes is more than max_boxes"),
        ("transcription", {"target_seconds": 9, "limit_seconds": 5}, "target_seconds is more than limit_seconds"),
        ("form", {"fields": [{"name": "x", "label": "X", "kind": "one"}]}, 'Field "x" of kind one needs options'),
        ("form", {"fields": ["a", "a"]}, 'Field "a" stands there twice'),
        ("survey", {"opinion": False}, "Setting opinion"),
    ],
)
def test_settings_say_which_one_is_wrong(task_type: str, settings: dict[str, Any], message: str) -> None:
    """A client reads which setting to change."""
    with pytest.raises(BadSettings) as error:
        reading.settings(registry.get(task_type), settings)
    assert message in error.value.message


def test_short_ways_to_write_settings() -> None:
    """YAML's `off`, a scale as a number or as words, fields as names."""
    rating = registry.get("rating")
    assert reading.settings(rating, {"gold": False}).gold is None
    assert [point.value for point in reading.settings(rating, {"scale": 3}).scale] == [1, 2, 3]
    assert [point.text for point in reading.settings(rating, {"scale": ["bad", "good"]}).scale] == ["bad", "good"]
    assert [field.name for field in reading.settings(registry.get("form"), {"fields": ["shop", "total"]}).fields] == [
        "shop",
        "total",
    ]
